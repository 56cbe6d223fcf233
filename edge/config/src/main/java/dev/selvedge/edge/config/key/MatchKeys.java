package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.RouteConfig.FieldMatch;
import dev.selvedge.edge.config.RouteConfig.HostMatch;
import dev.selvedge.edge.config.RouteConfig.PathMatch;
import dev.selvedge.edge.config.RouteConfig.QueryMatch;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Addresses;
import dev.selvedge.edge.config.value.Fields;
import dev.selvedge.edge.config.value.PathForm;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.config.value.Texts;
import dev.selvedge.edge.config.value.Types;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys of {@code matches}. Values of one key, and repetitions of it, are alternatives; {@code
 * path}, {@code path-prefix} and {@code path-regex} together too, {@code host} and {@code
 * host-regex} likewise; each {@code header} and {@code query} must hold.
 */
public final class MatchKeys {

  public static final Key<List<PathMatch>> PATH =
      Key.repeated(
          "routes.route.matches.path",
          new Types.Texts<>("path in normal form", read(PathForm::read, PathMatch.Exact::new)),
          "The whole path.",
          "RoutingTest#matchesTheWholePath");

  public static final Key<List<PathMatch>> PATH_PREFIX =
      Key.repeated(
          "routes.route.matches.path-prefix",
          new Types.Texts<>("path in normal form", read(PathForm::read, PathMatch.Prefix::new)),
          "How the path begins, up to the end of a segment.",
          "RoutingTest#matchesPrefixesAtTheEndOfASegment");

  public static final Key<List<PathMatch>> PATH_REGEX =
      Key.repeated(
          "routes.route.matches.path-regex",
          new Types.Texts<>("RE2 pattern", read(Texts::pattern, PathMatch.Regex::new)),
          "A pattern found anywhere in the path.",
          "RoutingTest#matchesPatternsInThePath");

  public static final Key<List<HostMatch>> HOST =
      Key.repeated(
          "routes.route.matches.host",
          new Types.Texts<>("host name, also `*.` and a name", Addresses::host),
          "The host asked for, or with `*.` any name below it.",
          "RoutingTest#matchesHostsAndWildcards");

  public static final Key<List<HostMatch>> HOST_REGEX =
      Key.repeated(
          "routes.route.matches.host-regex",
          new Types.Texts<>("RE2 pattern", read(Texts::pattern, HostMatch.Regex::new)),
          "A pattern for the whole host in lower case.",
          "RoutingTest#matchesPatternsOfTheWholeHost");

  public static final Key<List<String>> METHOD =
      Key.repeated(
          "routes.route.matches.method",
          new Types.Texts<>("method in upper case", Fields::method),
          "The method.",
          "RoutingTest#matchesMethods");

  public static final Key<FieldMatch> HEADER =
      Key.repeated(
          "routes.route.matches.header",
          Fields.header(),
          "A field that is there, or one of whose lines has that value.",
          "RoutingTest#matchesFieldsByPresenceAndValue");

  public static final Key<QueryMatch> QUERY =
      Key.repeated(
          "routes.route.matches.query",
          Fields.query(),
          "A query parameter that is there, or has that value, compared as sent.",
          "RoutingTest#matchesQueryParametersByPresenceAndValue");

  public static final Key<List<Ref>> LISTENER =
      Key.repeated(
          "routes.route.matches.listener",
          new Types.Texts<>("name of a listener", Ref::read),
          "The listener that accepted the connection.",
          "RoutingTest#matchesListeners");

  static final Block BLOCK =
      Block.of(
              "routes.route.matches",
              PATH,
              PATH_PREFIX,
              PATH_REGEX,
              HOST,
              HOST_REGEX,
              METHOD,
              HEADER,
              QUERY,
              LISTENER)
          .later("client-address", "cookie");

  private MatchKeys() {}

  private static <A, T> Types.Reader<T> read(
      Types.Reader<A> reader, Function<A, ? extends T> made) {
    return (text, spot) -> {
      @Nullable A value = reader.read(text, spot);
      return value == null ? null : made.apply(value);
    };
  }
}
