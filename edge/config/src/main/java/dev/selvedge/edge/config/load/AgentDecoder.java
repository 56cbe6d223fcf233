package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.AgentAddress;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.AgentConfig.BodyMode;
import dev.selvedge.edge.config.AgentConfig.Breaker;
import dev.selvedge.edge.config.AgentConfig.Event;
import dev.selvedge.edge.config.AgentConfig.FailureMode;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.key.AgentKeys;
import dev.selvedge.edge.config.key.BreakerKeys;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.value.Ref;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns one {@code agent} into its record. */
final class AgentDecoder {

  /** The type of an agent that runs elsewhere and says none. */
  private static final String EXTERNAL = "external";

  /**
   * The record with what was written of it.
   *
   * @param config to be used only where the report has stayed empty
   */
  record Agent(AgentConfig config, Section section) {}

  private final KdlNode node;
  private final Report report;
  private final Section agent;

  private AgentDecoder(KdlNode node, Report report) {
    this.node = node;
    this.report = report;
    this.agent = Section.of((Block) AgentKeys.AGENT.type(), node.place(), node.children(), report);
  }

  static Agent decode(KdlNode node, Collection<String> builtIns, Report report) {
    AgentDecoder decoder = new AgentDecoder(node, report);
    @Nullable AgentAddress address = decoder.address();
    String type = decoder.type(builtIns);
    return new Agent(decoder.config(type, address), decoder.agent);
  }

  private AgentConfig config(String type, @Nullable AgentAddress address) {
    @Nullable FailureMode failureMode = agent.find(AgentKeys.FAILURE_MODE);
    @Nullable List<KdlNode> own = agent.find(AgentKeys.CONFIG);
    return new AgentConfig(
        Block.name(node),
        type,
        address,
        events(),
        agent.get(AgentKeys.TIMEOUT),
        failureMode == null ? FailureMode.CLOSED : failureMode,
        agent.get(AgentKeys.MAX_CONCURRENT_CALLS),
        agent.get(AgentKeys.MAX_QUEUED_CALLS),
        breaker(agent.inner(AgentKeys.CIRCUIT_BREAKER)),
        agent.get(AgentKeys.REQUEST_BODY),
        agent.get(AgentKeys.RESPONSE_BODY),
        agent.get(AgentKeys.INSPECT_LIMIT),
        agent.get(AgentKeys.BODY_OVER_LIMIT),
        agent.get(AgentKeys.MEMORY),
        own == null ? List.of() : own,
        node.place());
  }

  private static Breaker breaker(Section breaker) {
    return new Breaker(
        breaker.get(BreakerKeys.FAILURE_THRESHOLD),
        breaker.get(BreakerKeys.SUCCESS_THRESHOLD),
        breaker.get(BreakerKeys.TIMEOUT),
        breaker.get(BreakerKeys.WINDOW));
  }

  private @Nullable AgentAddress address() {
    @Nullable AgentAddress grpc = agent.find(AgentKeys.GRPC);
    @Nullable AgentAddress socket = agent.find(AgentKeys.UNIX_SOCKET);
    if (agent.has(AgentKeys.GRPC) && agent.has(AgentKeys.UNIX_SOCKET)) {
      report.problem(
          agent.place(AgentKeys.UNIX_SOCKET), "an agent has one address, grpc or unix-socket");
    }
    if (addressed() && agent.has(AgentKeys.MEMORY)) {
      report.problem(
          agent.place(AgentKeys.MEMORY),
          "memory bounds a process that this program starts; this agent runs elsewhere");
    }
    return grpc != null ? grpc : socket;
  }

  private boolean addressed() {
    return agent.attempted(AgentKeys.GRPC) || agent.attempted(AgentKeys.UNIX_SOCKET);
  }

  private String type(Collection<String> builtIns) {
    @Nullable Ref type = agent.find(AgentKeys.TYPE);
    if (addressed() || (type == null && agent.attempted(AgentKeys.TYPE))) {
      return type == null ? EXTERNAL : type.name();
    }
    if (type == null) {
      report.missing(
          node.place(),
          "agent \"" + Block.name(node) + "\" has neither a type nor an address",
          null);
    } else if (!builtIns.contains(type.name())) {
      report.problem(
          type.place(),
          "there is no built-in agent type \""
              + type.name()
              + "\""
              + (builtIns.isEmpty() ? "" : ", only " + String.join(", ", new TreeSet<>(builtIns)))
              + "; an agent that runs elsewhere needs grpc or unix-socket",
          Nearest.of(type.name(), builtIns));
    }
    return type == null ? EXTERNAL : type.name();
  }

  private Set<Event> events() {
    Set<Event> events = EnumSet.noneOf(Event.class);
    events.addAll(agent.get(AgentKeys.EVENTS));
    body(events, Event.REQUEST_BODY, AgentKeys.REQUEST_BODY);
    body(events, Event.RESPONSE_BODY, AgentKeys.RESPONSE_BODY);
    return events.isEmpty() ? EnumSet.of(Event.REQUEST_HEADERS) : events;
  }

  private void body(Set<Event> events, Event event, Key<BodyMode> mode) {
    if (agent.get(mode) != BodyMode.NONE) {
      events.add(event);
    } else if (events.contains(event) && agent.sound(mode)) {
      report.problem(
          agent.place(AgentKeys.EVENTS),
          event.name().toLowerCase(Locale.ROOT)
              + " is never told while "
              + mode.name()
              + " is \"none\": write \"stream\" or \"hold\"");
    }
  }
}
