package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Runs the events of one call on virtual threads, one after the other. What waits is bounded by the
 * call's credit and its two heads. Confined to the session's loop but for {@link #work}.
 */
final class EventLane {

  private record Queued(AgentEvent event, int flags, int bytes) {}

  private final Agent agent;
  private final AgentSession session;
  private final AgentCall call;
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();
  private boolean running;

  EventLane(Agent agent, AgentSession session, AgentCall call) {
    this.agent = agent;
    this.session = session;
    this.call = call;
  }

  void add(AgentEvent event, int flags, int bytes) {
    queue.add(new Queued(event, flags, bytes));
    if (!running) {
      next();
    }
  }

  private void next() {
    Queued head = queue.poll();
    running = head != null;
    if (head != null) {
      Thread.ofVirtual().name("agent-call").start(() -> work(head));
    }
  }

  private void work(Queued queued) {
    Decision decision;
    String failure;
    try {
      decision = agent.event(call, queued.event(), queued.flags());
      failure = null;
    } catch (Exception e) {
      decision = null;
      failure = String.valueOf(e);
    }
    Decision result = decision;
    String reason = failure;
    session.run(() -> done(queued, result, reason));
  }

  private void done(Queued queued, @Nullable Decision decision, @Nullable String failure) {
    if (call.over) {
      queue.clear();
      return;
    }
    if (failure != null) {
      call.giveUp(failure);
      return;
    }
    call.guarded(() -> decide(queued, decision));
    session.handled(call, queued.event().type(), queued.bytes());
    next();
  }

  private void decide(Queued queued, @Nullable Decision decision) {
    EventType head =
        switch (queued.event().type()) {
          case REQUEST_HEADERS, REQUEST_BODY -> EventType.REQUEST_HEADERS;
          case RESPONSE_HEADERS, RESPONSE_BODY -> EventType.RESPONSE_HEADERS;
          case WEBSOCKET_FRAME, REQUEST_COMPLETE -> null;
        };
    if (head == null || !call.rules.awaits(head)) {
      return;
    }
    boolean isHead = head == queued.event().type();
    if (decision != null) {
      call.decide(head, decision, false);
    } else if (isHead || Flags.has(queued.flags(), Flags.END)) {
      call.decide(head, Decision.ALLOW, false);
    }
  }
}
