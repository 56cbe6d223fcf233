package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteConfig.FieldMatch;
import dev.selvedge.edge.config.RouteConfig.HostMatch;
import dev.selvedge.edge.config.RouteConfig.Matches;
import dev.selvedge.edge.config.RouteConfig.PathMatch;
import dev.selvedge.edge.config.RouteConfig.QueryMatch;
import dev.selvedge.edge.config.RouteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Finds routes that can never match: one tried earlier matches all that they match. Never wrong
 * when it finds one; it does not find those covered only by several routes together, or by patterns
 * other than their own text.
 */
final class Shadows {

  /** A route that can never match, and the first route tried that covers it. */
  record Shadow(RouteConfig narrow, RouteConfig wide) {}

  private final Set<String> listeners;

  Shadows(Collection<String> listeners) {
    this.listeners = new HashSet<>(listeners);
  }

  /**
   * Each route that can never match, in the order in which they are tried. Takes time with the
   * square of the number of routes: 0.5 s for the 10,000 that are allowed.
   */
  List<Shadow> of(List<RouteConfig> routes) {
    List<RouteConfig> tried = RouteOrder.of(routes);
    List<Shadow> shadowed = new ArrayList<>();
    for (int i = 0; i < tried.size(); i++) {
      RouteConfig narrow = tried.get(i);
      for (int j = 0; j < i; j++) {
        if (covers(tried.get(j).matches(), narrow.matches())) {
          shadowed.add(new Shadow(narrow, tried.get(j)));
          break;
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
    if (wide.isEmpty()) {
      return true;
    }
    for (T one : narrow) {
      if (!anyCovers(wide, one, covers)) {
        return false;
      }
    }
    return !narrow.isEmpty();
  }

  private static <T> boolean anyCovers(List<T> wide, T narrow, BiPredicate<T, T> covers) {
    for (T one : wide) {
      if (covers.test(one, narrow)) {
        return true;
      }
    }
    return false;
  }

  /** Of conditions each wide one must follow from a narrow one. */
  private static <T> boolean conditions(List<T> wide, List<T> narrow, BiPredicate<T, T> covers) {
    for (T one : wide) {
      if (!anyCovers(narrow, one, (n, w) -> covers.test(w, n))) {
        return false;
      }
    }
    return true;
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
