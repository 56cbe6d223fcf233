package dev.selvedge.bench.proxy;

import org.jspecify.annotations.Nullable;

/**
 * One measured window of one contender. Immutable.
 *
 * @param cpuMicros CPU time of the proxy's process tree per request, in µs
 * @param proxyCore how busy the proxy's core was, 0 to 1
 * @param loadCore how busy the core of client and upstream was, 0 to 1
 * @param stolen the larger share of either core that the host took away, 0 to 1
 * @param others how many cores programs outside the benchmark kept busy
 * @param fault work that was not done, or null; such a round proves nothing
 */
record Round(
    double rps,
    double cpuMicros,
    double p50Micros,
    double p99Micros,
    double p999Micros,
    double proxyCore,
    double loadCore,
    double stolen,
    double others,
    @Nullable String fault) {

  static Round of(
      LoadResult result,
      double seconds,
      Usage from,
      Usage to,
      Cores cores,
      @Nullable String fault) {
    return new Round(
        result.windowAnswers() / seconds,
        to.proxyMicrosSince(from) / Math.max(1, result.windowAnswers()),
        result.p50Micros(),
        result.p99Micros(),
        result.p999Micros(),
        to.busySince(from, cores.proxy()),
        to.busySince(from, cores.load()),
        Math.max(to.stolenSince(from, cores.proxy()), to.stolenSince(from, cores.load())),
        to.othersSince(from),
        fault);
  }

  /** Which core is whose. */
  record Cores(int proxy, int load) {}
}
