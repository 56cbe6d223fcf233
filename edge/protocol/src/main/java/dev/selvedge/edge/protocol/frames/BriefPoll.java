package dev.selvedge.edge.protocol.frames;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.function.LongSupplier;

/**
 * How an agent's event loop waits: it looks for frames for a short while before it sleeps, because
 * whoever wakes a sleeping thread on another core pays for that, and here it is the proxy.
 *
 * <p>Bounded: a wait looks for at most {@value #POLL_NANOS} ns, in which it offers the core to
 * others after each look. A wait in vain makes the next ones sleep at once, up to {@value
 * #REST_MAX} of them, so that a quiet agent costs nothing. Confined to its event loop.
 */
final class BriefPoll implements SelectStrategy {

  /** The proxy needs about as long for 32 calls. */
  static final long POLL_NANOS = 50_000;

  static final int REST_MAX = 64;

  private final LongSupplier clock;
  private long since;
  private boolean polling;
  private int rest;
  private int restAfterFailure;

  BriefPoll(LongSupplier nanoClock) {
    this.clock = nanoClock;
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // Nothing here depends on who runs after the yield.
  public int calculateStrategy(IntSupplier ready, boolean hasTasks) throws Exception {
    if (hasTasks) {
      return ready.get();
    }
    if (rest > 0) {
      rest--;
      return SELECT;
    }
    long now = clock.getAsLong();
    if (!polling) {
      polling = true;
      since = now;
    }
    int count = ready.get();
    if (count > 0) {
      polling = false;
      restAfterFailure = 0;
      return count;
    }
    if (now - since >= POLL_NANOS) {
      restAfterFailure = Math.clamp(2L * restAfterFailure, 1, REST_MAX);
      return sleep(restAfterFailure);
    }
    Thread.yield();
    return CONTINUE;
  }

  /** Sleeps now, and so many times more before it looks again. */
  private int sleep(int more) {
    polling = false;
    rest = more;
    return SELECT;
  }
}
