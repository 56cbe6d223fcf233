package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteConfig.FieldMatch;
import dev.selvedge.edge.config.RouteConfig.HostMatch;
import dev.selvedge.edge.config.RouteConfig.Matches;
import dev.selvedge.edge.config.RouteConfig.PathMatch;
import dev.selvedge.edge.config.RouteConfig.QueryMatch;
import dev.selvedge.edge.config.RouteOrder;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Finds routes that can never match: one tried earlier matches all that they match. Never wrong
 * when it finds one; it does not find those covered only by several routes together, or by patterns
 * other than their own text.
 */
final class Shadows {

  private final Set<String> listeners;

  Shadows(Collection<String> listeners) {
    this.listeners = new HashSet<>(listeners);
  }

  /** Each route that can never match, with the first route tried that covers it. */
  Map<RouteConfig, RouteConfig> of(List<RouteConfig> routes) {
    List<RouteConfig> tried = RouteOrder.of(routes);
    Map<RouteConfig, RouteConfig> shadowed = new LinkedHashMap<>();
    for (int i = 0; i < tried.size(); i++) {
      for (int j = 0; j < i && !shadowed.containsKey(tried.get(i)); j++) {
        if (covers(tried.get(j).matches(), tried.get(i).matches())) {
          shadowed.put(tried.get(i), tried.get(j));
        }
      }
    }
    return shadowed;
  }

  /** Whether every request that meets {@code narrow} meets {@code wide}. */
  private boolean covers(Matches wide, Matches narrow) {
    return alternatives(wide.paths(), narrow.paths(), Shadows::path)
        && alternatives(wide.hosts(), narrow.hosts(), Shadows::host)
        && alternatives(wide.methods(), narrow.methods(), String::equals)
        && conditions(wide.headers(), narrow.headers(), Shadows::field)
        && conditions(wide.queries(), narrow.queries(), Shadows::query)
        && ((!listeners.isEmpty() && wide.listeners().containsAll(listeners))
            || alternatives(wide.listeners(), narrow.listeners(), String::equals));
  }

  /** Of alternatives each narrow one must be in a wide one; none at all is everything. */
  private static <T> boolean alternatives(List<T> wide, List<T> narrow, BiPredicate<T, T> covers) {
    return wide.isEmpty()
        || (!narrow.isEmpty()
            && narrow.stream().allMatch(n -> wide.stream().anyMatch(w -> covers.test(w, n))));
  }

  /** Of conditions each wide one must follow from a narrow one. */
  private static <T> boolean conditions(List<T> wide, List<T> narrow, BiPredicate<T, T> covers) {
    return wide.stream().allMatch(w -> narrow.stream().anyMatch(n -> covers.test(w, n)));
  }

  private static boolean path(PathMatch wide, PathMatch narrow) {
    return switch (wide) {
      case PathMatch.Exact exact -> exact.equals(narrow);
      case PathMatch.Prefix(String prefix) ->
          switch (narrow) {
            case PathMatch.Exact(String path) -> begins(path, prefix);
            case PathMatch.Prefix(String longer) -> begins(longer, prefix);
            case PathMatch.Regex regex -> prefix.equals("/");
          };
      case PathMatch.Regex(var pattern) ->
          switch (narrow) {
            case PathMatch.Exact(String path) -> pattern.matcher(path).find();
            case PathMatch.Prefix prefix -> false;
            case PathMatch.Regex(var other) -> pattern.pattern().equals(other.pattern());
          };
    };
  }

  private static boolean begins(String path, String prefix) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length()
            || prefix.endsWith("/")
            || path.charAt(prefix.length()) == '/');
  }

  private static boolean host(HostMatch wide, HostMatch narrow) {
    return switch (wide) {
      case HostMatch.Exact exact -> exact.equals(narrow);
      case HostMatch.Wildcard(String suffix) ->
          switch (narrow) {
            case HostMatch.Exact(String host) ->
                host.endsWith(suffix) && host.length() > suffix.length();
            case HostMatch.Wildcard(String longer) -> longer.endsWith(suffix);
            case HostMatch.Regex regex -> false;
          };
      case HostMatch.Regex(var pattern) ->
          switch (narrow) {
            case HostMatch.Exact(String host) -> pattern.matches(host);
            case HostMatch.Wildcard wildcard -> false;
            case HostMatch.Regex(var other) -> pattern.pattern().equals(other.pattern());
          };
    };
  }

  private static boolean field(FieldMatch wide, FieldMatch narrow) {
    return wide.name().equals(narrow.name())
        && (wide.value() == null || wide.value().equals(narrow.value()));
  }

  private static boolean query(QueryMatch wide, QueryMatch narrow) {
    return wide.name().equals(narrow.name())
        && (wide.value() == null || wide.value().equals(narrow.value()));
  }
}
