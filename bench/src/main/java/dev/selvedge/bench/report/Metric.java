package dev.selvedge.bench.report;

/** What a row compares, and which direction is better: every ratio above 1 means we are better. */
public enum Metric {
  /** Requests per second; more is better. */
  RPS("rps", 0, true),
  /** CPU µs per request of the whole process tree, so that GC and JIT count; less is better. */
  CPU("cpu", 2, false),
  /** The 99th percentile of latency in µs, from the moment a request was due; less is better. */
  P99("p99", 0, false),
  /** Nanoseconds of one operation; less is better. */
  NANOS("ns", 1, false),
  /** Bytes allocated by one operation; less is better. */
  BYTES("bytes", 1, false);

  private final String label;
  private final int decimals;
  private final boolean moreIsBetter;

  Metric(String label, int decimals, boolean moreIsBetter) {
    this.label = label;
    this.decimals = decimals;
    this.moreIsBetter = moreIsBetter;
  }

  /** The metric's name in tables and JSON. */
  public String label() {
    return label;
  }

  /** How many decimals of a value mean something. */
  public int decimals() {
    return decimals;
  }

  /** Above 1 when ours is better; 1 when both are 0, infinite when only the worse side is. */
  public double ratio(double ours, double theirs) {
    double better = moreIsBetter ? ours : theirs;
    double worse = moreIsBetter ? theirs : ours;
    return better == worse ? 1 : better / worse;
  }
}
