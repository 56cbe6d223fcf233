package dev.selvedge.bench.waf;

/**
 * What one side did in one window. Immutable.
 *
 * @param cpuNanos of the whole process, so that garbage collection and compilation count
 * @param refused requests that were refused
 * @param allocated bytes allocated by the thread that inspects; 0 where that is not known
 */
record Window(long requests, long cpuNanos, long refused, long allocated) {
  private static final double NANOS_PER_MICRO = 1_000;

  double cpuMicros() {
    return cpuNanos / NANOS_PER_MICRO / requests;
  }
}
