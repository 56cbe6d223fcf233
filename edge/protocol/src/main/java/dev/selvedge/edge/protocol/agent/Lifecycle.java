package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import java.util.List;

/** What every agent has: a name, a configuration, a warm-up. Neither runs on an event loop. */
public sealed interface Lifecycle permits InlineAgent, Agent {

  AgentInfo info();

  /**
   * Takes a new configuration, or says what is wrong and keeps the old one. Calls go on meanwhile;
   * never called twice at once.
   */
  default List<ConfigProblem> configure(List<ConfigNode> nodes) throws Exception {
    return List.of();
  }

  /**
   * Makes the first real call as fast as the later ones. Runs after the first configuration without
   * problems; until it returns the agent is not healthy and takes no calls.
   */
  default void warmUp() throws Exception {}
}
