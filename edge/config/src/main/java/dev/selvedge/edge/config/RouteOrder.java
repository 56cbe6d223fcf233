package dev.selvedge.edge.config;

import dev.selvedge.edge.config.RouteConfig.HostMatch;
import dev.selvedge.edge.config.RouteConfig.Matches;
import dev.selvedge.edge.config.RouteConfig.PathMatch;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The one order in which routes are tried; the first that matches answers. The router and the check
 * for shadowed routes both use it.
 *
 * <p>Higher priority first; then the more specific: host, path, method, number of fields, number of
 * query parameters, listener. For hosts and paths an exact one comes before a pattern, a pattern
 * before a wildcard or prefix, a longer one of these before a shorter one, none last; of several
 * alternatives the least specific counts. Then the order of the file.
 */
public final class RouteOrder {

  private static final int EXACT = Integer.MAX_VALUE;
  private static final int PATTERN = Integer.MAX_VALUE - 1;

  private static final Comparator<RouteConfig> TRIED_FIRST =
      Comparator.comparingInt(RouteConfig::priority)
          .thenComparing(specific(matches -> host(matches.hosts())))
          .thenComparing(specific(matches -> path(matches.paths())))
          .thenComparing(specific(matches -> matches.methods().isEmpty() ? 0 : 1))
          .thenComparing(specific(matches -> matches.headers().size()))
          .thenComparing(specific(matches -> matches.queries().size()))
          .thenComparing(specific(matches -> matches.listeners().isEmpty() ? 0 : 1))
          .reversed();

  private RouteOrder() {}

  /** The routes, given in file order, in the order in which they are tried. */
  public static List<RouteConfig> of(List<RouteConfig> routes) {
    return routes.stream().sorted(TRIED_FIRST).toList();
  }

  private static Comparator<RouteConfig> specific(ToIntFunction<Matches> rank) {
    return Comparator.comparingInt(route -> rank.applyAsInt(route.matches()));
  }

  private static int host(List<HostMatch> hosts) {
    return hosts.stream()
        .mapToInt(host ->
            switch (host) {
              case HostMatch.Exact exact -> EXACT;
              case HostMatch.Regex regex -> PATTERN;
              case HostMatch.Wildcard(String suffix) -> suffix.length();
            })
        .min()
        .orElse(0);
  }

  private static int path(List<PathMatch> paths) {
    return paths.stream()
        .mapToInt(path ->
            switch (path) {
              case PathMatch.Exact exact -> EXACT;
              case PathMatch.Regex regex -> PATTERN;
              case PathMatch.Prefix(String prefix) -> prefix.length();
            })
        .min()
        .orElse(0);
  }
}
