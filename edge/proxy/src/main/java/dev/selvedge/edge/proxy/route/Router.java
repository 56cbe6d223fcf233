package dev.selvedge.edge.proxy.route;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteOrder;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Finds the route of a request: the first that matches, in {@link RouteOrder}.
 *
 * <p>Decided on the normalised path and the cleaned fields only, so that the upstream, which
 * receives exactly those, would decide the same. Immutable.
 */
public final class Router {

  /** No route matches. */
  public static final int NONE = -1;

  private final Matcher[] matchers;
  private final int[] routes;

  /**
   * Orders the routes.
   *
   * @param configs in file order; {@link #route} returns indices into this list
   * @param listeners names of listeners; the index of one is what {@link #route} is given
   */
  public Router(List<RouteConfig> configs, List<String> listeners) {
    IdentityHashMap<RouteConfig, Integer> places = new IdentityHashMap<>();
    for (int i = 0; i < configs.size(); i++) {
      places.put(configs.get(i), i);
    }
    List<RouteConfig> ordered = RouteOrder.of(configs);
    matchers = new Matcher[ordered.size()];
    routes = new int[ordered.size()];
    for (int i = 0; i < routes.length; i++) {
      matchers[i] = new Matcher(ordered.get(i).matches(), listeners);
      routes[i] = places.getOrDefault(ordered.get(i), NONE);
    }
  }

  /** Index of the request's route, or {@link #NONE}. */
  public int route(RequestTarget target, HttpHead head, int listener) {
    for (int i = 0; i < matchers.length; i++) {
      if (matchers[i].matches(target, head, listener)) {
        return routes[i];
      }
    }
    return NONE;
  }
}
