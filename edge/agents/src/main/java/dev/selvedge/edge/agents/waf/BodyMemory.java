package dev.selvedge.edge.agents.waf;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes under inspection over all calls, never more than the bound. Thread-safe. */
final class BodyMemory {

  private final AtomicLong used = new AtomicLong();
  private volatile long max;

  BodyMemory(long max) {
    this.max = max;
  }

  void max(long bytes) {
    max = bytes;
  }

  /** Takes so many bytes, or none. */
  boolean take(long bytes) {
    if (used.addAndGet(bytes) <= max) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  void give(long bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
