package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.AgentEvent;

/**
 * An agent that answers on the I/O loop: for work of microseconds. It must not block. With several
 * loops it is called by all of them at once, so it must be thread-safe.
 */
public non-sealed interface InlineAgent extends Lifecycle {

  /**
   * One event; answer it through the call, now or later. An exception gives the call up.
   *
   * @param flags END, LAST, NO_REPLY of {@code Flags}
   */
  void event(AgentCall call, AgentEvent event, int flags);

  /** The call is over, decided or not; let go of what belongs to it. */
  default void ended(AgentCall call) {}
}
