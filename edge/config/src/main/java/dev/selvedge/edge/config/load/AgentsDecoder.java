package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.RouteConfig.RouteAgent;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.key.RouteAgentKeys;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.schema.Shape;
import dev.selvedge.edge.config.value.Ref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the {@code agents} of one route into their list. */
final class AgentsDecoder {

  /** Sets of agents are bits of a long. */
  private static final int AGENTS_MAX = 64;

  /** One agent of a route as it was written. */
  record Asked(Ref agent, AgentConfig.@Nullable FailureMode failureMode, List<Ref> after) {

    RouteAgent config() {
      return new RouteAgent(agent.name(), failureMode, after.stream().map(Ref::name).toList());
    }
  }

  private AgentsDecoder() {}

  /** In the order of the route; each once, each after ones in front of it. */
  static List<Asked> decode(Section route, Report report) {
    @Nullable KdlNode node = route.find(RouteAgentKeys.AGENTS);
    if (node == null) {
      return List.of();
    }
    Map<String, Asked> asked = new LinkedHashMap<>();
    for (Asked one : node.arguments().isEmpty() ? listed(node, report) : named(node, report)) {
      for (Ref before : one.after()) {
        if (!asked.containsKey(before.name())) {
          report.problem(
              before.place(),
              "after names an agent in front of this one, and \"" + before.name() + "\" is none",
              Nearest.of(before.name(), asked.keySet()));
        }
      }
      if (asked.putIfAbsent(one.agent().name(), one) != null) {
        report.problem(one.agent().place(), "agent \"" + one.agent().name() + "\" is asked twice");
      }
    }
    if (asked.size() > AGENTS_MAX) {
      report.problem(node.place(), "a route asks at most " + AGENTS_MAX + " agents");
    }
    return List.copyOf(asked.values());
  }

  private static List<Asked> named(KdlNode node, Report report) {
    List<Asked> named = new ArrayList<>();
    for (Argument argument : node.arguments()) {
      @Nullable String name = Shape.text(node, argument, report, "names of agents");
      if (name != null) {
        named.add(new Asked(new Ref(name, argument.place()), null, List.of()));
      }
    }
    if (!node.children().isEmpty()) {
      report.problem(
          node.children().getFirst().place(),
          "agents takes names or a block, not both; write each as agent \"…\" in the block");
    }
    return named;
  }

  private static List<Asked> listed(KdlNode node, Report report) {
    List<Asked> listed = new ArrayList<>();
    Section agents =
        Section.of((Block) RouteAgentKeys.AGENTS.type(), node.place(), node.children(), report);
    for (KdlNode agent : agents.all(RouteAgentKeys.AGENT)) {
      Section section =
          Section.of((Block) RouteAgentKeys.AGENT.type(), agent.place(), agent.children(), report);
      @Nullable List<Ref> after = section.find(RouteAgentKeys.AFTER);
      String name = Block.name(agent);
      if (!name.isEmpty()) {
        listed.add(
            new Asked(
                new Ref(name, agent.arguments().getFirst().place()),
                section.find(RouteAgentKeys.FAILURE_MODE),
                after == null ? List.of() : after));
      }
    }
    if (!agents.attempted(RouteAgentKeys.AGENT)) {
      report.missing(node.place(), "agents names no agent", null);
    }
    return listed;
  }
}
