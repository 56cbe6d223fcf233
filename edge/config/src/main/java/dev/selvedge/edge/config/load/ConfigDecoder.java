package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.AdminConfig;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.SystemConfig;
import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.key.AdminKeys;
import dev.selvedge.edge.config.key.AgentKeys;
import dev.selvedge.edge.config.key.Keys;
import dev.selvedge.edge.config.key.ListenerKeys;
import dev.selvedge.edge.config.key.RouteKeys;
import dev.selvedge.edge.config.key.SystemKeys;
import dev.selvedge.edge.config.key.UpstreamKeys;
import dev.selvedge.edge.config.load.AgentDecoder.Agent;
import dev.selvedge.edge.config.load.AgentsDecoder.Asked;
import dev.selvedge.edge.config.load.RouteDecoder.Route;
import dev.selvedge.edge.config.load.Shadows.Shadow;
import dev.selvedge.edge.config.load.UpstreamDecoder.Upstream;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.value.Ref;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns the tree of a configuration into its record, and checks what lies between its parts. */
final class ConfigDecoder {

  /** So many are checked against each other for shadows in a few seconds. */
  private static final int ROUTES_MAX = 10_000;

  private final Section root;
  private final Place start;
  private final Report report;
  private final Map<String, Place> listenerNames = new LinkedHashMap<>();
  private final Map<Address, Place> addresses = new HashMap<>();
  private final Map<String, Upstream> upstreams = new LinkedHashMap<>();
  private final List<ListenerConfig> listeners = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();

  private final Map<String, Agent> agents = new LinkedHashMap<>();
  private final Collection<String> builtIns;

  private ConfigDecoder(
      List<KdlNode> nodes, Place start, Collection<String> builtIns, Report report) {
    this.root = Section.of(Keys.ROOT, start, nodes, report);
    this.start = start;
    this.builtIns = builtIns;
    this.report = report;
  }

  /** The configuration; to be used only where the report has stayed empty. */
  static @Nullable Config decode(
      List<KdlNode> nodes, Place start, Collection<String> builtIns, Report report) {
    return new ConfigDecoder(nodes, start, builtIns, report).decode();
  }

  private @Nullable Config decode() {
    Section system = root.inner(Keys.SYSTEM);
    Section limits = system.inner(SystemKeys.LIMITS);
    SystemConfig systemConfig = SystemDecoder.system(system, limits);
    Section admin = root.inner(Keys.ADMIN);
    AdminConfig adminConfig = SystemDecoder.admin(admin);
    Contradictions contradictions = new Contradictions(report);
    contradictions.ofSystem(system, limits);
    listeners(system);
    if (adminConfig.address() != null && admin.sound(AdminKeys.ADDRESS)) {
      bind(adminConfig.address(), admin.place(AdminKeys.ADDRESS));
    }
    upstreams();
    agents();
    routes();
    references();
    contradictions(contradictions, limits);
    List<RouteConfig> routeConfigs = routeConfigs();
    shadows(routeConfigs);
    Map<String, UpstreamConfig> byName = new LinkedHashMap<>();
    upstreams.forEach((name, upstream) -> byName.put(name, upstream.config()));
    return new Config(
        systemConfig,
        adminConfig,
        List.copyOf(listeners),
        routeConfigs,
        Collections.unmodifiableMap(byName),
        agentConfigs());
  }

  private void contradictions(Contradictions contradictions, Section limits) {
    for (Route route : routes) {
      contradictions.ofRoute(route.policies(), limits);
      @Nullable Upstream upstream =
          route.upstream() == null ? null : upstreams.get(route.upstream().name());
      if (upstream != null) {
        contradictions.ofRouteAndUpstream(route.policies(), upstream.config(), upstream.timeouts());
      }
      for (Asked asked : route.agents()) {
        @Nullable Agent agent = agents.get(asked.agent().name());
        if (agent != null) {
          contradictions.ofRouteAndAgent(route.policies(), agent);
        }
      }
    }
  }

  private Map<String, AgentConfig> agentConfigs() {
    Map<String, AgentConfig> configs = new LinkedHashMap<>();
    agents.forEach((name, agent) -> configs.put(name, agent.config()));
    return Collections.unmodifiableMap(configs);
  }

  /** The nodes of a block that may be written several times; reports where there are none. */
  private List<KdlNode> members(Key<KdlNode> block, Key<KdlNode> member, boolean needed) {
    List<KdlNode> members = new ArrayList<>();
    for (KdlNode node : root.all(block)) {
      Section section = Section.of((Block) block.type(), node.place(), node.children(), report);
      members.addAll(section.all(member));
      if (needed && !section.attempted(member)) {
        report.missing(node.place(), block.name() + " has no " + member.name(), null);
      }
    }
    if (needed && !root.attempted(block)) {
      report.missing(
          start, "the block " + block.name() + " is missing; it needs one " + member.name(), null);
    }
    return members;
  }

  /** Whether the name is a new one of its kind. */
  private boolean named(KdlNode node, Map<String, Place> names) {
    String name = Block.name(node);
    if (name.isEmpty()) {
      return false;
    }
    @Nullable Place first = names.putIfAbsent(name, node.place());
    if (first != null) {
      report.problem(
          node.arguments().getFirst().place(),
          node.name() + " \"" + name + "\" is already defined at " + first);
    }
    return first == null;
  }

  private void listeners(Section system) {
    for (KdlNode node : members(Keys.LISTENERS, ListenerKeys.LISTENER, true)) {
      Section section =
          Section.of((Block) ListenerKeys.LISTENER.type(), node.place(), node.children(), report);
      @Nullable Address address = section.find(ListenerKeys.ADDRESS);
      boolean proxyProtocol = section.get(ListenerKeys.PROXY_PROTOCOL);
      if (named(node, listenerNames) && address != null) {
        listeners.add(
            new ListenerConfig(
                Block.name(node), address, section.get(ListenerKeys.PROTOCOL), proxyProtocol));
      } else {
        section.get(ListenerKeys.PROTOCOL);
      }
      if (address != null) {
        bind(address, section.place(ListenerKeys.ADDRESS));
      }
      if (proxyProtocol && !system.attempted(SystemKeys.TRUSTED_PROXIES)) {
        report.missing(
            section.place(ListenerKeys.PROXY_PROTOCOL),
            "proxy-protocol needs system.trusted-proxies: without one every connection is refused",
            null);
      }
    }
  }

  private void bind(Address address, Place place) {
    @Nullable Place first = address.port() == 0 ? null : addresses.putIfAbsent(address, place);
    if (first != null) {
      report.problem(place, address + " is already listened on by the address at " + first);
    }
  }

  private void upstreams() {
    Map<String, Place> names = new HashMap<>();
    for (KdlNode node : members(Keys.UPSTREAMS, UpstreamKeys.UPSTREAM, false)) {
      Upstream upstream = UpstreamDecoder.decode(node, report);
      if (named(node, names)) {
        upstreams.put(upstream.config().name(), upstream);
      }
    }
  }

  /** Those within {@code agents} and those at the top level are of one kind. */
  private void agents() {
    Map<String, Place> names = new HashMap<>();
    List<KdlNode> nodes = new ArrayList<>(members(Keys.AGENTS, AgentKeys.AGENT, false));
    nodes.addAll(root.all(AgentKeys.AT_TOP_LEVEL));
    for (KdlNode node : nodes) {
      Agent agent = AgentDecoder.decode(node, builtIns, report);
      if (named(node, names)) {
        agents.put(agent.config().name(), agent);
      }
    }
  }

  private void routes() {
    Map<String, Place> names = new HashMap<>();
    for (KdlNode node : members(Keys.ROUTES, RouteKeys.ROUTE, true)) {
      if (routes.size() == ROUTES_MAX) {
        report.problem(node.place(), "this is one route more than the 10,000 that are allowed");
        return;
      }
      named(node, names);
      routes.add(RouteDecoder.decode(node, report));
    }
  }

  private void references() {
    for (Route route : routes) {
      for (Asked asked : route.agents()) {
        if (!agents.containsKey(asked.agent().name())) {
          report.missing(
              asked.agent().place(),
              "there is no agent \"" + asked.agent().name() + "\"",
              Nearest.of(asked.agent().name(), agents.keySet()));
        }
      }
      @Nullable Ref upstream = route.upstream();
      if (upstream != null && !upstreams.containsKey(upstream.name())) {
        report.missing(
            upstream.place(),
            "there is no upstream \"" + upstream.name() + "\"",
            Nearest.of(upstream.name(), upstreams.keySet()));
      }
      for (Ref listener : route.listeners()) {
        if (!listenerNames.containsKey(listener.name())) {
          report.missing(
              listener.place(),
              "there is no listener \"" + listener.name() + "\"",
              Nearest.of(listener.name(), listenerNames.keySet()));
        }
      }
    }
  }

  private List<RouteConfig> routeConfigs() {
    List<RouteConfig> configs = new ArrayList<>();
    for (Route route : routes) {
      if (route.config() != null) {
        configs.add(route.config());
      }
    }
    return List.copyOf(configs);
  }

  private void shadows(List<RouteConfig> configs) {
    IdentityHashMap<RouteConfig, Place> places = new IdentityHashMap<>();
    for (Route route : routes) {
      if (route.config() != null) {
        places.put(route.config(), route.place());
      }
    }
    for (Shadow shadow : new Shadows(listenerNames.keySet()).of(configs)) {
      report.problem(
          Objects.requireNonNull(places.get(shadow.narrow())),
          "route \""
              + shadow.narrow().name()
              + "\" can never match: route \""
              + shadow.wide().name()
              + "\" at "
              + places.get(shadow.wide())
              + " is tried first and matches all that it matches");
    }
  }
}
