package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.AgentConfig;
import java.io.IOException;

/**
 * Says where an agent is; asked again for every connection, since a child process may come back
 * elsewhere. Called on event loops: must not block. Thread-safe.
 */
@FunctionalInterface
public interface AgentAddresses {

  /**
   * The address.
   *
   * @return {@code unix:PATH} or {@code HOST:PORT}
   * @throws IOException where the agent has no address now
   */
  String of(AgentConfig agent) throws IOException;

  /** Those written in the configuration. */
  static AgentAddresses configured() {
    return agent -> {
      if (agent.address() == null) {
        throw new IOException("agent \"" + agent.name() + "\" has no address");
      }
      return agent.address().toString();
    };
  }
}
