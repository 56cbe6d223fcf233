package dev.selvedge.edge.proxy.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where lines end up: a channel, or nowhere. What fails to be written is lost and counted, and the
 * next line that succeeds starts on a line of its own. Confined to the writer's thread.
 */
final class LogTarget {

  private static final long RETRY_NANOS = 1_000_000;

  private final @Nullable GatheringByteChannel channel;
  private final boolean closeable;
  private final ByteBuffer[] all = new ByteBuffer[3];
  private boolean torn;
  private boolean failing;

  /**
   * Takes a channel over.
   *
   * @param channel null for nowhere
   * @param closeable false for standard output
   */
  LogTarget(@Nullable GatheringByteChannel channel, boolean closeable) {
    this.channel = channel;
    this.closeable = closeable;
    this.all[0] = ByteBuffer.wrap(new byte[] {'\n'});
  }

  boolean open() {
    return channel != null;
  }

  /** Writes both parts and returns the number of lines that were lost. */
  long write(ByteBuffer[] parts) {
    GatheringByteChannel to = channel;
    if (to == null) {
      return 0;
    }
    int from = parts[0].position();
    all[0].limit(1).position(torn ? 0 : 1);
    all[1] = parts[0];
    all[2] = parts[1];
    try {
      while (all[0].hasRemaining() || all[1].hasRemaining() || all[2].hasRemaining()) {
        if (to.write(all) == 0) {
          LockSupport.parkNanos(this, RETRY_NANOS);
        }
      }
      torn = false;
      failing = false;
      return 0;
    } catch (IOException e) {
      return failed(parts, from, e);
    }
  }

  private long failed(ByteBuffer[] parts, int from, IOException why) {
    if (parts[1].position() > 0) {
      torn = endsInALine(parts[1]);
    } else if (parts[0].position() > from) {
      torn = endsInALine(parts[0]);
    } else {
      torn &= all[0].hasRemaining();
    }
    if (!failing) {
      failing = true;
      System.err.println("selvedge: log lines cannot be written: " + why.getMessage());
    }
    return lines(parts[0]) + lines(parts[1]);
  }

  private static boolean endsInALine(ByteBuffer part) {
    return part.get(part.position() - 1) != '\n';
  }

  private static long lines(ByteBuffer part) {
    long lines = 0;
    for (int i = part.position(); i < part.limit(); i++) {
      if (part.get(i) == '\n') {
        lines++;
      }
    }
    return lines;
  }

  void close() {
    if (closeable && channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        System.err.println("selvedge: closing the access log failed: " + e.getMessage());
      }
    }
  }
}
