package dev.selvedge.bench.proxy;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the client saw in one run; the names are those of the load program's JSON. Immutable.
 *
 * @param answers of warm-up, window and drain together
 * @param windowAnswers complete within the window
 * @param errors by kind; all 0 in a run that counts
 */
record LoadResult(
    long sent,
    long answers,
    long windowAnswers,
    long reconnects,
    Map<String, Long> errors,
    long latencies,
    double p50Micros,
    double p90Micros,
    double p99Micros,
    double p999Micros,
    double maxMicros) {

  /** What went wrong, as one phrase, or null if every answer was right. */
  @Nullable String fault() {
    String kinds =
        errors.entrySet().stream()
            .filter(e -> e.getValue() != 0)
            .map(e -> e.getValue() + " " + e.getKey())
            .sorted()
            .collect(Collectors.joining(", "));
    if (!kinds.isEmpty()) {
      return "client errors: " + kinds;
    }
    return answers == sent ? null : answers + " answers for " + sent + " requests";
  }
}
