package dev.selvedge.edge.proxy.agent;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many calls failed within a sliding window, and whether that is too many.
 *
 * <p>The times of the last failures are kept, as many as the threshold, so that "so many within the
 * window" is exact. Their share of all calls is taken from {@value #BUCKETS} counts over the
 * window, each dropped whole: up to one part in {@value #BUCKETS} of the window is forgotten early.
 * Two failures at the same instant on two loops may be seen by neither; the next one sees both.
 * Thread-safe: atomics only.
 */
final class FailureWindow {

  /** Failures must be at least one call in so many (EDGE 5). */
  private static final int SHARE = 10;

  private static final int BUCKETS = 32;
  private static final long NEVER = Long.MIN_VALUE;

  // A bucket in one word: which time it counts, failures, calls.
  private static final int CALL_BITS = 24;
  private static final int FAILURE_BITS = 20;
  private static final long CALLS = (1L << CALL_BITS) - 1;
  private static final long FAILURES = (1L << FAILURE_BITS) - 1;
  private static final int EPOCH_SHIFT = CALL_BITS + FAILURE_BITS;
  private static final long EPOCHS = (1L << 64 - EPOCH_SHIFT) - 1;

  private final long windowNanos;
  private final long bucketNanos;
  private final AtomicLongArray times;
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);

  FailureWindow(int threshold, long windowNanos) {
    this.windowNanos = windowNanos;
    this.bucketNanos = Math.max(1, windowNanos / BUCKETS);
    this.times = new AtomicLongArray(threshold);
    forget();
  }

  /** Forgets everything. */
  void forget() {
    for (int i = 0; i < times.length(); i++) {
      times.set(i, NEVER);
    }
    for (int i = 0; i < BUCKETS; i++) {
      buckets.set(i, 0);
    }
  }

  /** A call is over. */
  void call(long nowNanos) {
    count(nowNanos, 1);
  }

  /** Something failed: a call, which is counted beside, or a connection. */
  void failure(long nowNanos) {
    times.set((int) (failures.getAndIncrement() % times.length()), nowNanos);
    count(nowNanos, 1L << CALL_BITS);
  }

  /** Whether failures within the window have reached the threshold and their share of calls. */
  boolean tripped(long nowNanos) {
    for (int i = 0; i < times.length(); i++) {
      long time = times.get(i);
      if (time == NEVER || nowNanos - time > windowNanos) {
        return false;
      }
    }
    long epoch = epoch(nowNanos);
    long calls = 0;
    long failed = 0;
    for (int i = 0; i < BUCKETS; i++) {
      long bucket = buckets.get(i);
      if ((epoch - (bucket >>> EPOCH_SHIFT) & EPOCHS) < BUCKETS) {
        calls += bucket & CALLS;
        failed += bucket >>> CALL_BITS & FAILURES;
      }
    }
    return Math.max(failed, times.length()) * SHARE >= calls;
  }

  private void count(long nowNanos, long one) {
    long epoch = epoch(nowNanos);
    int index = (int) (epoch % BUCKETS);
    long before;
    long after;
    do {
      before = buckets.get(index);
      long fresh = before >>> EPOCH_SHIFT == epoch ? before : epoch << EPOCH_SHIFT;
      long mask = one == 1 ? CALLS : FAILURES << CALL_BITS;
      after = (fresh & mask) == mask ? fresh : fresh + one;
    } while (!buckets.weakCompareAndSetVolatile(index, before, after));
  }

  /** Numbers the buckets of time; a bucket left alone for a whole turn of numbers is rare. */
  private long epoch(long nowNanos) {
    return Math.floorDiv(nowNanos, bucketNanos) & EPOCHS;
  }
}
