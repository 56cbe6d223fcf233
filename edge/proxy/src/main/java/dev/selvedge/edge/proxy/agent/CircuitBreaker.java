package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.AgentConfig.Breaker;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Leaves an agent alone that fails: nobody waits for it until a probe has shown that it is back.
 *
 * <pre>
 *   CLOSED ──failures reach threshold and a tenth of the calls in the window──▶ OPEN
 *   OPEN ──timeout, or a new healthy connection──▶ PROBING, one call at a time ──failure──▶ OPEN
 *                        └──success-threshold successes in a row──▶ CLOSED, window empty
 * </pre>
 *
 * <p>What counts as a failure is the caller's to say (EDGE 5). Whoever was let pass says how it
 * ended by exactly one of {@link #succeeded}, {@link #failed} and {@link #abandoned}. Calls let
 * pass while it was closed change nothing once it is open. One per agent and proxy. Thread-safe:
 * one atomic reference, nothing allocated but at a change of state.
 */
final class CircuitBreaker {

  /** How a call was let pass. */
  enum Pass {
    REFUSED,
    NORMAL,
    PROBE
  }

  /** Where it stands; codes of the metric are the ordinals. */
  enum State {
    CLOSED,
    OPEN,
    PROBING
  }

  private sealed interface Standing {
    record Closed() implements Standing {}

    record Open(long sinceNanos, long untilNanos) implements Standing {}

    record Probing(int successes, boolean out) implements Standing {}
  }

  private static final long EARLY_PROBE_NANOS = 1_000_000_000L;

  private static final Standing CLOSED = new Standing.Closed();

  private final Breaker config;
  private final FailureWindow window;
  private final AtomicReference<Standing> standing = new AtomicReference<>(CLOSED);

  CircuitBreaker(Breaker config) {
    this.config = config;
    this.window = new FailureWindow(config.failureThreshold(), config.window().toNanos());
  }

  /** Whether a call may be made now. */
  Pass tryPass(long nowNanos) {
    while (true) {
      Standing now = standing.get();
      switch (now) {
        case Standing.Closed _ -> {
          return Pass.NORMAL;
        }
        case Standing.Open(long _, long untilNanos) -> {
          if (nowNanos - untilNanos < 0) {
            return Pass.REFUSED;
          }
          if (standing.compareAndSet(now, new Standing.Probing(0, true))) {
            return Pass.PROBE;
          }
        }
        case Standing.Probing(int successes, boolean out) -> {
          if (out) {
            return Pass.REFUSED;
          }
          if (standing.compareAndSet(now, new Standing.Probing(successes, true))) {
            return Pass.PROBE;
          }
        }
      }
    }
  }

  /** The agent answered, whatever it said. */
  void succeeded(Pass pass, long nowNanos) {
    window.call(nowNanos);
    if (pass == Pass.PROBE && standing.get() instanceof Standing.Probing before) {
      boolean enough = before.successes() + 1 >= config.successThreshold();
      if (enough) {
        window.forget();
      }
      Standing after = enough ? CLOSED : new Standing.Probing(before.successes() + 1, false);
      standing.compareAndSet(before, after);
    }
  }

  /** The call failed in a way that counts. */
  void failed(Pass pass, long nowNanos) {
    window.call(nowNanos);
    failure(pass, nowNanos);
  }

  /** A connection was lost, with calls that are counted one by one or without any. */
  void connectionLost(long nowNanos) {
    failure(Pass.NORMAL, nowNanos);
  }

  private void failure(Pass pass, long nowNanos) {
    window.failure(nowNanos);
    Standing before = standing.get();
    boolean opens =
        switch (before) {
          case Standing.Closed _ -> window.tripped(nowNanos);
          case Standing.Probing _ -> pass == Pass.PROBE;
          case Standing.Open _ -> false;
        };
    if (opens) {
      long until = nowNanos + config.timeout().toNanos();
      standing.compareAndSet(before, new Standing.Open(nowNanos, until));
    }
  }

  /**
   * The agent is healthy over a new connection: most likely another process, which what the one
   * before did says nothing about. A probe may pass at once; at most one a second, so that an agent
   * that comes back and fails again and again is still left alone.
   */
  void reconnected(long nowNanos) {
    if (standing.get() instanceof Standing.Open before) {
      long soonest = nowNanos + Math.max(0, before.sinceNanos() + EARLY_PROBE_NANOS - nowNanos);
      if (soonest - before.untilNanos() < 0) {
        standing.compareAndSet(before, new Standing.Open(before.sinceNanos(), soonest));
      }
    }
  }

  /** The call ended without saying anything about the agent. */
  void abandoned(Pass pass) {
    if (pass == Pass.PROBE && standing.get() instanceof Standing.Probing before) {
      standing.compareAndSet(before, new Standing.Probing(before.successes(), false));
    }
  }

  State state() {
    return switch (standing.get()) {
      case Standing.Closed _ -> State.CLOSED;
      case Standing.Open _ -> State.OPEN;
      case Standing.Probing _ -> State.PROBING;
    };
  }
}
