package dev.selvedge.edge.proxy;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.proxy.agent.AgentAddresses;
import dev.selvedge.edge.proxy.agent.AgentStatus;
import dev.selvedge.edge.proxy.agent.RemoteAgent;
import dev.selvedge.edge.proxy.agent.body.SpillFiles;
import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.exchange.Snapshot;
import dev.selvedge.edge.proxy.listen.ListenerSockets;
import dev.selvedge.edge.proxy.listen.Listeners;
import dev.selvedge.edge.proxy.loop.LoopThreads;
import dev.selvedge.edge.proxy.loop.Transport;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.edge.proxy.record.Recorder;
import dev.selvedge.kernel.Clock;
import dev.selvedge.kernel.Metrics;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The dataplane as a whole: loops, listeners, and the configuration in force.
 *
 * <p>Life: {@link #start} serves; {@link #reload} swaps the configuration while requests in flight
 * finish on the old one, or changes nothing and says why; {@link #drain} and {@link #close} end it.
 * These are called by one thread at a time; everything else happens on the event loops.
 */
public final class Proxy implements AutoCloseable {

  /** How long idle connections are read after their half-close, and what was late may arrive. */
  private static final Duration HALF_CLOSED = Duration.ofSeconds(1);

  private static final long POLL_MILLIS = 10;

  /** How long a reload waits for agents that are new; then their failure mode serves. */
  private static final Duration AGENTS_READY = Duration.ofSeconds(2);

  /**
   * What the proxy is given from outside.
   *
   * @param processId random, begins every request id
   * @param recorders makes the recorder of each loop
   * @param agentAddresses where agents are, asked for every connection
   */
  public record Surroundings(
      int processId,
      Clock clock,
      Metrics metrics,
      Names names,
      Recorders recorders,
      AgentAddresses agentAddresses) {

    /** With agents only where the configuration names an address. */
    public Surroundings(
        int processId, Clock clock, Metrics metrics, Names names, Recorders recorders) {
      this(processId, clock, metrics, names, recorders, AgentAddresses.configured());
    }
  }

  /** Makes the recorder of one loop. */
  @FunctionalInterface
  public interface Recorders {
    Recorder of(int loop, Metrics.Shard metrics);
  }

  private final MultiThreadIoEventLoopGroup group;
  private final List<Worker> workers;
  private final Transport transport;
  private final Dataplane dataplane;
  private final SnapshotBuilder builder;
  private final Listeners listeners;
  private volatile Config config;

  private Proxy(
      MultiThreadIoEventLoopGroup group,
      List<Worker> workers,
      Transport transport,
      Dataplane dataplane,
      SnapshotBuilder builder,
      Listeners listeners,
      Config config) {
    this.config = config;
    this.group = group;
    this.workers = workers;
    this.transport = transport;
    this.dataplane = dataplane;
    this.builder = builder;
    this.listeners = listeners;
  }

  /**
   * Starts loops, binds every listener and serves.
   *
   * @throws IOException if an address cannot be had or a target's name is not known
   */
  public static Proxy start(Config config, Surroundings around) throws IOException {
    Transport transport = Transport.of(config.system().transport());
    int wanted = config.system().workerThreads();
    int loops = wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(loops, new LoopThreads(), transport.handlers());
    List<Worker> workers = new ArrayList<>();
    long seed = new SecureRandom().nextLong();
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int i = 0; i < loops; i++) {
      IoEventLoop loop = group.next();
      Metrics.Shard shard = around.metrics().shard();
      Recorder recorder = around.recorders().of(i, shard);
      workers.add(new Worker(i, loop, around.clock(), shard, recorder, seeds.split()));
    }
    SnapshotBuilder builder =
        new SnapshotBuilder(
            workers, transport, around.names(), around.metrics(), around.agentAddresses());
    Dataplane dataplane = new Dataplane(around.processId(), builder.empty(config));
    Listeners listeners = new Listeners(dataplane, workers, around.metrics());
    Proxy proxy = new Proxy(group, workers, transport, dataplane, builder, listeners, config);
    around
        .metrics()
        .sampled(
            "selvedge_requests_in_flight",
            "Exchanges begun and not ended.",
            "",
            dataplane.inFlight()::count);
    around
        .metrics()
        .sampled(
            "selvedge_buffered_bytes",
            "Bytes read from one side and not yet taken by the other.",
            "",
            dataplane.buffered()::count);
    around
        .metrics()
        .sampled(
            "selvedge_spilled_bytes",
            "Bytes in files of bodies held for agents.",
            "",
            dataplane.spill().bytes()::count);
    try {
      proxy.apply(config, Duration.ZERO);
    } catch (IOException | RuntimeException failed) {
      proxy.close();
      throw failed;
    }
    return proxy;
  }

  /**
   * Puts another configuration in force: all of it or, where that fails, none. Waits up to two
   * seconds for agents that are new, so that a link in the making does not cost a request.
   *
   * @throws IOException if a new address cannot be had or a target's name is not known
   */
  public void reload(Config config) throws IOException {
    apply(config, AGENTS_READY);
  }

  private void apply(Config next, Duration patience) throws IOException {
    Map<String, ListenerSockets> bound = bindNew(next);
    Snapshot snapshot;
    try {
      SpillFiles.prepare(next.system().spillDirectory());
      snapshot = builder.build(next, dataplane);
    } catch (IOException | RuntimeException failed) {
      bound.values().forEach(ListenerSockets::close);
      throw failed;
    }
    await(builder.started(), patience);
    dataplane.swap(snapshot);
    builder.swapped();
    Map<String, ListenerSockets> before = listeners.sockets();
    Map<String, ListenerConfig> wanted = new HashMap<>();
    next.listeners().forEach(listener -> wanted.put(listener.name(), listener));
    for (String name : before.keySet()) {
      if (!wanted.containsKey(name) || bound.containsKey(name)) {
        listeners.stop(name);
      }
    }
    for (int i = 0; i < next.listeners().size(); i++) {
      ListenerConfig listener = next.listeners().get(i);
      ListenerSockets made = bound.get(listener.name());
      if (made == null) {
        listeners.update(listener, i);
      } else {
        listeners.start(listener, i, made);
      }
    }
    config = next;
  }

  /** Binds the listeners that are new or have moved; all or none. */
  private Map<String, ListenerSockets> bindNew(Config next) throws IOException {
    Map<String, ListenerSockets> bound = new LinkedHashMap<>();
    try {
      for (ListenerConfig listener : next.listeners()) {
        if (!keepsAddress(listener)) {
          bound.put(listener.name(), ListenerSockets.open(listener.address(), workers, transport));
        }
      }
    } catch (IOException taken) {
      bound.values().forEach(ListenerSockets::close);
      throw taken;
    }
    return bound;
  }

  private boolean keepsAddress(ListenerConfig listener) {
    return listeners.sockets().containsKey(listener.name())
        && config.listeners().stream()
            .anyMatch(earlier ->
                earlier.name().equals(listener.name())
                    && earlier.address().equals(listener.address()));
  }

  /** Where each listener accepts, by name; ports are the real ones. */
  public Map<String, InetSocketAddress> addresses() {
    Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
    Map<String, ListenerSockets> sockets = listeners.sockets();
    for (ListenerConfig listener : config.listeners()) {
      ListenerSockets open = sockets.get(listener.name());
      if (open != null) {
        addresses.put(listener.name(), open.address());
      }
    }
    return addresses;
  }

  /** How the agents of the configuration in force are, in file order. */
  public List<AgentStatus> agents() {
    return List.copyOf(builder.agents().values()).stream().map(RemoteAgent::status).toList();
  }

  /**
   * Waits until every loop can ask every agent.
   *
   * @return whether that is so
   */
  public boolean awaitAgents(Duration patience) {
    return await(builder.agents().values(), patience);
  }

  private static boolean await(Collection<RemoteAgent> agents, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean healthy = healthy(agents);
    while (!healthy && System.nanoTime() < deadline) {
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      healthy = healthy(agents);
    }
    return healthy;
  }

  private static boolean healthy(Collection<RemoteAgent> agents) {
    return agents.stream().allMatch(agent -> agent.status().healthy());
  }

  /** The configuration in force. */
  public Config config() {
    return config;
  }

  /** What all loops share; for tests and the admin listener. */
  public Dataplane dataplane() {
    return dataplane;
  }

  /** The loops; for tests and the admin listener. */
  public List<Worker> workers() {
    return workers;
  }

  /**
   * Ends well (EDGE 7): answers close their connections, still accepting for {@code drain-delay};
   * then the accept queues are emptied and closed, idle connections half-closed, and what is in
   * flight may finish until the graceful timeout, counted from the call. Blocks until it is over.
   *
   * @return whether everything had ended by itself
   */
  public boolean drain() throws InterruptedException {
    long deadline = System.nanoTime() + config.system().gracefulShutdownTimeout().toNanos();
    dataplane.drain();
    Thread.sleep(config.system().drainDelay());
    listeners.stopAll();
    listeners.drainConnections();
    long halfClosed = System.nanoTime() + HALF_CLOSED.toNanos();
    while (listeners.connectionCount() > 0 && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      if (System.nanoTime() > halfClosed) {
        halfClosed = Long.MAX_VALUE;
        listeners.drainConnections();
      }
    }
    boolean clean = listeners.connectionCount() == 0;
    listeners.abortConnections();
    builder.retireAgents();
    return clean;
  }

  /** Stops the loops; whatever still runs is cut. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    dataplane.spill().close();
  }
}
