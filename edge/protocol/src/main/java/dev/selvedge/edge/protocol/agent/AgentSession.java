package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ReceiveWindow;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToAgent.Hello;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.Violation;
import io.netty.util.collection.IntObjectHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An agent's end of one connection: hands events to the agent and keeps the books of calls and
 * credit. Bounded by the calls it announced, its credit, and the wire's unsent bytes. Confined to
 * its wire's loop.
 */
public final class AgentSession {

  private static final int CONNECTION = 0;

  private final AgentHost host;
  private final AgentWire wire;
  private final IntObjectHashMap<AgentCall> calls = new IntObjectHashMap<>();
  private final Set<AgentCall> waiting = new LinkedHashSet<>();
  private final ReceiveWindow window = new ReceiveWindow(Bounds.CONNECTION_CREDIT);
  private @Nullable Hello hello;
  private long credit;
  private boolean draining;

  public AgentSession(AgentHost host, AgentWire wire) {
    this.host = host;
    this.wire = wire;
  }

  // ---- what the wire tells

  /** A message of the proxy. Throws {@code ProtocolViolation}, upon which the wire closes. */
  public void receive(int id, int flags, ToAgent message) {
    if (hello == null) {
      greeted(message);
      return;
    }
    switch (message) {
      case AgentEvent event -> event(id, flags, event);
      case ToAgent.Cancel _ -> cancelled(id);
      case ToAgent.ProxyCredit more -> credited(id, more.bytes());
      case ToAgent.Configure configure ->
          host.configure(
              configure.file(),
              configure.nodes(),
              problems ->
                  run(() -> send(0, 0, new ToProxy.Configured(configure.revision(), problems))));
      case ToAgent.Health health -> send(0, 0, new HealthReport(health.nonce(), host.state(), ""));
      case ToAgent.Drain _ -> {
        draining = true;
        closeIfDrained();
      }
      case Hello _ -> throw Violation.UNEXPECTED.because("a second greeting");
    }
  }

  /** The connection is gone. */
  public void disconnected() {
    host.closed(this);
    for (AgentCall call : calls.values()) {
      over(call);
    }
    calls.clear();
    waiting.clear();
  }

  private void greeted(ToAgent message) {
    if (!(message instanceof Hello greeting)) {
      throw Violation.UNEXPECTED.because("the first frame is not a greeting");
    }
    Bounds.checkCredit(greeting.callCredit());
    Bounds.checkCredit(greeting.connectionCredit());
    int version = Bounds.settle(greeting.versionMin(), greeting.versionMax());
    AgentInfo info = host.info();
    hello = greeting;
    credit = greeting.connectionCredit();
    send(
        CONNECTION,
        0,
        new ToProxy.Welcome(
            version,
            info.events() & greeting.events(),
            info.features(),
            Bounds.CALL_CREDIT,
            Bounds.CONNECTION_CREDIT,
            info.callsMax(),
            info.name()));
    if (version == 0) {
      wire.close();
    } else {
      host.opened(this);
    }
  }

  private void event(int id, int flags, AgentEvent event) {
    switch (event) {
      case AgentEvent.RequestHeaders _ -> opened(id, flags, event);
      case AgentEvent.ResponseHeaders _ -> {
        AgentCall call = calls.get(id);
        if (call != null) {
          call.rules.head(EventType.RESPONSE_HEADERS, flags);
          deliver(call, event, flags, 0);
        }
      }
      case AgentEvent.RequestBody body -> chunk(id, flags, event, body.data().length);
      case AgentEvent.ResponseBody body -> chunk(id, flags, event, body.data().length);
      case AgentEvent.RequestComplete _ -> {
        AgentCall call = calls.get(id);
        if (call != null) {
          deliver(call, event, flags, 0);
          if (Flags.has(flags, Flags.LAST)) {
            finish(call);
          }
        }
      }
    }
  }

  private void opened(int id, int flags, AgentEvent event) {
    String refusal = refusal(id);
    if (refusal != null) {
      send(id, 0, new ToProxy.Ended(refusal));
      return;
    }
    AgentCall call = new AgentCall(this, id, greeting().callCredit());
    calls.put(id, call);
    call.rules.head(EventType.REQUEST_HEADERS, flags);
    deliver(call, event, flags, 0);
  }

  private @Nullable String refusal(int id) {
    if (id == CONNECTION || calls.containsKey(id)) {
      throw Violation.UNKNOWN_CALL.because("call " + id + " opened again");
    }
    if (calls.size() >= host.info().callsMax()) {
      return "too many calls";
    }
    return switch (host.state()) {
      case HEALTHY, DRAINING -> null;
      case WARMING -> "warming";
      case UNHEALTHY -> "unhealthy";
    };
  }

  private void chunk(int id, int flags, AgentEvent event, int bytes) {
    window.received(bytes);
    AgentCall call = calls.get(id);
    if (call == null || !call.rules.wantsBody(event.type())) {
      grant(CONNECTION, window.consume(bytes)); // Sent before the proxy saw our decision.
      return;
    }
    call.window.received(bytes);
    call.unconsumed += bytes;
    boolean replaces = host.info().replaces(event.type());
    call.rules.chunk(event.type(), replaces);
    if (replaces) {
      call.hold(bytes);
    }
    deliver(call, event, flags, bytes);
  }

  private void deliver(AgentCall call, AgentEvent event, int flags, int bytes) {
    switch (host.agent()) {
      case InlineAgent agent -> {
        try {
          agent.event(call, event, flags);
        } catch (RuntimeException e) {
          call.giveUp(String.valueOf(e));
        }
        handled(call, event.type(), bytes);
      }
      case Agent agent -> {
        if (call.lane == null) {
          call.lane = new EventLane(agent, this, call);
        }
        call.lane.add(event, flags, bytes);
      }
    }
  }

  private void cancelled(int id) {
    AgentCall call = calls.get(id);
    if (call != null) {
      send(id, 0, new ToProxy.Ended(""));
      finish(call);
    }
  }

  private void credited(int id, int bytes) {
    AgentCall call = id == CONNECTION ? null : calls.get(id);
    if (id == CONNECTION) {
      credit += bytes;
    } else if (call != null) {
      call.credit = (int) Math.min(Bounds.CREDIT_MAX, call.credit + (long) bytes);
    }
    if (credit > Bounds.CREDIT_MAX) {
      throw Violation.CREDIT_OVERFLOW.because("credit of the connection");
    }
    waiting.removeIf(AgentCall::sendWaiting);
  }

  // ---- what calls do, on the loop

  boolean told(EventType event) {
    return event.in(host.info().events() & greeting().events());
  }

  void send(int id, int flags, ToProxy message) {
    wire.send(id, flags, message);
  }

  boolean onLoop() {
    return wire.onLoop();
  }

  void run(Runnable task) {
    wire.run(task);
  }

  /** Takes credit for bytes of a result, or nothing. */
  boolean take(AgentCall call, int bytes) {
    if (bytes > call.credit || bytes > credit) {
      return false;
    }
    call.credit -= bytes;
    credit -= bytes;
    return true;
  }

  void waits(AgentCall call) {
    waiting.add(call);
  }

  /** An event was dealt with; bytes that wait for a result count as consumed when it is sent. */
  void handled(AgentCall call, EventType type, int bytes) {
    if (bytes > 0 && !call.over && !host.info().replaces(type)) {
      consumed(call, bytes);
    }
  }

  void consumed(AgentCall call, int bytes) {
    call.unconsumed -= bytes;
    grant(call.id(), call.window.consume(bytes));
    grant(CONNECTION, window.consume(bytes));
  }

  private void grant(int id, int bytes) {
    if (bytes > 0) {
      send(id, 0, new ToProxy.AgentCredit(bytes));
    }
  }

  void finish(AgentCall call) {
    calls.remove(call.id());
    grant(CONNECTION, window.consume(call.unconsumed));
    over(call);
    closeIfDrained();
  }

  private void over(AgentCall call) {
    call.over = true;
    switch (host.agent()) {
      case InlineAgent agent -> agent.ended(call);
      case Agent agent -> agent.ended(call);
    }
  }

  void leave() {
    send(CONNECTION, 0, new ToProxy.Leaving());
  }

  private void closeIfDrained() {
    if (draining && calls.isEmpty()) {
      wire.close();
    }
  }

  private Hello greeting() {
    if (hello == null) {
      throw new IllegalStateException("not greeted");
    }
    return hello;
  }
}
