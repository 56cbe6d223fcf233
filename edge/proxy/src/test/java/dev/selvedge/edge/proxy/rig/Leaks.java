package dev.selvedge.edge.proxy.rig;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Netty's leak detection at its strictest for the time of a test: every buffer is followed, and
 * every report is kept. Proves on a leak of its own that it acts.
 */
public final class Leaks implements AutoCloseable {

  private static final Logger LOGGER = Logger.getLogger(ResourceLeakDetector.class.getName());

  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
  private final List<String> reports = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          reports.add(String.valueOf(record.getMessage()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private Leaks() {}

  public static Leaks watch() throws InterruptedException {
    Leaks leaks = new Leaks();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    LOGGER.addHandler(leaks.handler);
    LOGGER.setUseParentHandlers(false);
    leak();
    Await.until("a leak made on purpose is reported", () -> !leaks.found().isEmpty());
    leaks.reports.clear();
    return leaks;
  }

  private static void leak() {
    PooledByteBufAllocator.DEFAULT.directBuffer(16).writeByte(1);
  }

  /** What has been reported so far; collects garbage, and asks the detector, which is lazy. */
  public List<String> found() {
    for (int i = 0; i < 3; i++) {
      System.gc();
      PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
    return List.copyOf(reports);
  }

  /** Bytes of the pooled allocator that are in use by a buffer now. */
  public static long pinned() {
    return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
  }

  @Override
  public void close() {
    LOGGER.removeHandler(handler);
    LOGGER.setUseParentHandlers(true);
    ResourceLeakDetector.setLevel(before);
  }
}
