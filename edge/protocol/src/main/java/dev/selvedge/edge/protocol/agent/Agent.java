package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import org.jspecify.annotations.Nullable;

/**
 * An agent that may block: each event runs on a virtual thread, events of one call one after the
 * other, different calls at once. Must be thread-safe.
 */
public non-sealed interface Agent extends Lifecycle {

  /**
   * One event. An exception gives the call up.
   *
   * @param flags END, LAST, NO_REPLY of {@code Flags}
   * @return the decision; null for "nothing to say", which on a head, and at the end of a body, is
   *     an allow
   */
  @Nullable Decision event(AgentCall call, AgentEvent event, int flags) throws Exception;

  /** The call is over, decided or not. Runs on the I/O loop: must not block. */
  default void ended(AgentCall call) {}
}
