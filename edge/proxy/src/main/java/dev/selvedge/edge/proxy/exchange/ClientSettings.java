package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.edge.config.SystemConfig;

/**
 * Bounds and timers of the client's side, in the units that the loops use. Immutable.
 *
 * @param window bytes buffered per direction of an exchange
 * @param requestBodyMinRate bytes a second over {@link #RATE_WINDOW_NANOS}; 0 for none
 */
public record ClientSettings(
    HeadLimits limits,
    int window,
    long headNanos,
    long keepAliveNanos,
    long requestBodyNanos,
    long requestBodyMinRate,
    long clientWriteNanos,
    long upgradedIdleNanos) {

  /** Bytes under way in one direction at the most while memory is short. */
  public static final int PRESSED_WINDOW = 64 * 1024;

  /** Over how long the rate of a request body is averaged. */
  public static final long RATE_WINDOW_NANOS = 30_000_000_000L;

  /** After an early answer: how long the rest of the request is read before the close. */
  public static final long LINGER_NANOS = 2_000_000_000L;

  /** After an early answer: how much of the rest of the request is read before the close. */
  public static final int LINGER_BYTES = 256 * 1024;

  public static ClientSettings of(SystemConfig system) {
    SystemConfig.TimeoutsConfig timeouts = system.timeouts();
    return new ClientSettings(
        HeadLimits.of(system.limits()),
        system.limits().maxBufferedPerDirection().toIntExact(),
        timeouts.head().toNanos(),
        timeouts.keepAlive().toNanos(),
        timeouts.requestBody().toNanos(),
        timeouts.requestBodyMinRate().bytes(),
        timeouts.clientWrite().toNanos(),
        timeouts.upgradedIdle().toNanos());
  }
}
