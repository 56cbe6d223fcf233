package dev.selvedge.edge.proxy.upstream;

import dev.selvedge.edge.proxy.exchange.Labels;
import dev.selvedge.kernel.Metrics;

/** Slots of what is counted about one upstream. Immutable. */
record UpstreamMetrics(int connects, int connectFailures, int reused, int retries) {

  static UpstreamMetrics register(Metrics metrics, String upstream) {
    String label = "upstream=\"" + Labels.escape(upstream) + "\"";
    return new UpstreamMetrics(
        metrics.counter("selvedge_upstream_connects", "Connections attempted.", label),
        metrics.counter(
            "selvedge_upstream_connect_failures", "Connections that could not be made.", label),
        metrics.counter(
            "selvedge_upstream_reuses", "Exchanges that took a pooled connection.", label),
        metrics.counter("selvedge_upstream_retries", "Exchanges tried a second time.", label));
  }
}
