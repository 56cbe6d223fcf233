package dev.selvedge.edge.proxy.record;

import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A loop that never idles and finishes so many requests a second; started on one core to see
 * whether the writer gets its share. Arguments: file, lines a second, lines. Prints {@code
 * dropped}.
 */
final class LogRate {

  private LogRate() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    long interval = 1_000_000_000 / Long.parseLong(args[1]);
    long lines = Long.parseLong(args[2]);
    Metrics metrics = new Metrics();
    Names names = new Names();
    DecisionRecord record = Samples.plain(1, names.number("api"));
    long started;
    AccessLog log = new AccessLog.ToFile(Path.of(args[0]));
    try (Records records = Records.open(1, 1, names, metrics, log)) {
      Recorder recorder = records.recorderFor(0, metrics.shard());
      started = System.nanoTime();
      long next = started;
      for (long i = 0; i < lines; i++) {
        record.sequence = i;
        recorder.finish(record);
        // Time that was lost is not made up for: the rate is never above the one asked for.
        next = Math.max(next + interval, System.nanoTime());
        while (System.nanoTime() < next) {
          Thread.onSpinWait();
        }
      }
    }
    long millis = (System.nanoTime() - started) / 1_000_000;
    int slot = metrics.counter("selvedge_log_lines_dropped", "", "log=\"access\"");
    System.out.println("dropped " + metrics.sum(slot) + " of " + lines + " in " + millis + " ms");
  }
}
