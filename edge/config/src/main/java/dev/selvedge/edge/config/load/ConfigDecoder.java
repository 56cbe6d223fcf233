package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.AdminConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.SystemConfig;
import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.key.AdminKeys;
import dev.selvedge.edge.config.key.Keys;
import dev.selvedge.edge.config.key.ListenerKeys;
import dev.selvedge.edge.config.key.RouteKeys;
import dev.selvedge.edge.config.key.SystemKeys;
import dev.selvedge.edge.config.key.UpstreamKeys;
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

  /** So many can be checked against each other in half a second. */
  private static final int ROUTES_MAX = 10_000;

  private final Section root;
  private final Place start;
  private final Report report;
  private final Map<String, Place> listenerNames = new LinkedHashMap<>();
  private final Map<Address, Place> addresses = new HashMap<>();
  private final Map<String, Upstream> upstreams = new LinkedHashMap<>();
  private final List<ListenerConfig> listeners = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();

  private ConfigDecoder(List<KdlNode> nodes, Place start, Report report) {
    this.root = Section.of(Keys.ROOT, start, nodes, report);
    this.start = start;
    this.report = report;
  }

  /** The configuration; to be used only where the report has stayed empty. */
  static @Nullable Config decode(List<KdlNode> nodes, Place start, Report report) {
    return new ConfigDecoder(nodes, start, report).decode();
  }

  private @Nullable Config decode() {
    Section system = root.inner(Keys.SYSTEM);
    Section limits = system.inner(SystemKeys.LIMITS);
    SystemConfig systemConfig = SystemDecoder.system(system, limits);
    Section admin = root.inner(Keys.ADMIN);
    AdminConfig adminConfig = SystemDecoder.admin(admin);
    Contradictions contradictions = new Contradictions(report);
    contradictions.ofSystem(system, limits);
    listeners(systemConfig);
    if (adminConfig.address() != null && admin.sound(AdminKeys.ADDRESS)) {
      bind(adminConfig.address(), admin.place(AdminKeys.ADDRESS));
    }
    upstreams();
    routes();
    references();
    for (Route route : routes) {
      contradictions.ofRoute(route.policies(), limits);
      @Nullable Upstream upstream =
          route.upstream() == null ? null : upstreams.get(route.upstream().name());
      if (upstream != null) {
        contradictions.ofRouteAndUpstream(route.policies(), upstream.config(), upstream.timeouts());
      }
    }
    List<RouteConfig> routeConfigs = routeConfigs();
    shadows(routeConfigs);
    Map<String, UpstreamConfig> byName = new LinkedHashMap<>();
    upstreams.forEach((name, upstream) -> byName.put(name, upstream.config()));
    return new Config(
        systemConfig,
        adminConfig,
        List.copyOf(listeners),
        routeConfigs,
        Collections.unmodifiableMap(byName));
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
    @Nullable Place first = names.putIfAbsent(name, node.place());
    if (first != null) {
      report.problem(
          node.arguments().getFirst().place(),
          node.name() + " \"" + name + "\" is already defined at " + first);
    }
    return first == null;
  }

  private void listeners(SystemConfig system) {
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
      if (proxyProtocol && system.trustedProxies().isEmpty()) {
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
