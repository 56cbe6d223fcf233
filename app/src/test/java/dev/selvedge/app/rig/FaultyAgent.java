package dev.selvedge.app.rig;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An agent that fails as the last segment of a request's path says; it allows all other requests,
 * slowly or with a leak if it was told so before. Thread-safe.
 */
public final class FaultyAgent implements InlineAgent {

  private static final int MIB = 1 << 20;

  private static final int DRIP = 256 << 10;

  /** Longer than the deadlines that tests set. */
  private static final long SLOW_MILLIS = 1_000;

  /** What it does with every request from now on. */
  private enum Mode {
    WELL,
    SLOW,
    LEAKING
  }

  private final List<byte[]> leaked = new ArrayList<>();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("slow-answers").unstarted(task));
  private volatile Mode mode = Mode.WELL;

  @Override
  public AgentInfo info() {
    return AgentInfo.of("faulty", EventType.REQUEST_HEADERS);
  }

  @Override
  public void event(AgentCall call, AgentEvent event, int flags) {
    if (event instanceof AgentEvent.RequestHeaders request) {
      switch (request.path().substring(request.path().lastIndexOf('/'))) {
        case "/wedge" -> wedge();
        case "/leak" -> leak();
        case "/exit" -> Runtime.getRuntime().halt(3);
        case "/silent" -> {}
        case "/shout" -> shout();
        case "/well" -> become(Mode.WELL, call);
        case "/slow" -> become(Mode.SLOW, call);
        case "/drip" -> become(Mode.LEAKING, call);
        default -> answer(call);
      }
    }
  }

  private void become(Mode next, AgentCall call) {
    mode = next;
    call.decideLast(Decision.ALLOW);
  }

  private void answer(AgentCall call) {
    switch (mode) {
      case WELL -> call.decideLast(Decision.ALLOW);
      case SLOW ->
          later.schedule(() -> call.decideLast(Decision.ALLOW), SLOW_MILLIS, TimeUnit.MILLISECONDS);
      case LEAKING -> {
        leaked.add(new byte[DRIP]);
        call.decideLast(Decision.ALLOW);
      }
    }
  }

  private static void wedge() {
    while (true) {
      Thread.onSpinWait();
    }
  }

  /** On the only loop of a child. */
  private void leak() {
    while (true) {
      leaked.add(new byte[MIB]);
    }
  }

  private static void shout() {
    for (int i = 0; i < 10_000; i++) {
      System.out.println("{\"msg\":\"forged\"} line " + i);
    }
  }
}
