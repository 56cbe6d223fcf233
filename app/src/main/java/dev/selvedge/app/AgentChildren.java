package dev.selvedge.app;

import dev.selvedge.app.child.ChildCommand;
import dev.selvedge.app.child.Supervisor;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The children of a program, as the configuration in force and the one to come need them. Without
 * built-in agents there is no supervisor, no thread and no folder. Changed by one thread at a time;
 * addresses may be asked from any.
 */
final class AgentChildren implements AutoCloseable {

  /** How long a reload waits for children that it needs anew. */
  private static final Duration HEALTHY_MAX = Duration.ofSeconds(10);

  private final AgentTypes types;
  private final Metrics metrics;
  private volatile @Nullable Supervisor supervisor;

  AgentChildren(AgentTypes types, Metrics metrics) {
    this.types = types;
    this.metrics = metrics;
  }

  /**
   * Starts what is missing, without waiting for it.
   *
   * @return those that were missing
   */
  List<AgentConfig> want(Collection<AgentConfig> agents) throws IOException {
    if (supervisor == null && agents.stream().anyMatch(agent -> agent.address() == null)) {
      ChildCommand command = new ChildCommand(types.mainClass());
      supervisor = Supervisor.start(command, metrics, JsonLines::line);
    }
    Supervisor running = supervisor;
    return running == null ? List.of() : running.want(agents);
  }

  /**
   * Starts what is missing and waits until it is healthy.
   *
   * @return what is not, one line each
   */
  List<String> prepare(Collection<AgentConfig> agents) throws IOException {
    List<AgentConfig> missing = want(agents);
    Supervisor running = supervisor;
    try {
      return running == null || missing.isEmpty()
          ? List.of()
          : running.awaitHealthy(missing, HEALTHY_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of("interrupted while agents were starting");
    }
  }

  /** Lets all go that these agents do not need. */
  void keep(Collection<AgentConfig> agents) {
    Supervisor running = supervisor;
    if (running != null) {
      running.keep(agents);
    }
  }

  /** Where an agent is now; asked for each connection. */
  String address(AgentConfig agent) throws IOException {
    if (agent.address() != null) {
      return agent.address().toString();
    }
    Supervisor running = supervisor;
    String address = running == null ? null : running.address(agent);
    if (address == null) {
      throw new IOException("agent \"" + agent.name() + "\" has no process");
    }
    return address;
  }

  /** Why an agent's child is not healthy; null where it is, or there is none. */
  @Nullable String trouble(String agent) {
    Supervisor running = supervisor;
    return running == null ? null : running.trouble(agent);
  }

  @Override
  public void close() {
    Supervisor running = supervisor;
    if (running != null) {
      running.close();
    }
  }
}
