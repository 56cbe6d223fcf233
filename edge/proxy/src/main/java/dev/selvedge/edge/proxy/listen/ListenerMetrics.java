package dev.selvedge.edge.proxy.listen;

import dev.selvedge.kernel.Metrics;

/** Slots of what is counted while accepting. Immutable. */
record ListenerMetrics(int paused, int perAddressRefused, int proxyHeaderRefused) {

  static ListenerMetrics register(Metrics metrics) {
    return new ListenerMetrics(
        metrics.counter(
            "selvedge_accept_pauses", "Times accepting stopped at the bound of connections.", ""),
        metrics.counter(
            "selvedge_connections_refused",
            "Connections closed before a request, by reason.",
            "reason=\"connections_per_address\""),
        metrics.counter(
            "selvedge_connections_refused",
            "Connections closed before a request, by reason.",
            "reason=\"proxy_header_refused\""));
  }
}
