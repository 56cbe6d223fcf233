package dev.selvedge.edge.proxy.exchange;

/** Text of metric labels. */
public final class Labels {

  private Labels() {}

  /** Escapes a label value as OpenMetrics asks. */
  public static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
