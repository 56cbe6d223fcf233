package dev.selvedge.edge.proxy;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.proxy.agent.AgentAddresses;
import dev.selvedge.edge.proxy.agent.AgentPlan;
import dev.selvedge.edge.proxy.agent.RemoteAgent;
import dev.selvedge.edge.proxy.exchange.ClientSettings;
import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.exchange.Discard;
import dev.selvedge.edge.proxy.exchange.Inspector;
import dev.selvedge.edge.proxy.exchange.Route;
import dev.selvedge.edge.proxy.exchange.Service;
import dev.selvedge.edge.proxy.exchange.Snapshot;
import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.edge.proxy.loop.Transport;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.edge.proxy.route.Router;
import dev.selvedge.edge.proxy.service.Services;
import dev.selvedge.edge.proxy.upstream.ForwardService;
import dev.selvedge.edge.proxy.upstream.Upstream;
import dev.selvedge.kernel.ByteSize;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Turns a checked configuration into a snapshot that serves. Upstreams whose configuration and
 * addresses did not change are kept with their pools; the others are made new, and the old ones
 * retired. Called by one thread at a time; resolves names, so never on an event loop.
 */
final class SnapshotBuilder {

  private static final RouteConfig UNROUTED =
      new RouteConfig(
          "",
          0,
          new RouteConfig.Matches(List.of(), List.of(), List.of(), List.of(), List.of(), List.of()),
          new RouteConfig.Service.Echo(),
          List.of(),
          new RouteConfig.Policies(null, null, 0, null, false, List.of(), List.of()));

  private static final Executor BLOCKING = Services.virtualThreads();

  private final List<Worker> workers;
  private final Transport transport;
  private final Names names;
  private final Metrics metrics;
  private final AgentAddresses agentAddresses;
  private final List<RemoteAgent> replaced = new ArrayList<>();
  private final List<RemoteAgent> started = new ArrayList<>();
  private volatile Map<String, RemoteAgent> agents = Map.of();
  private Map<String, Upstream> upstreams = new HashMap<>();
  private Map<String, Route> routes = new HashMap<>();

  SnapshotBuilder(
      List<Worker> workers,
      Transport transport,
      Names names,
      Metrics metrics,
      AgentAddresses agentAddresses) {
    this.workers = workers;
    this.transport = transport;
    this.names = names;
    this.metrics = metrics;
    this.agentAddresses = agentAddresses;
  }

  /** A snapshot that knows the bounds and routes nothing. */
  Snapshot empty(Config config) {
    return new Snapshot(
        config,
        ClientSettings.of(config.system()),
        new Router(List.of(), List.of()),
        new Route[0],
        unrouted(config),
        new FieldHygiene(config.system()));
  }

  private Route unrouted(Config config) {
    ByteSize maxBody = config.system().limits().maxBody();
    return new Route(
        UNROUTED, Names.NONE, exchange -> Discard.INSTANCE, null, maxBody, metrics, null);
  }

  /**
   * Builds a snapshot; nothing is in force before the caller swaps it in. Agents that are new, or
   * whose configuration changed, begin to connect; those replaced serve until {@link #swapped}.
   *
   * @throws IOException if the name of a target is not known
   */
  Snapshot build(Config config, Dataplane dataplane) throws IOException {
    Map<String, Upstream> kept = new HashMap<>();
    for (UpstreamConfig wanted : config.upstreams().values()) {
      Upstream earlier = upstreams.get(wanted.name());
      List<InetSocketAddress> addresses = resolve(wanted);
      kept.put(
          wanted.name(),
          earlier != null && earlier.serves(wanted, addresses)
              ? earlier
              : new Upstream(wanted, addresses, workers, dataplane, transport, names, metrics));
    }
    Map<String, RemoteAgent> asked = agents(config);
    Map<String, Route> made = new HashMap<>();
    Route[] ordered = new Route[config.routes().size()];
    for (int i = 0; i < ordered.length; i++) {
      RouteConfig route = config.routes().get(i);
      ordered[i] =
          new Route(
              route,
              names.number(route.name()),
              service(route, kept),
              inspector(route, asked),
              config.system().limits().maxBody(),
              metrics,
              routes.get(route.name()));
      made.put(route.name(), ordered[i]);
    }
    List<String> listeners = config.listeners().stream().map(ListenerConfig::name).toList();
    Snapshot snapshot =
        new Snapshot(
            config,
            ClientSettings.of(config.system()),
            new Router(config.routes(), listeners),
            ordered,
            unrouted(config),
            new FieldHygiene(config.system()));
    // From here on nothing can fail.
    kept.values().forEach(upstream -> upstream.show(metrics));
    upstreams.values().stream().filter(u -> !kept.containsValue(u)).forEach(Upstream::retire);
    upstreams = kept;
    routes = made;
    started.clear();
    asked.values().stream().filter(agent -> !agents.containsValue(agent)).forEach(started::add);
    started.forEach(RemoteAgent::start);
    agents.values().stream().filter(a -> !asked.containsValue(a)).forEach(replaced::add);
    agents = asked;
    return snapshot;
  }

  /** The snapshot last built is in force: agents that it has no use for end after their calls. */
  void swapped() {
    replaced.forEach(RemoteAgent::retire);
    replaced.clear();
  }

  /** Agents that the snapshot last built has brought. */
  List<RemoteAgent> started() {
    return started;
  }

  /** Nothing is served any more. */
  void retireAgents() {
    agents.values().forEach(RemoteAgent::retire);
  }

  /** The agents of the snapshot last built, by name, in file order. */
  Map<String, RemoteAgent> agents() {
    return agents;
  }

  /** An agent whose configuration did not change is kept, with its links, permits and breaker. */
  private Map<String, RemoteAgent> agents(Config config) throws IOException {
    Map<String, RemoteAgent> kept = new LinkedHashMap<>();
    for (AgentConfig wanted : config.agents().values()) {
      RemoteAgent earlier = agents.get(wanted.name());
      kept.put(
          wanted.name(),
          earlier != null && earlier.config().equals(wanted)
              ? earlier
              : new RemoteAgent(wanted, agentAddresses, workers, names, metrics));
    }
    return kept;
  }

  private @Nullable Inspector inspector(RouteConfig route, Map<String, RemoteAgent> asked) {
    if (route.agents().isEmpty()) {
      return null;
    }
    List<RemoteAgent> inOrder = new ArrayList<>();
    for (RouteConfig.RouteAgent agent : route.agents()) {
      inOrder.add(Objects.requireNonNull(asked.get(agent.agent()), agent.agent()));
    }
    return new AgentPlan(route, inOrder, workers.size());
  }

  private static Service service(RouteConfig route, Map<String, Upstream> upstreams)
      throws IOException {
    try {
      return Services.of(
          route.service(), BLOCKING, to -> new ForwardService(known(upstreams, to.upstream())));
    } catch (UncheckedIOException | IllegalArgumentException unreadable) {
      throw new IOException(
          "route \"" + route.name() + "\": " + unreadable.getMessage(), unreadable);
    }
  }

  private static Upstream known(Map<String, Upstream> upstreams, String name) {
    Upstream upstream = upstreams.get(name);
    if (upstream == null) {
      throw new IllegalArgumentException("no upstream \"" + name + "\"");
    }
    return upstream;
  }

  private static List<InetSocketAddress> resolve(UpstreamConfig upstream) throws IOException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (UpstreamConfig.Target target : upstream.targets()) {
      try {
        InetAddress host = InetAddress.getByName(target.address().host());
        addresses.add(new InetSocketAddress(host, target.address().port()));
      } catch (UnknownHostException unknown) {
        throw new IOException(
            "upstream \""
                + upstream.name()
                + "\": the host of target "
                + target.address()
                + " is not known",
            unknown);
      }
    }
    return addresses;
  }
}
