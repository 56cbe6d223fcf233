package dev.selvedge.edge.protocol;

import java.util.List;

/** What the proxy says to an agent. Immutable; call id and flags travel beside it. */
public sealed interface ToAgent permits ToAgent.Control, AgentEvent {

  /** All but the events. */
  sealed interface Control extends ToAgent {}

  /**
   * The first message.
   *
   * @param events set of {@link EventType#bit} the proxy can send
   * @param features set of {@link Features} bits the proxy knows
   * @param callCredit bytes of replaced chunks of one call the proxy takes ahead
   * @param callsMax calls the proxy will open at once
   * @param name the agent's name in the proxy's configuration
   */
  record Hello(
      int versionMin,
      int versionMax,
      int events,
      int features,
      int callCredit,
      int connectionCredit,
      int callsMax,
      String name)
      implements Control {}

  /** The agent's configuration block; always the next message after the handshake. */
  record Configure(int revision, String file, List<ConfigNode> nodes) implements Control {
    public Configure {
      nodes = List.copyOf(nodes);
    }
  }

  /** Asks how the agent is. */
  record Health(long nonce) implements Control {}

  /** No further call will be opened; the agent closes after the last one. */
  record Drain() implements Control {}

  /** The answer to the call is no longer wanted; confirmed by {@link ToProxy.Ended}. */
  record Cancel() implements Control {}

  /** The proxy consumed replaced bytes: so many more may be sent. Call 0 is the connection. */
  record ProxyCredit(int bytes) implements Control {}
}
