package dev.selvedge.edge.proxy.record;

import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.kernel.Metrics;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes log lines: access lines where the configuration says, refusal lines to
 * standard output, every ring drained at least every 100 ms.
 *
 * <p>After each round over the rings it parks, also when more has come meanwhile: under load a loop
 * wakes it per quarter of a ring, so it writes few and large pieces, and a busy core is not shared
 * with a thread that spins. A platform thread, because what it does is block in write(2). Daemon.
 *
 * <p>What cannot be written (disk full, reader gone) is dropped and counted; the first failure in a
 * row is told on standard error. Thread-safe, except that {@link #run} belongs to its thread.
 */
final class LogWriter implements Runnable, AutoCloseable {

  private static final long PARK_NANOS = Duration.ofMillis(100).toNanos();
  private static final long CLOSE_MILLIS = 2000;

  private final List<Rings> rings = new CopyOnWriteArrayList<>();
  private final LogTarget stdout;
  private final LogMetrics slots;
  private final Metrics.Shard metrics;
  private final AtomicReference<@Nullable LogTarget> next = new AtomicReference<>();
  private final Thread thread;
  private LogTarget access;
  private volatile boolean accessLines;
  private volatile boolean closing;

  private record Rings(LineRing access, LineRing refusals) {}

  private LogWriter(LogTarget stdout, LogTarget access, LogMetrics slots, Metrics.Shard metrics) {
    this.stdout = stdout;
    this.access = access;
    this.accessLines = access.open();
    this.slots = slots;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().daemon().name("log-writer").unstarted(this);
  }

  /** Opens the access log and starts the thread. */
  static LogWriter start(
      AccessLog config, GatheringByteChannel stdout, LogMetrics slots, Metrics.Shard metrics)
      throws IOException {
    LogTarget out = new LogTarget(stdout, false);
    LogWriter writer = new LogWriter(out, open(config, out), slots, metrics);
    writer.thread.start();
    return writer;
  }

  /** The process's standard output, never to be closed. */
  static GatheringByteChannel standardOutput() {
    return new FileOutputStream(FileDescriptor.out).getChannel();
  }

  private static LogTarget open(AccessLog config, LogTarget stdout) throws IOException {
    return switch (config) {
      case AccessLog.Off off -> new LogTarget(null, false);
      case AccessLog.Stdout out -> stdout;
      case AccessLog.ToFile to -> new LogTarget(openFile(to.file()), true);
    };
  }

  private static FileChannel openFile(Path file) throws IOException {
    try {
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    } catch (NoSuchFileException missing) {
      throw unwritable(file, "there is no such folder", missing);
    } catch (AccessDeniedException denied) {
      throw unwritable(file, "permission denied", denied);
    } catch (FileSystemException other) {
      throw unwritable(file, String.valueOf(other.getReason()), other);
    }
  }

  /** These exceptions name the file alone in their messages. */
  private static IOException unwritable(Path file, String why, IOException cause) {
    return new IOException("the access log " + file + " cannot be written: " + why, cause);
  }

  /** Drains these two from now on. */
  void add(LineRing accessLinesOfLoop, LineRing refusalsOfLoop) {
    rings.add(new Rings(accessLinesOfLoop, refusalsOfLoop));
  }

  /** Whether access lines are wanted; a plain read on the loop. */
  boolean accessLines() {
    return accessLines;
  }

  /** Makes the thread look at the rings now. May be called on event loops. */
  void wake() {
    LockSupport.unpark(thread);
  }

  /** Opens an access log, here, so that the caller learns of a failure while the old one works. */
  LogTarget open(AccessLog config) throws IOException {
    return open(config, stdout);
  }

  /** Changes over to what was opened; the thread does so between two rounds. */
  void change(LogTarget opened) {
    accessLines = opened.open();
    LogTarget unused = next.getAndSet(opened);
    if (unused != null) {
      unused.close();
    }
    wake();
  }

  @Override
  public void run() {
    while (!closing) {
      round();
      LockSupport.parkNanos(this, PARK_NANOS);
    }
    round();
    access.close();
  }

  /** Changes over only after a round, so that lines from before a reopening go to the old log. */
  private void round() {
    LogTarget opened = next.getAndSet(null);
    for (Rings each : rings) {
      drain(each.access(), access, slots.accessDropped());
      drain(each.refusals(), stdout, slots.refusalsDropped());
    }
    if (opened != null) {
      access.close();
      access = opened;
    }
  }

  private void drain(LineRing ring, LogTarget target, int droppedSlot) {
    ByteBuffer[] parts = ring.readable();
    long length = (long) parts[0].remaining() + parts[1].remaining();
    if (length == 0) {
      return;
    }
    long lost = target.write(parts);
    if (lost > 0) {
      metrics.add(droppedSlot, lost);
    }
    ring.consumed(length);
  }

  /** Writes what is there and ends the thread; waits 2 s at the most. */
  @Override
  public void close() {
    closing = true;
    wake();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
