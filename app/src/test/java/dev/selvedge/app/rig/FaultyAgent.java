package dev.selvedge.app.rig;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import java.util.ArrayList;
import java.util.List;

/**
 * An agent that fails as the last segment of a request's path says; it allows all other requests.
 */
public final class FaultyAgent implements InlineAgent {

  private static final int MIB = 1 << 20;

  private final List<byte[]> leaked = new ArrayList<>();

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
        default -> call.decideLast(Decision.ALLOW);
      }
    }
  }

  private static void wedge() {
    while (true) {
      Thread.onSpinWait();
    }
  }

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
