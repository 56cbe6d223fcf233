package dev.selvedge.edge.proxy.rig;

import java.util.function.BooleanSupplier;

/** Waits for conditions, never for time. */
public final class Await {

  private static final long LIMIT_NANOS = 10_000_000_000L;

  private Await() {}

  /** Returns when the condition holds; fails after 10 s. */
  public static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 10 s: " + what);
      }
      Thread.sleep(2);
    }
  }
}
