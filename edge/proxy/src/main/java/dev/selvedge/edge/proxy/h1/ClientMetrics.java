package dev.selvedge.edge.proxy.h1;

import dev.selvedge.kernel.Metrics;

/** Slots of what is counted about client connections. Immutable. */
public record ClientMetrics(
    int accepted, int open, int headsRefused, int idleTimeouts, int stalls) {

  public static ClientMetrics register(Metrics metrics) {
    return new ClientMetrics(
        metrics.counter("selvedge_client_connections", "Client connections accepted.", ""),
        metrics.gauge("selvedge_client_connections_open", "Client connections open.", ""),
        metrics.counter(
            "selvedge_heads_refused", "Request heads refused before they were routed.", ""),
        metrics.counter(
            "selvedge_client_idle_timeouts",
            "Client connections closed because they were idle between requests.",
            ""),
        metrics.counter(
            "selvedge_client_stalls",
            "Client connections cut because the client took nothing of what waited for it.",
            ""));
  }
}
