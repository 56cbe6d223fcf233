package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One agent, however many connections: its configuration, warm-up, health and drain. Healthy only
 * after a configuration without problems and the warm-up. Thread-safe.
 */
public final class AgentHost {

  private static final System.Logger LOG = System.getLogger("selvedge.agent");

  private final Lifecycle agent;
  private final AgentInfo info;
  private final Set<AgentSession> sessions = ConcurrentHashMap.newKeySet();
  private final Object configuring = new Object();
  private @Nullable List<ConfigNode> configuration;
  private volatile boolean own;
  private volatile HealthReport.State state = HealthReport.State.WARMING;

  public AgentHost(Lifecycle agent) {
    this.agent = agent;
    this.info = agent.info();
  }

  Lifecycle agent() {
    return agent;
  }

  AgentInfo info() {
    return info;
  }

  HealthReport.State state() {
    return state;
  }

  public boolean idle() {
    return sessions.isEmpty();
  }

  /** Configures on a virtual thread and hands the problems to {@code done} there. */
  void configure(String file, List<ConfigNode> nodes, Consumer<List<ConfigProblem>> done) {
    Thread.ofVirtual()
        .name("agent-configure")
        .start(() -> done.accept(own ? refused(nodes) : configureNow(file, nodes)));
  }

  /** An agent with a file of its own takes no block from a proxy, and none is no problem. */
  private static List<ConfigProblem> refused(List<ConfigNode> nodes) {
    return nodes.isEmpty()
        ? List.of()
        : List.of(ConfigProblem.at(nodes.getFirst(), "the agent is configured by its own file"));
  }

  /** Takes a configuration that proxies cannot replace. Blocks. */
  public List<ConfigProblem> configureOwn(String file, List<ConfigNode> nodes) {
    own = true;
    return configureNow(file, nodes);
  }

  /**
   * Takes a configuration and, the first time, warms up. Blocks. The same tree again, as it comes
   * once per connection, is not taken twice.
   */
  public List<ConfigProblem> configureNow(String file, List<ConfigNode> nodes) {
    synchronized (configuring) {
      if (nodes.equals(configuration)) {
        return List.of();
      }
      try {
        List<ConfigProblem> problems = agent.configure(file, nodes);
        if (problems.isEmpty()) {
          configuration = nodes;
          warm();
        }
        return problems;
      } catch (Exception e) {
        LOG.log(System.Logger.Level.ERROR, "configuration or warm-up failed", e);
        state = state == HealthReport.State.WARMING ? HealthReport.State.UNHEALTHY : state;
        return List.of(new ConfigProblem(0, 0, "the agent failed: " + e));
      }
    }
  }

  private void warm() throws Exception {
    if (state == HealthReport.State.WARMING || state == HealthReport.State.UNHEALTHY) {
      agent.warmUp();
      state = HealthReport.State.HEALTHY;
    }
  }

  void opened(AgentSession session) {
    sessions.add(session);
    if (state == HealthReport.State.DRAINING) {
      session.run(session::leave);
    }
  }

  void closed(AgentSession session) {
    sessions.remove(session);
  }

  /** Asks all proxies for no more calls; each closes its connection after the last answer. */
  public void leave() {
    state = HealthReport.State.DRAINING;
    for (AgentSession session : sessions) {
      session.run(session::leave);
    }
  }
}
