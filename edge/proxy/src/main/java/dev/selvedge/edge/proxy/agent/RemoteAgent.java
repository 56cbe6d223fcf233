package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.AgentConfig.Event;
import dev.selvedge.edge.proxy.exchange.Labels;
import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One configured agent as all loops share it: permits, the bound of waiting calls, the breaker, and
 * one link per loop. A reload keeps it as long as its configuration is the same. Thread-safe.
 */
public final class RemoteAgent {

  private final AgentConfig config;
  private final int nameNumber;
  private final Bounds permits;
  private final Bounds queue;
  private final CircuitBreaker breaker;
  private final AgentMetrics metrics;
  private final int events;
  private final List<AgentLoop> loops = new ArrayList<>();
  private final Metrics registry;

  /**
   * Makes the links; connects nothing before {@link #start}.
   *
   * @throws IOException if a file of its TLS settings cannot be used
   */
  public RemoteAgent(
      AgentConfig config,
      AgentAddresses addresses,
      List<Worker> workers,
      Names names,
      Metrics registry)
      throws IOException {
    this.config = config;
    this.registry = registry;
    this.nameNumber = names.number(config.name());
    this.permits = new Bounds(config.maxConcurrentCalls());
    this.queue = new Bounds(config.maxQueuedCalls());
    this.breaker = new CircuitBreaker(config.breaker());
    this.metrics = new AgentMetrics(registry, config.name());
    this.events = bits(config);
    AgentDialer dialer = new AgentDialer(config, addresses, events);
    for (Worker worker : workers) {
      loops.add(new AgentLoop(this, worker, dialer));
    }
  }

  private static int bits(AgentConfig config) {
    int bits = 0;
    for (Event event : config.events()) {
      bits |= AgentDialer.type(event).bit();
    }
    return bits;
  }

  public AgentConfig config() {
    return config;
  }

  int nameNumber() {
    return nameNumber;
  }

  /** Set of {@link dev.selvedge.edge.protocol.EventType#bit} that the configuration allows. */
  int events() {
    return events;
  }

  /** Calls that the agent is deciding, over all loops. */
  Bounds permits() {
    return permits;
  }

  /** Calls that wait for a permit, over all loops. */
  Bounds queue() {
    return queue;
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  AgentMetrics metrics() {
    return metrics;
  }

  AgentLoop loop(int worker) {
    return loops.get(worker);
  }

  /** Connects from every loop and shows itself in the metrics; comes back at once. */
  public void start() {
    show();
    loops.forEach(AgentLoop::start);
  }

  private void show() {
    String label = "agent=\"" + Labels.escape(config.name()) + "\"";
    registry.sampled(
        "selvedge_agent_calls_in_flight", "Calls that hold a permit.", label, permits::count);
    registry.sampled("selvedge_agent_queue", "Calls that wait for a permit.", label, queue::count);
    registry.sampled(
        "selvedge_agent_breaker_state",
        "0 closed, 1 open, 2 probing.",
        label,
        () -> breaker.state().ordinal());
    registry.sampled(
        "selvedge_agent_links_healthy", "Loops that can ask the agent.", label, this::healthyLinks);
  }

  /** A permit came free and nobody on that loop waits: the next loop with waiters may have it. */
  void wakeAnother(int worker) {
    int count = loops.size();
    for (int step = 1; step < count; step++) {
      AgentLoop loop = loops.get((worker + step) % count);
      if (loop.hasWaiters()) {
        loop.wake();
        return;
      }
    }
  }

  /** Calls no more; links end after their last call. */
  public void retire() {
    loops.forEach(AgentLoop::retire);
  }

  private long healthyLinks() {
    return loops.stream().filter(AgentLoop::healthy).count();
  }

  /** How it is now. */
  public AgentStatus status() {
    @Nullable String problem = null;
    for (AgentLoop loop : loops) {
      problem = problem == null ? loop.problem() : problem;
    }
    String state = breaker.state().name().toLowerCase(java.util.Locale.ROOT);
    return new AgentStatus(config.name(), (int) healthyLinks(), loops.size(), state, problem);
  }
}
