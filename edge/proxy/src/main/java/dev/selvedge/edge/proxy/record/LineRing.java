package dev.selvedge.edge.proxy.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * Whole lines from one event loop to the log's writer, in order, without a lock: a line either fits
 * or is refused, and the loop never waits.
 *
 * <p>Single producer, single consumer, bytes in one direct buffer of a power of two, two counters
 * that only grow (Lamport, "Specifying concurrent program modules", 1983). The producer remembers
 * the consumer's counter and reads it again only where it must, so a line costs one copy and one
 * ordered store.
 *
 * <p>{@link #offer} says when the consumer should be woken: when more than a quarter is full, and
 * then once per further quarter, so that waking is rare and three quarters of the ring are left for
 * the time it takes.
 */
final class LineRing {

  /** What became of a line. */
  enum Offer {
    TAKEN,
    /** Taken, and the consumer should be woken. */
    TAKEN_WAKE,
    /** Refused: no room. */
    FULL
  }

  private static final VarHandle HEAD = handle("head");
  private static final VarHandle TAIL = handle("tail");

  private final ByteBuffer producerBytes;
  private final ByteBuffer[] consumerParts;
  private final int capacity;
  private final int quarter;

  private long mine;
  private long headSeen;
  private long wakeAt;

  @SuppressWarnings("UnusedVariable")
  private volatile long tail;

  @SuppressWarnings("UnusedVariable")
  private volatile long head;

  /**
   * Makes an empty ring.
   *
   * @param capacity bytes, a power of two
   */
  LineRing(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("not a power of two: " + capacity);
    }
    this.capacity = capacity;
    this.quarter = capacity / 4;
    this.producerBytes = ByteBuffer.allocateDirect(capacity);
    this.consumerParts = new ByteBuffer[] {producerBytes.duplicate(), producerBytes.duplicate()};
    this.wakeAt = quarter;
  }

  // ---- the producer's thread

  /** Puts a line in, whole. */
  Offer offer(byte[] line, int length) {
    if (mine + length - headSeen > capacity) {
      headSeen = (long) HEAD.getAcquire(this);
      if (mine + length - headSeen > capacity) {
        return Offer.FULL;
      }
    }
    int at = (int) mine & capacity - 1;
    int first = Math.min(length, capacity - at);
    producerBytes.put(at, line, 0, first);
    if (first < length) {
      producerBytes.put(0, line, first, length - first);
    }
    mine += length;
    TAIL.setRelease(this, mine);
    return mine < wakeAt ? Offer.TAKEN : wake();
  }

  private Offer wake() {
    headSeen = (long) HEAD.getAcquire(this);
    boolean wake = mine - headSeen >= quarter;
    wakeAt = (wake ? mine : headSeen) + quarter;
    return wake ? Offer.TAKEN_WAKE : Offer.TAKEN;
  }

  // ---- the consumer's thread

  /**
   * What can be read now, in up to two parts of which the second may be empty; always whole lines.
   * The parts are the same objects each time.
   */
  ByteBuffer[] readable() {
    long from = (long) HEAD.getOpaque(this);
    int length = (int) ((long) TAIL.getAcquire(this) - from);
    int at = (int) from & capacity - 1;
    int first = Math.min(length, capacity - at);
    consumerParts[0].limit(at + first).position(at);
    consumerParts[1].limit(length - first).position(0);
    return consumerParts;
  }

  /** Whether there is anything to read. */
  boolean isEmpty() {
    return (long) TAIL.getAcquire(this) == (long) HEAD.getOpaque(this);
  }

  /** Gives the room of bytes that were read back to the producer. */
  void consumed(long length) {
    HEAD.setRelease(this, (long) HEAD.getOpaque(this) + length);
  }

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(LineRing.class, field, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
