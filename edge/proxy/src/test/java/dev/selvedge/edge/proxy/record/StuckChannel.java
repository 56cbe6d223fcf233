package dev.selvedge.edge.proxy.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** A standard output whose reader does not read until it is freed, and which can fail. */
final class StuckChannel implements GatheringByteChannel {

  private final CountDownLatch free = new CountDownLatch(1);
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private volatile boolean entered;
  private int failures;
  private int takenBeforeFailure;

  void free() {
    free.countDown();
  }

  boolean entered() {
    return entered;
  }

  /** The next writes take so many bytes and fail then. */
  void failNext(int times, int bytes) {
    failures = times;
    takenBeforeFailure = bytes;
  }

  String text() {
    return written.toString(StandardCharsets.US_ASCII);
  }

  long lines() {
    return text().lines().count();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    entered = true;
    try {
      free.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    int room = failures > 0 ? takenBeforeFailure : Integer.MAX_VALUE;
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      while (sources[i].hasRemaining() && total < room) {
        written.write(sources[i].get());
        total++;
      }
    }
    if (failures > 0) {
      failures--;
      throw new IOException("no space left");
    }
    return total;
  }

  @Override
  public long write(ByteBuffer[] sources) throws IOException {
    return write(sources, 0, sources.length);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return (int) write(new ByteBuffer[] {source}, 0, 1);
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
