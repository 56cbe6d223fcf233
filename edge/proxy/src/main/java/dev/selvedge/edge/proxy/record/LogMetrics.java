package dev.selvedge.edge.proxy.record;

import dev.selvedge.kernel.Metrics;

/**
 * Slots of what can go wrong with log lines. Immutable.
 *
 * @param accessDropped access lines that found their ring full, or could not be written
 * @param refusalsDropped the same of refusal lines
 * @param refusalsSuppressed refusal lines over the rate cap
 */
record LogMetrics(int accessDropped, int refusalsDropped, int refusalsSuppressed) {

  static LogMetrics of(Metrics metrics) {
    return new LogMetrics(
        dropped(metrics, "access"),
        dropped(metrics, "refusals"),
        metrics.counter(
            "selvedge_log_lines_suppressed",
            "Refusal lines left out by the cap per route and code; the next line counts them.",
            ""));
  }

  private static int dropped(Metrics metrics, String log) {
    return metrics.counter(
        "selvedge_log_lines_dropped",
        "Log lines lost because their ring was full or they could not be written.",
        "log=\"" + log + "\"");
  }
}
