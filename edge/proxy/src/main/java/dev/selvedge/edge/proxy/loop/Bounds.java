package dev.selvedge.edge.proxy.loop;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A count that all event loops share, with a bound that is never passed: one atomic on a cache line
 * of its own (EDGE 4, state across loops). Thread-safe.
 *
 * <p>The limit may change with a reload; permits given out before stay given out.
 */
public final class Bounds {

  private final Padded count = new Padded();
  private volatile long limit;

  public Bounds(long limit) {
    this.limit = limit;
  }

  /** Takes one permit, or says that none is left. */
  public boolean tryAcquire() {
    long out = count.get();
    while (out < limit) {
      if (count.weakCompareAndSetVolatile(out, out + 1)) {
        return true;
      }
      out = count.get();
    }
    return false;
  }

  /** Takes so many permits, or none and says that they are not left. */
  public boolean tryAcquire(long permits) {
    long out = count.get();
    while (out + permits <= limit) {
      if (count.weakCompareAndSetVolatile(out, out + permits)) {
        return true;
      }
      out = count.get();
    }
    return false;
  }

  /** Gives one permit back. */
  public void release() {
    count.decrementAndGet();
  }

  /** Moves the count without asking; for amounts that are known only after the fact. */
  public void add(long delta) {
    count.addAndGet(delta);
  }

  /** Whether the count has reached the limit. */
  public boolean full() {
    return count.get() >= limit;
  }

  /** Whether the count has reached half of the limit: time to be sparing. */
  public boolean halfFull() {
    return count.get() >= limit >>> 1;
  }

  /** Permits out. */
  public long count() {
    return count.get();
  }

  public long limit() {
    return limit;
  }

  public void limit(long newLimit) {
    limit = newLimit;
  }

  /** An atomic that shares its cache line with nothing that is written. */
  @SuppressWarnings("UnusedVariable")
  private static final class Padded extends AtomicLong {
    private static final long serialVersionUID = 1L;
    private long p1;
    private long p2;
    private long p3;
    private long p4;
    private long p5;
    private long p6;
    private long p7;
    private long p8;
    private long p9;
    private long p10;
    private long p11;
    private long p12;
    private long p13;
    private long p14;
  }
}
