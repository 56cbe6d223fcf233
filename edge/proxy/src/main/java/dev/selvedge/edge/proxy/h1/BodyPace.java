package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.exchange.ClientSettings;
import dev.selvedge.kernel.FailureCode;
import org.jspecify.annotations.Nullable;

/**
 * How fast a client sends its request's body: no pause longer than the time between bytes, and no
 * window of {@link ClientSettings#RATE_WINDOW_NANOS} below the least rate (EDGE 3). Pure: it is
 * told the time. Confined to its event loop.
 */
final class BodyPace {

  private static final long WINDOW_SECONDS = ClientSettings.RATE_WINDOW_NANOS / 1_000_000_000L;

  private boolean open;
  private long windowStart;
  private long windowBytes;
  private long idleEnd;

  /** The client was not waited for until now: the window begins anew. */
  void restart() {
    open = false;
  }

  void received(int bytes) {
    windowBytes += bytes;
  }

  /** The client is waited for from now on; returns when to look again. */
  long waitFrom(long now, ClientSettings settings) {
    if (!open) {
      open = true;
      windowStart = now;
      windowBytes = 0;
    }
    idleEnd = now + settings.requestBodyNanos();
    return next(settings);
  }

  /** When to look again. */
  long next(ClientSettings settings) {
    long rateEnd = windowStart + ClientSettings.RATE_WINDOW_NANOS;
    return settings.requestBodyMinRate() > 0 ? Math.min(rateEnd, idleEnd) : idleEnd;
  }

  /** What is wrong at that time; null where all is well and a new window has begun. */
  @Nullable FailureCode look(long now, ClientSettings settings) {
    if (now >= idleEnd) {
      return FailureCode.BODY_TIMEOUT;
    }
    if (windowBytes < settings.requestBodyMinRate() * WINDOW_SECONDS) {
      return FailureCode.BODY_TOO_SLOW;
    }
    windowStart = now;
    windowBytes = 0;
    return null;
  }
}
