package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;

/** Agents for the contract suite. */
public final class ContractAgents {

  private ContractAgents() {}

  /** Subscribes to everything and reads all bodies. */
  public static Lifecycle everything() {
    return new InlineAgent() {
      @Override
      public AgentInfo info() {
        return AgentInfo.of(
            "everything",
            EventType.REQUEST_HEADERS,
            EventType.REQUEST_BODY,
            EventType.RESPONSE_HEADERS,
            EventType.RESPONSE_BODY,
            EventType.REQUEST_COMPLETE);
      }

      @Override
      public void event(AgentCall call, AgentEvent event, int flags) {
        boolean end = Flags.has(flags, Flags.END);
        switch (event) {
          case AgentEvent.RequestHeaders _, AgentEvent.ResponseHeaders _ -> {
            if (!Flags.has(flags, Flags.NO_REPLY)) {
              call.decide(end ? Decision.ALLOW : Decision.NEEDS_MORE);
            }
          }
          case AgentEvent.RequestBody _, AgentEvent.ResponseBody _ -> {
            if (end) {
              call.decide(Decision.ALLOW);
            }
          }
          case AgentEvent.RequestComplete _ -> {}
        }
      }
    };
  }

  /** Replaces request bodies by twice as much, on virtual threads. */
  public static Lifecycle replacing() {
    return new TestAgents.Doubling();
  }
}
