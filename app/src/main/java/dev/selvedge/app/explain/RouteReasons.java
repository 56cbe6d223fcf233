package dev.selvedge.app.explain;

import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteConfig.FieldMatch;
import dev.selvedge.edge.config.RouteConfig.HostMatch;
import dev.selvedge.edge.config.RouteConfig.Matches;
import dev.selvedge.edge.config.RouteConfig.PathMatch;
import dev.selvedge.edge.config.RouteConfig.QueryMatch;
import dev.selvedge.edge.config.RouteOrder;
import dev.selvedge.edge.proxy.route.Router;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which routes were tried, in order, and which condition each of them failed. Every condition is
 * asked of the router itself, one at a time, so this cannot differ from what the dataplane does.
 */
final class RouteReasons {

  /**
   * A route that was tried.
   *
   * @param conditions in words; those that do not hold, or all where it was taken
   */
  record Tried(RouteConfig route, boolean taken, List<String> conditions) {}

  private final List<String> listeners;
  private final RequestTarget target;
  private final HttpHead head;
  private final int listener;

  RouteReasons(List<ListenerConfig> listeners, RequestTarget target, HttpHead head, int listener) {
    this.listeners = listeners.stream().map(ListenerConfig::name).toList();
    this.target = target;
    this.head = head;
    this.listener = listener;
  }

  /** Up to the one that is taken, which is last; none is taken where all fail. */
  List<Tried> of(List<RouteConfig> routes) {
    List<Tried> tried = new ArrayList<>();
    for (RouteConfig route : RouteOrder.of(routes)) {
      boolean taken = holds(route, route.matches());
      Map<String, Matches> conditions = conditions(route.matches());
      if (!taken) {
        conditions.values().removeIf(condition -> holds(route, condition));
      }
      tried.add(new Tried(route, taken, List.copyOf(conditions.keySet())));
      if (taken) {
        break;
      }
    }
    return tried;
  }

  private boolean holds(RouteConfig route, Matches matches) {
    RouteConfig only =
        new RouteConfig(route.name(), 0, matches, route.service(), List.of(), route.policies());
    return new Router(List.of(only), listeners).route(target, head, listener) == 0;
  }

  /** Each condition in words, and alone. */
  private static Map<String, Matches> conditions(Matches all) {
    Map<String, Matches> each = new LinkedHashMap<>();
    if (!all.paths().isEmpty()) {
      each.put(
          words(all.paths().stream().map(RouteReasons::path).toList()),
          new Matches(all.paths(), List.of(), List.of(), List.of(), List.of(), List.of()));
    }
    if (!all.hosts().isEmpty()) {
      each.put(
          words(all.hosts().stream().map(RouteReasons::host).toList()),
          new Matches(List.of(), all.hosts(), List.of(), List.of(), List.of(), List.of()));
    }
    if (!all.methods().isEmpty()) {
      each.put(
          "method " + String.join(" or ", all.methods()),
          new Matches(List.of(), List.of(), all.methods(), List.of(), List.of(), List.of()));
    }
    for (FieldMatch field : all.headers()) {
      String value = field.value() == null ? "" : " \"" + field.value() + "\"";
      each.put(
          "header \"" + field.name() + "\"" + value,
          new Matches(List.of(), List.of(), List.of(), List.of(field), List.of(), List.of()));
    }
    for (QueryMatch query : all.queries()) {
      String value = query.value() == null ? "" : " \"" + query.value() + "\"";
      each.put(
          "query \"" + query.name() + "\"" + value,
          new Matches(List.of(), List.of(), List.of(), List.of(), List.of(query), List.of()));
    }
    if (!all.listeners().isEmpty()) {
      each.put(
          "listener " + String.join(" or ", all.listeners()),
          new Matches(List.of(), List.of(), List.of(), List.of(), List.of(), all.listeners()));
    }
    return each;
  }

  private static String words(List<String> alternatives) {
    return String.join(" or ", alternatives);
  }

  private static String path(PathMatch path) {
    return switch (path) {
      case PathMatch.Exact exact -> "path \"" + exact.path() + "\"";
      case PathMatch.Prefix prefix -> "path-prefix \"" + prefix.prefix() + "\"";
      case PathMatch.Regex regex -> "path-regex \"" + regex.pattern().pattern() + "\"";
    };
  }

  private static String host(HostMatch host) {
    return switch (host) {
      case HostMatch.Exact exact -> "host \"" + exact.host() + "\"";
      case HostMatch.Wildcard wildcard -> "host \"*" + wildcard.suffix() + "\"";
      case HostMatch.Regex regex -> "host-regex \"" + regex.pattern().pattern() + "\"";
    };
  }
}
