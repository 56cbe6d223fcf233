package dev.selvedge.bench.proxy;

/**
 * What reached the upstream since it started; the names are those of the load program's JSON.
 * Immutable.
 */
record UpstreamCounts(
    long connections, long refused, long requests, long forwardedFor, long requestIds) {

  UpstreamCounts since(UpstreamCounts earlier) {
    return new UpstreamCounts(
        connections - earlier.connections,
        refused - earlier.refused,
        requests - earlier.requests,
        forwardedFor - earlier.forwardedFor,
        requestIds - earlier.requestIds);
  }
}
