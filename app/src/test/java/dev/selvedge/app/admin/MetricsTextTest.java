package dev.selvedge.app.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvedge.kernel.Metrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTextTest {

  private final Metrics metrics = metrics();

  private static Metrics metrics() {
    Metrics metrics = new Metrics();
    Metrics.Shard shard = metrics.shard();
    String help = "Requests, \"by\" back\\slash\nand line.";
    shard.add(metrics.counter("selvedge_requests", help, "route=\"a \\\"b\\\" \\\\ c\""), 3);
    int duration = metrics.histogram("selvedge_request_duration_seconds", "Time.", "route=\"a\"");
    shard.observe(duration, 65_536);
    shard.observe(duration, 65_537);
    shard.observe(duration, Long.MAX_VALUE / 4);
    shard.add(metrics.gauge("selvedge_connections", "Open.", ""), 7);
    shard.add(metrics.counter("selvedge_requests", help, "route=\"z\""), 1);
    metrics.sampled("selvedge_in_flight", "In flight.", "kind=\"x\"", () -> 5);
    metrics.histogram("selvedge_empty_seconds", "Never.", "");
    return metrics;
  }

  private String text(boolean openMetrics) {
    return MetricsText.of(metrics, new ProcessMetrics(), openMetrics);
  }

  @Test
  void writesOpenMetrics() {
    assertThat(text(true))
        .contains(
            """
            # TYPE selvedge_requests counter
            # HELP selvedge_requests Requests, \\"by\\" back\\\\slash\\nand line.
            selvedge_requests_total{route="a \\"b\\" \\\\ c"} 3
            selvedge_requests_total{route="z"} 1
            """)
        .contains(
            """
            # TYPE selvedge_request_duration_seconds histogram
            # UNIT selvedge_request_duration_seconds seconds
            # HELP selvedge_request_duration_seconds Time.
            selvedge_request_duration_seconds_bucket{route="a",le="0.000065536"} 1
            selvedge_request_duration_seconds_bucket{route="a",le="0.000131072"} 2
            """)
        .contains("selvedge_request_duration_seconds_bucket{route=\"a\",le=\"+Inf\"} 3\n")
        .contains("selvedge_request_duration_seconds_count{route=\"a\"} 3\n")
        .contains("selvedge_empty_seconds_sum 0.0\n", "selvedge_connections 7\n")
        .contains("selvedge_in_flight{kind=\"x\"} 5\n", "# TYPE process_cpu_seconds counter\n")
        .containsPattern("process_resident_memory_bytes [1-9][0-9]{6,}\\.0\n")
        .containsPattern("process_open_fds [1-9]")
        .containsPattern("process_start_time_seconds [0-9]{10}")
        .endsWith("\n# EOF\n");
  }

  @Test
  void promtoolFindsNothingToSay() throws Exception {
    assumeTrue(promtool(), "promtool is not here: apt-get install prometheus");
    assertThat(run(text(false), "promtool", "check", "metrics")).isEqualTo("exit 0\n");
  }

  /** Prometheus's own OpenMetrics reader, which wants a time on each sample. */
  @Test
  void prometheusReadsOpenMetrics(@TempDir Path folder) throws Exception {
    assumeTrue(promtool(), "promtool is not here: apt-get install prometheus");
    String timed =
        text(true)
            .lines()
            .map(line -> line.startsWith("#") ? line : line + " 1790000000")
            .collect(Collectors.joining("\n", "", "\n"));
    Path file = Files.writeString(folder.resolve("metrics"), timed);
    String[] command = {
      "promtool", "tsdb", "create-blocks-from", "openmetrics", file.toString(), folder + "/out"
    };
    assertThat(run("", command)).endsWith("exit 0\n");
    assertThat(
            run(
                "",
                "promtool",
                "tsdb",
                "create-blocks-from",
                "openmetrics",
                "/dev/null",
                folder + "/no"))
        .as("the reader that finds nothing wrong can find something wrong")
        .doesNotEndWith("exit 0\n");
  }

  private static boolean promtool() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Pattern.compile(":").splitAsStream(path).map(Path::of).anyMatch(MetricsTextTest::has);
  }

  private static boolean has(Path folder) {
    return Files.isExecutable(folder.resolve("promtool"));
  }

  private static String run(String input, String... command) throws Exception {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
      in.write(input);
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said + "exit " + process.exitValue() + "\n";
  }
}
