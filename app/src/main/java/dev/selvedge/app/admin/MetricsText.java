package dev.selvedge.app.admin;

import dev.selvedge.kernel.Metrics;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Metrics as text: OpenMetrics 1.0 for scrapers that ask for it, else the Prometheus text format
 * 0.0.4, which differs in one thing that matters: there a counter's family is named with {@code
 * _total}.
 *
 * <p>Families in order of their names, the series of each together; durations in seconds; the count
 * of a histogram is the sum of the buckets that were read, so one scrape never contradicts itself.
 * Both end with {@code # EOF}, so that a cut answer shows. Source: OpenMetrics 1.0.0, "Text
 * format".
 */
final class MetricsText {

  static final String OPEN_METRICS = "application/openmetrics-text";
  static final String OPEN_METRICS_TYPE = OPEN_METRICS + "; version=1.0.0; charset=utf-8";
  static final String PLAIN_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final boolean openMetrics;
  private final StringBuilder out = new StringBuilder(32 * 1024);

  private MetricsText(boolean openMetrics) {
    this.openMetrics = openMetrics;
  }

  /**
   * All series of the registry and of the process.
   *
   * @param openMetrics whether the scraper asked for OpenMetrics
   */
  static String of(Metrics metrics, ProcessMetrics process, boolean openMetrics) {
    MetricsText text = new MetricsText(openMetrics);
    Map<String, Metrics.Family> families = new TreeMap<>();
    Map<String, List<String>> samples = new TreeMap<>();
    for (Metrics.Series series : metrics.series()) {
      Metrics.Family family = series.family();
      families.put(family.name(), family);
      List<String> lines = samples.computeIfAbsent(family.name(), name -> new ArrayList<>());
      switch (family.kind()) {
        case COUNTER ->
            lines.add(sample(family.name() + "_total", series, metrics.sum(series.slot())));
        case GAUGE -> lines.add(sample(family.name(), series, metrics.sum(series.slot())));
        case HISTOGRAM -> histogram(series, metrics::sum, lines);
      }
    }
    for (Metrics.Sampled sampled : metrics.sampled()) {
      Metrics.Family family = sampled.family();
      families.put(family.name(), family);
      List<String> lines = samples.computeIfAbsent(family.name(), name -> new ArrayList<>());
      lines.add(line(family.name(), sampled.labels(), Long.toString(sampled.value().getAsLong())));
    }
    for (ProcessMetrics.Value value : process.read()) {
      Metrics.Family family = value.family();
      families.put(family.name(), family);
      String suffix = family.kind() == Metrics.Kind.COUNTER ? "_total" : "";
      samples.put(family.name(), List.of(line(family.name() + suffix, "", plain(value.value()))));
    }
    for (Metrics.Family family : families.values()) {
      text.family(family, samples.getOrDefault(family.name(), List.of()));
    }
    return text.out.append("# EOF\n").toString();
  }

  private void family(Metrics.Family family, List<String> samples) {
    boolean counter = family.kind() == Metrics.Kind.COUNTER;
    String name = family.name() + (counter && !openMetrics ? "_total" : "");
    String type =
        switch (family.kind()) {
          case COUNTER -> "counter";
          case GAUGE -> "gauge";
          case HISTOGRAM -> "histogram";
        };
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    for (String unit : List.of("seconds", "bytes")) {
      if (family.name().endsWith("_" + unit)) {
        out.append("# UNIT ").append(name).append(' ').append(unit).append('\n');
      }
    }
    out.append("# HELP ").append(name).append(' ').append(escape(family.help())).append('\n');
    samples.forEach(out::append);
  }

  /** OpenMetrics escapes quotes in help texts, the older format must not. */
  private String escape(String help) {
    String escaped = help.replace("\\", "\\\\").replace("\n", "\\n");
    return openMetrics ? escaped.replace("\"", "\\\"") : escaped;
  }

  private static String sample(String name, Metrics.Series series, long value) {
    return line(name, series.labels(), Long.toString(value));
  }

  private static String line(String name, String labels, String value) {
    return name + (labels.isEmpty() ? " " : "{" + labels + "} ") + value + "\n";
  }

  private static void histogram(
      Metrics.Series series, Function<Integer, Long> sum, List<String> lines) {
    String name = series.family().name();
    String prefix = series.labels().isEmpty() ? "" : series.labels() + ",";
    long count = 0;
    for (int i = 0; i < Metrics.BUCKETS; i++) {
      count += sum.apply(series.slot() + i);
      long bound = Metrics.bucketBound(i);
      String le = bound == Long.MAX_VALUE ? "+Inf" : seconds(bound);
      lines.add(line(name + "_bucket", prefix + "le=\"" + le + "\"", Long.toString(count)));
    }
    long nanos = sum.apply(series.slot() + Metrics.BUCKETS);
    lines.add(line(name + "_sum", series.labels(), seconds(nanos)));
    lines.add(line(name + "_count", series.labels(), Long.toString(count)));
  }

  private static String seconds(long nanos) {
    return plain(BigDecimal.valueOf(nanos, 9));
  }

  /** Never an exponent, always the same text for the same bound. */
  private static String plain(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return (shortest.scale() < 1 ? shortest.setScale(1) : shortest).toPlainString();
  }
}
