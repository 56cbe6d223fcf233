package dev.selvedge.edge.proxy.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.kernel.Metrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LogWriterTest {

  private static final int LINES = 1_000_000;

  @TempDir private Path folder = Path.of("");

  @Test
  void saysWhyItsFileCannotBeOpened() {
    AccessLog nowhere = new AccessLog.ToFile(folder.resolve("none/access.log"));
    assertThatThrownBy(() -> Records.open(1, 1, new Names(), new Metrics(), nowhere))
        .hasMessageContaining("the access log ")
        .hasMessageEndingWith("access.log cannot be written: there is no such folder");
  }

  /** As fast as a loop can, which is faster than anything serves requests. */
  @Test
  @Timeout(120)
  void aMillionLinesArriveWholeAndInOrderOrAreCounted() throws IOException {
    Path log = folder.resolve("access.log");
    Metrics metrics = new Metrics();
    Names names = new Names();
    DecisionRecord record = Samples.plain(1, names.number("api"));
    try (Records records = Records.open(1, 1, names, metrics, new AccessLog.ToFile(log))) {
      Recorder recorder = records.recorderFor(0, metrics.shard());
      for (int i = 1; i <= LINES; i++) {
        record.sequence = i;
        Samples.path(record, "/x".repeat(i % 97));
        recorder.finish(record);
      }
    }
    Pattern id = Pattern.compile("\\{.*\"id\":\"00000001" + "00([0-9a-f]{10})\".*}");
    long last = 0;
    long lines = 0;
    try (BufferedReader reader = Files.newBufferedReader(log, StandardCharsets.US_ASCII)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Matcher matcher = id.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        long sequence = Long.parseLong(matcher.group(1), 16);
        assertThat(sequence).isGreaterThan(last);
        last = sequence;
        lines++;
      }
    }
    int dropped = metrics.counter("selvedge_log_lines_dropped", "", "log=\"access\"");
    assertThat(lines + metrics.sum(dropped)).isEqualTo(LINES);
  }

  /** One core for a loop that never idles and for the writer; other work may be on that core. */
  @Test
  void theWriterGetsItsShareOfOneCore() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/taskset")), "taskset is not here");
    Process process =
        new ProcessBuilder(
                "taskset",
                "-c",
                "0",
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LogRate.class.getName(),
                folder.resolve("access.log").toString(),
                "100000",
                "200000")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Matcher matcher = Pattern.compile("dropped ([0-9]+) of 200000 .*").matcher(said.strip());
    assertThat(matcher.matches()).as(said).isTrue();
    assertThat(Integer.parseInt(matcher.group(1))).as(said).isLessThan(200);
  }
}
