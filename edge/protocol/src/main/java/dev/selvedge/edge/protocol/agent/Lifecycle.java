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
   * The same, for agents that name files in their block.
   *
   * @param file where the block was written, as the operator named it; relative paths start at its
   *     folder, which is there only if the agent runs where the proxy does. May be empty
   */
  default List<ConfigProblem> configure(String file, List<ConfigNode> nodes) throws Exception {
    return configure(nodes);
  }

  /**
   * Makes the first real call as fast as the later ones. Runs after the first configuration without
   * problems; until it returns the agent is not healthy and takes no calls.
   */
  default void warmUp() throws Exception {}
}
