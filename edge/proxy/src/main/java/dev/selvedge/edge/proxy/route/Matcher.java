package dev.selvedge.edge.proxy.route;

import com.google.re2j.Pattern;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one route, compiled to bytes so that a request is compared without a String.
 * Immutable; regular expressions (RE2, linear time) alone make one.
 */
final class Matcher {

  private static final byte[][] NO_BYTES = {};

  private final byte[][] exactPaths;
  private final byte[][] prefixes;
  private final Pattern[] pathPatterns;
  private final boolean anyPath;
  private final byte[][] exactHosts;
  private final byte[][] hostSuffixes;
  private final Pattern[] hostPatterns;
  private final boolean anyHost;
  private final byte[][] methods;
  private final byte[][] fieldNames;
  private final byte[] @Nullable [] fieldValues;
  private final byte[][] queryNames;
  private final byte[] @Nullable [] queryValues;
  private final @Nullable BitSet listeners;

  Matcher(RouteConfig.Matches matches, List<String> listenerNames) {
    List<byte[]> exact = new ArrayList<>();
    List<byte[]> prefix = new ArrayList<>();
    List<Pattern> pattern = new ArrayList<>();
    for (RouteConfig.PathMatch path : matches.paths()) {
      switch (path) {
        case RouteConfig.PathMatch.Exact e -> exact.add(bytes(e.path()));
        case RouteConfig.PathMatch.Prefix p -> prefix.add(bytes(p.prefix()));
        case RouteConfig.PathMatch.Regex r -> pattern.add(r.pattern());
      }
    }
    exactPaths = exact.toArray(NO_BYTES);
    prefixes = prefix.toArray(NO_BYTES);
    pathPatterns = pattern.toArray(new Pattern[0]);
    anyPath = matches.paths().isEmpty();
    exact.clear();
    prefix.clear();
    pattern.clear();
    for (RouteConfig.HostMatch host : matches.hosts()) {
      switch (host) {
        case RouteConfig.HostMatch.Exact e -> exact.add(bytes(e.host()));
        case RouteConfig.HostMatch.Wildcard w -> prefix.add(bytes(w.suffix()));
        case RouteConfig.HostMatch.Regex r -> pattern.add(r.pattern());
      }
    }
    exactHosts = exact.toArray(NO_BYTES);
    hostSuffixes = prefix.toArray(NO_BYTES);
    hostPatterns = pattern.toArray(new Pattern[0]);
    anyHost = matches.hosts().isEmpty();
    methods = matches.methods().stream().map(Matcher::bytes).toArray(byte[][]::new);
    fieldNames = matches.headers().stream().map(f -> bytes(f.name())).toArray(byte[][]::new);
    fieldValues =
        matches.headers().stream().map(f -> bytesOrNull(f.value())).toArray(byte[][]::new);
    queryNames = matches.queries().stream().map(q -> bytes(q.name())).toArray(byte[][]::new);
    queryValues =
        matches.queries().stream().map(q -> bytesOrNull(q.value())).toArray(byte[][]::new);
    listeners = matches.listeners().isEmpty() ? null : new BitSet();
    for (String name : matches.listeners()) {
      java.util.Objects.requireNonNull(listeners).set(listenerNames.indexOf(name));
    }
  }

  boolean matches(RequestTarget target, HttpHead head, int listener) {
    return (anyPath || path(target))
        && (anyHost || host(target))
        && (methods.length == 0 || method(head))
        && (listeners == null || listeners.get(listener))
        && fields(head)
        && queries(target);
  }

  private boolean path(RequestTarget target) {
    byte[] bytes = target.pathBytes();
    int start = target.pathStart();
    int end = start + target.pathLength();
    for (byte[] prefix : prefixes) {
      if (hasPrefix(bytes, start, end, prefix)) {
        return true;
      }
    }
    for (byte[] exact : exactPaths) {
      if (Arrays.equals(bytes, start, end, exact, 0, exact.length)) {
        return true;
      }
    }
    if (pathPatterns.length > 0) {
      String path = target.path();
      for (Pattern pattern : pathPatterns) {
        if (pattern.matcher(path).find()) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean hasPrefix(byte[] bytes, int start, int end, byte[] prefix) {
    int behind = start + prefix.length;
    return behind <= end
        && Arrays.equals(bytes, start, behind, prefix, 0, prefix.length)
        && (behind == end || prefix[prefix.length - 1] == '/' || bytes[behind] == '/');
  }

  private boolean host(RequestTarget target) {
    byte[] bytes = target.source();
    int start = target.hostStart();
    int end = start + target.hostLength();
    for (byte[] exact : exactHosts) {
      if (Arrays.equals(bytes, start, end, exact, 0, exact.length)) {
        return true;
      }
    }
    for (byte[] suffix : hostSuffixes) {
      int from = end - suffix.length;
      if (from > start && Arrays.equals(bytes, from, end, suffix, 0, suffix.length)) {
        return true;
      }
    }
    if (hostPatterns.length > 0) {
      String host = target.host();
      for (Pattern pattern : hostPatterns) {
        if (pattern.matcher(host).matches()) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean method(HttpHead head) {
    for (byte[] method : methods) {
      if (head.methodIs(method)) {
        return true;
      }
    }
    return false;
  }

  private boolean fields(HttpHead head) {
    for (int i = 0; i < fieldNames.length; i++) {
      if (!field(head, fieldNames[i], fieldValues[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean field(HttpHead head, byte[] name, byte @Nullable [] value) {
    for (int at = head.find(name, 0); at >= 0; at = head.find(name, at + 1)) {
      if (value == null || head.valueIs(at, value)) {
        return true;
      }
    }
    return false;
  }

  private boolean queries(RequestTarget target) {
    for (int i = 0; i < queryNames.length; i++) {
      if (!query(target, queryNames[i], queryValues[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean query(RequestTarget target, byte[] name, byte @Nullable [] value) {
    byte[] bytes = target.source();
    int end = target.queryStart() + target.queryLength();
    int start = target.queryStart();
    while (start < end) {
      int next = indexOf(bytes, start, end, '&');
      int equals = indexOf(bytes, start, next, '=');
      if (Arrays.equals(bytes, start, equals, name, 0, name.length)
          && (value == null
              || Arrays.equals(bytes, Math.min(equals + 1, next), next, value, 0, value.length))) {
        return true;
      }
      start = next + 1;
    }
    return false;
  }

  private static int indexOf(byte[] bytes, int start, int end, char wanted) {
    int i = start;
    while (i < end && bytes[i] != wanted) {
      i++;
    }
    return i;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] bytesOrNull(@Nullable String text) {
    return text == null ? null : bytes(text);
  }
}
