package dev.selvedge.edge.proxy.agent;

import org.jspecify.annotations.Nullable;

/**
 * How one agent is, as its links on all loops see it. Immutable.
 *
 * @param healthyLinks links over which calls go now
 * @param links one for each event loop
 * @param problem why a link is not healthy; null where none is known
 */
public record AgentStatus(
    String name, int healthyLinks, int links, String breaker, @Nullable String problem) {

  /** Whether every loop can ask it. */
  public boolean healthy() {
    return healthyLinks == links;
  }
}
