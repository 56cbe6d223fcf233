package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.AgentConfig.FailureMode;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.config.value.Types;
import java.util.List;

/** The agents of a route, by their names alone or with what differs on this route. */
public final class RouteAgentKeys {

  public static final Key<FailureMode> FAILURE_MODE =
      Key.optional(
          "routes.route.agents.agent.failure-mode",
          AgentKeys.failureModes(),
          "Stands for the agent's own `failure-mode` on this route.",
          "AgentFailuresTest#routeOverridesTheFailureMode");

  public static final Key<List<Ref>> AFTER =
      Key.optional(
          "routes.route.agents.agent.after",
          new Types.Texts<>("name of an agent in front of this one", Ref::read),
          "Asks this agent when those have let the request pass; it sees their changes.",
          "AgentOrderTest#asksAnAgentAfterAnother");

  public static final Key<KdlNode> AGENT =
      Key.repeated(
          "routes.route.agents.agent",
          Block.named("routes.route.agents.agent", FAILURE_MODE, AFTER),
          "One agent of the route; decisions are merged in the order of the list.",
          "AgentOrderTest#mergesInTheOrderOfTheRoute");

  public static final Key<KdlNode> AGENTS =
      Key.optional(
          "routes.route.agents",
          Block.orNames("routes.route.agents", AGENT),
          "Agents asked about each request, at once unless ordered with `after`.",
          "AgentOrderTest#mergesInTheOrderOfTheRoute");

  private RouteAgentKeys() {}
}
