package dev.selvedge.edge.proxy.record;

import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.kernel.Metrics;
import dev.selvedge.kernel.RequestId;
import java.io.IOException;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decision records and request logs of all event loops of one process.
 *
 * <p>Keeps the last {@value #CAPACITY} records and the last {@value #CAPACITY} notable ones
 * (refused, failed, gap), split evenly over the loops; finds one by its id; writes access and
 * refusal lines. Reading takes nothing from the loops, not even a task. Thread-safe.
 */
public final class Records implements AutoCloseable {

  /** Records over all loops, of each of the two kinds. */
  public static final int CAPACITY = 10_000;

  private final int process;
  private final Names names;
  private final RecordRing[] all;
  private final NotableRing[] notable;
  private final LogWriter writer;
  private final LogMetrics slots;

  private Records(int process, int loops, Names names, LogWriter writer, LogMetrics slots) {
    this.process = process;
    this.names = names;
    this.writer = writer;
    this.slots = slots;
    all = new RecordRing[loops];
    notable = new NotableRing[loops];
    int each = (CAPACITY + loops - 1) / loops;
    for (int i = 0; i < loops; i++) {
      all[i] = new RecordRing(each);
      notable[i] = new NotableRing(each);
    }
  }

  /**
   * Opens the access log and starts the thread that writes it.
   *
   * @param process what the ids of this process begin with
   * @param names that routes, upstreams and targets have in the records
   * @throws IOException if the access log's file cannot be opened
   */
  public static Records open(
      int process, int loops, Names names, Metrics metrics, AccessLog accessLog)
      throws IOException {
    return open(process, loops, names, metrics, accessLog, LogWriter.standardOutput());
  }

  /** The same with another standard output, which is not closed. */
  public static Records open(
      int process,
      int loops,
      Names names,
      Metrics metrics,
      AccessLog accessLog,
      GatheringByteChannel stdout)
      throws IOException {
    LogMetrics slots = LogMetrics.of(metrics);
    LogWriter writer = LogWriter.start(accessLog, stdout, slots, metrics.shard());
    return new Records(process, loops, names, writer, slots);
  }

  /**
   * The recorder of one event loop; called once for each.
   *
   * @param metrics that loop's own counters
   */
  public Recorder recorderFor(int loop, Metrics.Shard metrics) {
    LineEncoder encoder = new LineEncoder(process, names);
    return new LoopRecorder(all[loop], notable[loop], encoder, writer, metrics, slots);
  }

  public Names names() {
    return names;
  }

  /** The record of a request, by the id that its answer carried or by ours; null if it is gone. */
  public @Nullable RecordView find(String id) {
    RecordCopy copy = new RecordCopy();
    int loop = RequestId.loop(id);
    if (RequestId.process(id) == Integer.toUnsignedLong(process)
        && loop >= 0
        && loop < all.length) {
      long sequence = RequestId.sequence(id);
      for (RecordRing ring : rings(loop)) {
        if (ring.find(sequence, copy)) {
          return copy.view(process, loop, names);
        }
      }
    }
    return findForeign(id);
  }

  /** Peers may use an id twice, for a retry; the newest record is shown. */
  private @Nullable RecordView findForeign(String id) {
    byte[] wanted = id.getBytes(StandardCharsets.ISO_8859_1);
    RecordCopy copy = new RecordCopy();
    RecordView found = null;
    long foundEnd = Long.MIN_VALUE;
    for (int loop = 0; loop < all.length; loop++) {
      for (RecordRing ring : rings(loop)) {
        for (long number = ring.finished() - 1; number >= ring.oldest(); number--) {
          if (ring.read(number, copy) && copy.hasForeignId(wanted)) {
            if (copy.endedNanos() > foundEnd) {
              foundEnd = copy.endedNanos();
              found = copy.view(process, loop, names);
            }
            break;
          }
        }
      }
    }
    return found;
  }

  /** The records that ended last, latest first. */
  public List<RecordView> recent(int n, boolean notableOnly) {
    record Ended(long nanos, RecordView view) {}
    List<Ended> found = new ArrayList<>();
    RecordCopy copy = new RecordCopy();
    for (int loop = 0; loop < all.length; loop++) {
      for (RecordRing ring : notableOnly ? notable[loop].rings() : List.of(all[loop])) {
        long newest = ring.finished() - 1;
        long last = Math.max(ring.oldest(), newest - n + 1);
        for (long number = newest; number >= last; number--) {
          if (ring.read(number, copy)) {
            found.add(new Ended(copy.endedNanos(), copy.view(process, loop, names)));
          }
        }
      }
    }
    found.sort(Comparator.comparingLong(Ended::nanos).reversed());
    return found.stream().limit(n).map(Ended::view).toList();
  }

  private List<RecordRing> rings(int loop) {
    return List.of(all[loop], notable[loop].floor(), notable[loop].rest());
  }

  /** An access log that is open, and closed again unless it is used. Not thread-safe. */
  public static final class NextLog implements AutoCloseable {

    private final LogWriter writer;
    private final LogTarget opened;
    private boolean used;

    private NextLog(LogWriter writer, LogTarget opened) {
      this.writer = writer;
      this.opened = opened;
    }

    /** Changes over to it. */
    public void use() {
      used = true;
      writer.change(opened);
    }

    @Override
    public void close() {
      if (!used) {
        opened.close();
      }
    }
  }

  /**
   * Opens this access log, or the same file again after a rotation; the old one stays in use.
   *
   * @throws IOException if it cannot be opened
   */
  public NextLog openNext(AccessLog accessLog) throws IOException {
    return new NextLog(writer, writer.open(accessLog));
  }

  /** Writes what is waiting; takes 2 s at the most. Recorders may still be called, to no effect. */
  @Override
  public void close() {
    writer.close();
  }
}
