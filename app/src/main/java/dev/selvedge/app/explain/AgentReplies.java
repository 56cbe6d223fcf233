package dev.selvedge.app.explain;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Decision;

/** Asks agents, wherever they are, about one request. */
public interface AgentReplies {

  /** What came of asking. */
  sealed interface Reply {

    /** Its final decision. */
    record Decided(Decision decision) implements Reply {}

    /** It did not decide: its failure mode does. */
    record Failed(String reason) implements Reply {}

    /** It was not asked, so nobody knows. */
    record NotAsked(String why) implements Reply {}
  }

  /**
   * Asks one agent; blocks.
   *
   * @param body what the agent may see of the request's body
   */
  Reply ask(AgentConfig agent, RequestHeaders request, byte[] body) throws InterruptedException;
}
