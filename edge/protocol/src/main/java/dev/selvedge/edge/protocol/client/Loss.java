package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.Violation;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection to an agent is gone. Immutable.
 *
 * @param violation set where the agent broke the protocol
 */
public record Loss(Kind kind, @Nullable Violation violation, String detail) {

  /** Whose doing it was; all but the last two count for the breaker. */
  public enum Kind {
    CONNECT_FAILED,
    /** The agent shares no protocol version with us. */
    REFUSED,
    CLOSED_BY_AGENT,
    VIOLATION,
    /** The agent left after a drain. */
    DRAINED,
    /** We closed it. */
    CLOSED
  }

  static Loss of(Kind kind, String detail) {
    return new Loss(kind, null, detail);
  }
}
