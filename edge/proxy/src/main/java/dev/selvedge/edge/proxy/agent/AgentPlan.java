package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.AgentConfig.BodyMode;
import dev.selvedge.edge.config.AgentConfig.Event;
import dev.selvedge.edge.config.AgentConfig.FailureMode;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteConfig.RouteAgent;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Inspection;
import dev.selvedge.edge.proxy.exchange.Inspector;
import dev.selvedge.edge.proxy.exchange.Onward;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Which agents a route asks, in which order and about what. Agents are numbered in the order of the
 * route. Immutable, but for consultations kept for reuse, one store for each loop.
 */
public final class AgentPlan implements Inspector {

  private static final int POOLED = 256;

  private final RemoteAgent[] agents;
  private final boolean[] failsOpen;
  private final long[] predecessors;
  private final long requestVoters;
  private final long responseVoters;
  private final boolean inspectsResponseBodies;
  private final boolean tellsEnds;
  private final byte[] routeName;
  private final Store[] stores;

  /** Consultations at rest, and how many are on the stack of this loop. */
  static final class Store {
    private final ArrayDeque<Consultation> resting = new ArrayDeque<>();
    private int entered;

    void enter() {
      entered++;
    }

    void exit() {
      entered--;
    }

    void giveBack(Consultation consultation) {
      if (resting.size() < POOLED) {
        resting.addLast(consultation);
      }
    }
  }

  /**
   * Makes the plan of one route.
   *
   * @param agents those of the route, in order
   * @param loops number of event loops
   */
  public AgentPlan(RouteConfig route, List<RemoteAgent> agents, int loops) {
    int count = agents.size();
    this.agents = agents.toArray(RemoteAgent[]::new);
    this.failsOpen = new boolean[count];
    this.predecessors = new long[count];
    List<String> names = agents.stream().map(agent -> agent.config().name()).toList();
    for (int i = 0; i < count; i++) {
      RouteAgent asked = route.agents().get(i);
      FailureMode own = asked.failureMode();
      FailureMode mode = own == null ? agents.get(i).config().failureMode() : own;
      failsOpen[i] = mode == FailureMode.OPEN;
      for (String before : asked.after()) {
        predecessors[i] |= 1L << names.indexOf(before);
      }
    }
    this.requestVoters = told(agents, Set.of(Event.REQUEST_HEADERS, Event.REQUEST_BODY));
    this.responseVoters = told(agents, Set.of(Event.RESPONSE_HEADERS, Event.RESPONSE_BODY));
    this.inspectsResponseBodies =
        agents.stream().anyMatch(agent -> agent.config().responseBody() != BodyMode.NONE);
    this.tellsEnds = told(agents, Set.of(Event.REQUEST_COMPLETE)) != 0;
    this.routeName = route.name().getBytes(StandardCharsets.UTF_8);
    this.stores = new Store[loops];
    Arrays.setAll(stores, loop -> new Store());
  }

  private static long told(List<RemoteAgent> agents, Set<Event> events) {
    long told = 0;
    for (int i = 0; i < agents.size(); i++) {
      if (agents.get(i).config().events().stream().anyMatch(events::contains)) {
        told |= 1L << i;
      }
    }
    return told;
  }

  @Override
  public Inspection inspect(Exchange exchange, Onward onward) {
    Store store = stores[exchange.worker().index()];
    // One that is on the stack may not be taken up again below itself.
    Consultation rested = store.entered == 0 ? store.resting.pollLast() : null;
    Consultation consultation = rested == null ? new Consultation(this, store) : rested;
    consultation.attach(exchange, onward);
    return consultation;
  }

  @Override
  public void begin(Inspection inspection) {
    ((Consultation) inspection).begin();
  }

  int count() {
    return agents.length;
  }

  RemoteAgent agent(int number) {
    return agents[number];
  }

  boolean failsOpen(int number) {
    return failsOpen[number];
  }

  /** For each agent those that must have let the head pass before it is asked. */
  long[] predecessors() {
    return predecessors;
  }

  long requestVoters() {
    return requestVoters;
  }

  long responseVoters() {
    return responseVoters;
  }

  boolean inspectsResponseBodies() {
    return inspectsResponseBodies;
  }

  /** Whether an agent is told how exchanges ended. */
  boolean tellsEnds() {
    return tellsEnds;
  }

  /** UTF-8. */
  byte[] routeName() {
    return routeName;
  }
}
