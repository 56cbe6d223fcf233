package dev.selvedge.edge.proxy.record;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsTest {

  private static final int PROCESS = 0xF0000001;

  @TempDir private Path folder = Path.of("");
  private final Names names = new Names();
  private final Metrics metrics = new Metrics();

  RecordsTest() {
    names.number("one");
  }

  private Records open(int loops, AccessLog log) throws IOException {
    return Records.open(PROCESS, loops, names, metrics, log, stdout());
  }

  private FileChannel stdout() throws IOException {
    return FileChannel.open(
        folder.resolve("stdout"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private long counted(String name, String labels) {
    return metrics.sum(metrics.counter(name, "", labels));
  }

  @Test
  void findsARecordByOurIdAndByAPeersOnEachLoop() throws IOException {
    try (Records records = open(3, new AccessLog.Off())) {
      for (int loop = 0; loop < 3; loop++) {
        Recorder recorder = records.recorderFor(loop, metrics.shard());
        for (int i = 1; i <= 10; i++) {
          DecisionRecord record = Samples.plain(i, names.number("route-" + loop));
          record.loop = loop;
          if (i == 10) {
            Samples.foreignId(record, "peer-" + loop);
          }
          recorder.finish(record);
        }
      }
      for (int loop = 0; loop < 3; loop++) {
        String own = "f00000010%d%010x".formatted(loop, 3);
        RecordView view = requireNonNull(records.find(own));
        assertThat(view.id()).isEqualTo(own);
        assertThat(view.route()).isEqualTo("route-" + loop);
        RecordView foreign = requireNonNull(records.find("peer-" + loop));
        assertThat(foreign.ownId()).isEqualTo("f00000010%d%010x".formatted(loop, 10));
        assertThat(records.find(requireNonNull(foreign.ownId()))).isEqualTo(foreign);
      }
      for (String absent :
          List.of(
              "",
              "x",
              "peer-9",
              "f0000001000000000063",
              "f0000001ff0000000001",
              "f0000002000000000001",
              "F0000001000000000001")) {
        assertThat(records.find(absent)).as(absent).isNull();
      }
    }
  }

  @Test
  void showsTheLatestFirstOverAllLoops() throws IOException {
    try (Records records = open(2, new AccessLog.Off())) {
      Recorder first = records.recorderFor(0, metrics.shard());
      Recorder second = records.recorderFor(1, metrics.shard());
      for (int i = 1; i <= 100; i++) {
        DecisionRecord record = Samples.refused(i, i % 10 == 0 ? 0 : 1, Samples.NOON + i);
        if (i % 10 != 0) {
          record.failure = DecisionRecord.NO_FAILURE;
        }
        (i % 2 == 0 ? first : second).finish(record);
      }
      assertThat(records.recent(30, false))
          .extracting(RecordView::epochMillis)
          .containsExactlyElementsOf(
              IntStream.range(0, 30).mapToObj(i -> Samples.NOON + 100 - i).toList());
      assertThat(records.recent(5, true))
          .extracting(view -> view.epochMillis() - Samples.NOON)
          .containsExactly(100L, 90L, 80L, 70L, 60L);
      assertThat(records.recent(1000, true)).hasSize(10);
      assertThat(records.recent(1000, false)).hasSize(100);
    }
  }

  @Test
  void keepsTenThousandOverAllLoops() throws IOException {
    try (Records records = open(3, new AccessLog.Off())) {
      for (int loop = 0; loop < 3; loop++) {
        Recorder recorder = records.recorderFor(loop, metrics.shard());
        for (int i = 1; i <= 5_000; i++) {
          recorder.finish(Samples.plain(i, 0));
        }
      }
      assertThat(records.recent(20_000, false)).hasSize(10_002);
    }
  }

  @Test
  void writesAccessLinesToTheFileAndRefusalsToStandardOutput() throws IOException {
    Path log = folder.resolve("access.log");
    Path rotated = folder.resolve("access.log.1");
    long[] sequence = {2};
    try (Records records = open(1, new AccessLog.ToFile(log))) {
      Recorder recorder = records.recorderFor(0, metrics.shard());
      recorder.finish(Samples.plain(1, 0));
      await(() -> lines(log) == 1);
      Files.move(log, rotated);
      recorder.finish(Samples.refused(2, 0, Samples.NOON));
      await(() -> lines(rotated) == 2);
      records.openNext(new AccessLog.ToFile(log)).use();
      // Lines go to the new file once the writer has changed over, and none is lost before.
      await(() -> {
        recorder.finish(Samples.plain(++sequence[0], 0));
        return lines(log) > 0;
      });
      records.openNext(new AccessLog.Off()).use();
      recorder.finish(Samples.plain(1_000_000, 0));
    }
    assertThat(lines(rotated) + lines(log)).isEqualTo(sequence[0]);
    assertThat(Files.readString(folder.resolve("stdout")))
        .contains("\"msg\":\"refused\"")
        .doesNotContain("\"msg\":\"request\"");
  }

  @Test
  void keepsTheOldLogWhereTheNewOneCannotBeOpenedOrIsNotUsed() throws IOException {
    Path log = folder.resolve("access.log");
    try (Records records = open(1, new AccessLog.ToFile(log))) {
      Recorder recorder = records.recorderFor(0, metrics.shard());
      AccessLog nowhere = new AccessLog.ToFile(folder.resolve("absent").resolve("log"));
      assertThatThrownBy(() -> records.openNext(nowhere)).isInstanceOf(IOException.class);
      records.openNext(new AccessLog.Off()).close();
      recorder.finish(Samples.plain(1, 0));
    }
    assertThat(lines(log)).isEqualTo(1);
  }

  @Test
  void capsRefusalLinesPerRouteAndCodeAndSaysHowManyWereLeftOut() throws IOException {
    try (Records records = open(1, new AccessLog.Off())) {
      Recorder recorder = records.recorderFor(0, metrics.shard());
      for (int i = 1; i <= 1000; i++) {
        recorder.finish(Samples.refused(i, names.number("flooded"), Samples.NOON));
      }
      DecisionRecord other = Samples.refused(1001, names.number("flooded"), Samples.NOON);
      other.failure = FailureCode.NO_ROUTE.ordinal();
      recorder.finish(other);
      recorder.finish(Samples.refused(1002, names.number("quiet"), Samples.NOON));
      recorder.finish(Samples.refused(1003, names.number("flooded"), Samples.NOON + 1000));
    }
    List<String> lines = Files.readAllLines(folder.resolve("stdout"));
    assertThat(lines).hasSize(RefusalCap.LINES + 3);
    assertThat(lines.getLast()).endsWith("\"suppressed\":" + (1000 - RefusalCap.LINES) + "}");
    assertThat(lines.subList(0, lines.size() - 1)).noneMatch(line -> line.contains("suppressed"));
    assertThat(counted("selvedge_log_lines_suppressed", "")).isEqualTo(1000 - RefusalCap.LINES);
  }

  @Test
  void dropsAndCountsWhatTheWriterCannotTake() throws IOException {
    StuckChannel stuck = new StuckChannel();
    int lines = 5_000;
    long written;
    Records records = Records.open(PROCESS, 1, names, metrics, new AccessLog.Stdout(), stuck);
    try (records) {
      Recorder recorder = records.recorderFor(0, metrics.shard());
      recorder.finish(Samples.plain(1, 0));
      await(stuck::entered);
      for (int i = 2; i <= lines; i++) {
        recorder.finish(Samples.plain(i, 0));
      }
      stuck.free();
    }
    written = stuck.lines();
    long dropped = counted("selvedge_log_lines_dropped", "log=\"access\"");
    assertThat(dropped).isPositive();
    assertThat(written + dropped).isEqualTo(lines);
  }

  @Test
  void countsLinesThatTheDiskRefusesAndGoesOnAfterwards() throws IOException {
    StuckChannel failing = new StuckChannel();
    failing.free();
    failing.failNext(2, 17);
    try (Records records =
        Records.open(PROCESS, 1, names, metrics, new AccessLog.Stdout(), failing)) {
      Recorder recorder = records.recorderFor(0, metrics.shard());
      recorder.finish(Samples.plain(1, 0));
      await(() -> counted("selvedge_log_lines_dropped", "log=\"access\"") == 1);
      recorder.finish(Samples.plain(2, 0));
      await(() -> counted("selvedge_log_lines_dropped", "log=\"access\"") == 2);
      recorder.finish(Samples.plain(3, 0));
    }
    String[] lines = failing.text().split("\n", -1);
    // Two cut ones, each ended, and a whole one.
    assertThat(lines).hasSize(4);
    assertThat(lines[0]).hasSize(17);
    assertThat(lines[1]).hasSize(17 - 1);
    assertThat(lines[2]).startsWith("{\"time\"").endsWith("}");
  }

  @Test
  void closingWaitsForAStuckReaderTwoSecondsAtTheMost() throws IOException {
    StuckChannel stuck = new StuckChannel();
    Records records = Records.open(PROCESS, 1, names, metrics, new AccessLog.Stdout(), stuck);
    records.recorderFor(0, metrics.shard()).finish(Samples.plain(1, 0));
    long before = System.nanoTime();
    records.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    stuck.free();
  }

  private static long lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("condition not reached in 20 s").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
