package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Types;

/** The keys of {@code routes}, without those of a route's blocks. */
public final class RouteKeys {

  public static final Key<Integer> PRIORITY =
      Key.withDefault(
          "routes.route.priority",
          new Types.Whole(-1_000_000, 1_000_000),
          "0",
          "Higher is tried first; ties go to the more specific route, then to file order.",
          "RoutingTest#triesHigherPriorityFirst");

  public static final Key<KdlNode> MATCHES =
      Key.optional(
          "routes.route.matches",
          MatchKeys.BLOCK,
          "Conditions that must all hold; without them the route matches everything.",
          "RoutingTest#matchesEverythingWithoutConditions");

  public static final Key<Boolean> PATH_FORWARD =
      Key.withDefault(
          "routes.route.path-forward",
          Types.Choice.of("normalised", false).or("raw", true),
          "\"normalised\"",
          "Which path the upstream receives; `raw` refuses (400) where the two differ.",
          "RoutingTest#refusesPathsThatAreNotNormalUnderRaw");

  static final Block ONE =
      Block.named(
              "routes.route",
              PRIORITY,
              MATCHES,
              ServiceKeys.UPSTREAM,
              ServiceKeys.STATIC,
              ServiceKeys.RESPOND,
              ServiceKeys.ECHO,
              ServiceKeys.REDIRECT,
              PATH_FORWARD,
              RouteAgentKeys.AGENTS,
              PolicyKeys.POLICIES)
          .later("worker", "cache", "filters", "retry", "rate-limit", "cors");

  public static final Key<KdlNode> ROUTE =
      Key.repeated(
          "routes.route",
          ONE,
          "One route, by a name that logs and records use.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  static final Block BLOCK = Block.of("routes", ROUTE);

  private RouteKeys() {}
}
