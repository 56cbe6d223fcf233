package dev.selvedge.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The page of metrics is read out of the sources: name, kind and help of each registration, and the
 * labels that its method names. So a metric cannot be added without its line on the page.
 */
class MetricReferenceTest {

  private static final String INTRO =
      """
      # Metrics

      Generated from the sources; a test keeps it fresh (`-Dselvedge.update-docs=true` writes it).

      `GET /metrics` on the admin listener answers OpenMetrics 1.0 to scrapers that ask for it, else the Prometheus text
      format. Units are base units and end the name: seconds, bytes. Labels come from enums and from the configuration,
      never from requests, so the number of series is bounded by the configuration. Histograms have 22 buckets, from
      65.5 µs, doubling.

      | metric | kind | labels | meaning |
      |---|---|---|---|
      """;

  private static final Pattern REGISTRATION =
      Pattern.compile(
          "\\.(counter|gauge|histogram|sampled)\\(\\s*\"(selvedge_\\w+)\",\\s*"
              + "((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*\\+?\\s*)+)[,)]");
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern NAME = Pattern.compile("\"(selvedge_\\w+)\"");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\\\\\"");

  /** One family. */
  private record Line(String kind, Set<String> labels, String help) {}

  @Test
  void listsEveryMetric() throws IOException {
    Map<String, Line> lines = new TreeMap<>();
    Set<String> named = new TreeSet<>();
    for (Path source : sources()) {
      String text = Files.readString(source);
      NAME.matcher(text).results().forEach(name -> named.add(name.group(1)));
      Matcher found = REGISTRATION.matcher(text);
      while (found.find()) {
        String kind = found.group(1).equals("sampled") ? "gauge" : found.group(1);
        Line line =
            lines.computeIfAbsent(
                found.group(2),
                name -> new Line(kind, new LinkedHashSet<>(), literal(found.group(3))));
        line.labels().addAll(labels(text, found.start(), found.end()));
      }
    }
    assertThat(lines.keySet())
        .as("every metric's name and help are literals where it is registered")
        .containsExactlyInAnyOrderElementsOf(named);
    for (var value : new ProcessMetrics().read()) {
      String kind = value.family().kind().name().toLowerCase(java.util.Locale.ROOT);
      lines.put(value.family().name(), new Line(kind, Set.of(), value.family().help()));
    }
    StringBuilder page = new StringBuilder(INTRO);
    lines.forEach((name, line) -> page.append(row(name, line)));
    ReferencePage.check("reference-metrics.md", page.toString());
  }

  private static String row(String name, Line line) {
    String shown = line.kind().equals("counter") ? name + "_total" : name;
    String labels = line.labels().isEmpty() ? "" : "`" + String.join("`, `", line.labels()) + "`";
    return "| `%s` | %s | %s | %s |\n"
        .formatted(shown, line.kind(), labels, ReferencePage.cell(line.help()));
  }

  private static String literal(String concatenated) {
    StringBuilder text = new StringBuilder();
    LITERAL.matcher(concatenated).results().forEach(part -> text.append(part.group(1)));
    return text.toString();
  }

  /** Labels in the registration, or in its method before it, those of other registrations not. */
  private static List<String> labels(String text, int start, int end) {
    int method = Math.max(text.lastIndexOf("\n  }\n", start), 0);
    int statement = text.indexOf(';', end - 1);
    String own = text.substring(end - 1, statement < 0 ? end : statement);
    int next = own.indexOf("metrics.");
    String tail = next < 0 ? own : own.substring(0, next);
    List<String> found = new ArrayList<>();
    boolean none =
        tail.strip().startsWith(", \"\"") || tail.replaceAll("\\s", "").startsWith(",\"\"");
    if (!none) {
      Matcher label = LABEL.matcher(unregistered(text.substring(method, start)) + tail);
      while (label.find()) {
        found.add(label.group(1));
      }
    }
    return found;
  }

  private static String unregistered(String statements) {
    return Stream.of(statements.split(";", -1))
        .filter(statement -> !statement.contains("metrics."))
        .collect(Collectors.joining(";"));
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> all = Files.walk(ReferencePage.root())) {
      return all.filter(path -> path.toString().endsWith(".java"))
          .filter(path -> path.toString().contains("/src/main/"))
          .sorted()
          .toList();
    }
  }
}
