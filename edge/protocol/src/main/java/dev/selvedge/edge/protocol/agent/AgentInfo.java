package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Features;

/**
 * What an agent says about itself in the handshake. Immutable.
 *
 * @param events set of {@link EventType#bit}
 * @param features set of {@link Features} bits
 * @param callsMax calls it takes at once on one connection
 */
public record AgentInfo(String name, int events, int features, int callsMax) {

  private static final int CALLS_DEFAULT = 1_000;

  public static AgentInfo of(String name, EventType... events) {
    int set = 0;
    for (EventType event : events) {
      set |= event.bit();
    }
    return new AgentInfo(name, set, 0, CALLS_DEFAULT);
  }

  /** The agent answers each chunk of that body with pass, replace or drop. */
  public AgentInfo replacing(EventType body) {
    int feature =
        body == EventType.REQUEST_BODY
            ? Features.REPLACES_REQUEST_BODY
            : Features.REPLACES_RESPONSE_BODY;
    return new AgentInfo(name, events | body.bit(), features | feature, callsMax);
  }

  public AgentInfo callsMax(int calls) {
    return new AgentInfo(name, events, features, calls);
  }

  boolean replaces(EventType body) {
    int feature =
        body == EventType.REQUEST_BODY
            ? Features.REPLACES_REQUEST_BODY
            : Features.REPLACES_RESPONSE_BODY;
    return (features & feature) != 0;
  }
}
