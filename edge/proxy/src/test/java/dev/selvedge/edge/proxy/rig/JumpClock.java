package dev.selvedge.edge.proxy.rig;

import dev.selvedge.kernel.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clocks, set forward by as much as a test says. Thread-safe. */
final class JumpClock implements Clock {

  private final AtomicLong aheadNanos = new AtomicLong();

  void jump(Duration by) {
    aheadNanos.addAndGet(by.toNanos());
  }

  @Override
  public long nanos() {
    return System.nanoTime() + aheadNanos.get();
  }

  @Override
  public long epochMillis() {
    return System.currentTimeMillis() + aheadNanos.get() / 1_000_000;
  }
}
