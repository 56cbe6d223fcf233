package dev.selvedge.edge.proxy.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes the next read of one channel may take: set by the connection, which knows what it
 * waits for and how much credit is left, instead of guessed from the past.
 *
 * <p>One object is allocator and handle of one channel. Confined to its event loop.
 */
@SuppressWarnings("deprecation")
public final class ReadSize implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {

  /** Enough for a head and a small body in one read. */
  public static final int HEAD = 4096;

  /** Smallest read; a few bytes of credit are not worth a system call each. */
  private static final int LEAST = 1024;

  private static final int READS_PER_WAKE = 4;

  private int next = HEAD;
  private int attempted;
  private int last;
  private int reads;
  private boolean enough;
  private @Nullable ChannelConfig config;

  /** Sets the size of the following reads, in bytes. */
  public void next(int bytes) {
    next = Math.max(bytes, LEAST);
  }

  /** The message has just ended with nothing behind it: a further read now would find nothing. */
  public void enough() {
    enough = true;
  }

  @Override
  public ExtendedHandle newHandle() {
    return this;
  }

  @Override
  public ByteBuf allocate(ByteBufAllocator alloc) {
    return alloc.directBuffer(next);
  }

  @Override
  public int guess() {
    return next;
  }

  @Override
  public void reset(ChannelConfig newConfig) {
    config = newConfig;
    reads = 0;
    enough = false;
    last = 0;
    attempted = 0;
  }

  @Override
  public void incMessagesRead(int count) {
    reads += count;
  }

  @Override
  public void lastBytesRead(int bytes) {
    last = bytes;
  }

  @Override
  public int lastBytesRead() {
    return last;
  }

  @Override
  public void attemptedBytesRead(int bytes) {
    attempted = bytes;
  }

  @Override
  public int attemptedBytesRead() {
    return attempted;
  }

  @Override
  public boolean continueReading() {
    return last > 0 && last == attempted && !enough && mayReadMore();
  }

  @Override
  public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
    return maybeMoreData.get() && mayReadMore();
  }

  private boolean mayReadMore() {
    ChannelConfig current = config;
    return current != null && current.isAutoRead() && reads < READS_PER_WAKE;
  }

  @Override
  public void readComplete() {}
}
