package dev.selvedge.kernel;

/** Time, injected so that simulations are deterministic. Thread-safe. */
public interface Clock {

  /** Monotonic nanoseconds; only differences mean something. */
  long nanos();

  /** Milliseconds since 1970-01-01T00:00:00Z. */
  long epochMillis();

  /** The machine's clocks. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }

  /** The only clock that reads the machine. */
  enum SystemClock implements Clock {
    INSTANCE;

    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public long epochMillis() {
      return System.currentTimeMillis();
    }
  }
}
