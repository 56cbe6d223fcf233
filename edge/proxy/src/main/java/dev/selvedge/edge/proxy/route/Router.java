package dev.selvedge.edge.proxy.route;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the route of a request: the first of those that match, by priority, then specificity, then
 * file order.
 *
 * <p>Decided on the normalised path and the cleaned fields only, so that the upstream, which
 * receives exactly those, would decide the same. Immutable.
 *
 * <p>Specificity compares, in this order: exact path before longer prefix before regex before none;
 * exact host before wildcard before regex before none; then the number of further conditions.
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
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < configs.size(); i++) {
      order.add(i);
    }
    order.sort(
        Comparator.<Integer>comparingInt(i -> -configs.get(i).priority())
            .thenComparing((left, right) ->
                Specificity.of(configs.get(right).matches())
                    .compareTo(Specificity.of(configs.get(left).matches()))));
    matchers = new Matcher[order.size()];
    routes = new int[order.size()];
    for (int i = 0; i < routes.length; i++) {
      routes[i] = order.get(i);
      matchers[i] = new Matcher(configs.get(routes[i]).matches(), listeners);
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

  /** How narrow a set of conditions is. Immutable. */
  record Specificity(int path, int pathLength, int host, int hostLength, int others)
      implements Comparable<Specificity> {

    private static final Comparator<Specificity> ORDER =
        Comparator.comparingInt(Specificity::path)
            .thenComparingInt(Specificity::pathLength)
            .thenComparingInt(Specificity::host)
            .thenComparingInt(Specificity::hostLength)
            .thenComparingInt(Specificity::others);

    /** The least specific alternative counts: a route is as narrow as its widest condition. */
    static Specificity of(RouteConfig.Matches matches) {
      int path = 0;
      int pathLength = 0;
      for (int i = 0; i < matches.paths().size(); i++) {
        RouteConfig.PathMatch match = matches.paths().get(i);
        int rank = rank(match);
        int length = length(match);
        if (i == 0 || rank < path || rank == path && length < pathLength) {
          path = rank;
          pathLength = length;
        }
      }
      int host = 0;
      int hostLength = 0;
      for (int i = 0; i < matches.hosts().size(); i++) {
        RouteConfig.HostMatch match = matches.hosts().get(i);
        int rank = rank(match);
        int length = length(match);
        if (i == 0 || rank < host || rank == host && length < hostLength) {
          host = rank;
          hostLength = length;
        }
      }
      int others =
          matches.headers().size()
              + matches.queries().size()
              + (matches.methods().isEmpty() ? 0 : 1)
              + (matches.listeners().isEmpty() ? 0 : 1);
      return new Specificity(path, pathLength, host, hostLength, others);
    }

    private static int rank(RouteConfig.PathMatch match) {
      return switch (match) {
        case RouteConfig.PathMatch.Exact exact -> 3;
        case RouteConfig.PathMatch.Prefix prefix -> 2;
        case RouteConfig.PathMatch.Regex regex -> 1;
      };
    }

    private static int length(RouteConfig.PathMatch match) {
      return switch (match) {
        case RouteConfig.PathMatch.Exact exact -> exact.path().length();
        case RouteConfig.PathMatch.Prefix prefix -> prefix.prefix().length();
        case RouteConfig.PathMatch.Regex regex -> 0;
      };
    }

    private static int rank(RouteConfig.HostMatch match) {
      return switch (match) {
        case RouteConfig.HostMatch.Exact exact -> 3;
        case RouteConfig.HostMatch.Wildcard wildcard -> 2;
        case RouteConfig.HostMatch.Regex regex -> 1;
      };
    }

    private static int length(RouteConfig.HostMatch match) {
      return switch (match) {
        case RouteConfig.HostMatch.Exact exact -> exact.host().length();
        case RouteConfig.HostMatch.Wildcard wildcard -> wildcard.suffix().length();
        case RouteConfig.HostMatch.Regex regex -> 0;
      };
    }

    @Override
    public int compareTo(Specificity other) {
      return ORDER.compare(this, other);
    }
  }
}
