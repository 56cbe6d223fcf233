package dev.selvedge.edge.protocol;

import java.util.List;

/** What an agent says to the proxy. Immutable; call id and flags travel beside it. */
public sealed interface ToProxy {

  /**
   * Answers {@link ToAgent.Hello}.
   *
   * @param version the one both will speak; 0 where none fits
   * @param events set of {@link EventType#bit} the agent wants
   * @param features set of {@link Features} bits
   * @param callCredit body bytes of one call the agent takes ahead
   * @param callsMax calls the agent takes at once on this connection
   */
  record Welcome(
      int version,
      int events,
      int features,
      int callCredit,
      int connectionCredit,
      int callsMax,
      String name)
      implements ToProxy {}

  /** Answers {@link ToAgent.Configure}: no problem means it acts. */
  record Configured(int revision, List<ConfigProblem> problems) implements ToProxy {
    public Configured {
      problems = List.copyOf(problems);
    }
  }

  /** Answers {@link ToAgent.Health}. */
  record HealthReport(long nonce, State state, String text) implements ToProxy {

    /** Codes are ordinals. */
    public enum State {
      HEALTHY,
      /** Not yet configured or warm. */
      WARMING,
      DRAINING,
      UNHEALTHY
    }
  }

  /** The agent wants to leave: open no more calls. Those open are still answered. */
  record Leaving() implements ToProxy {}

  /** The agent consumed body bytes: so many more may be sent. Call 0 is the connection. */
  record AgentCredit(int bytes) implements ToProxy {}

  /**
   * Answers an event of a call.
   *
   * @param event {@link EventType#REQUEST_HEADERS} for the request, {@link
   *     EventType#RESPONSE_HEADERS} for the response; also after body chunks
   */
  record Decided(EventType event, Decision decision) implements ToProxy {}

  /** What becomes of one body chunk; one per chunk, in order, from agents that replace bodies. */
  @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
  record ChunkResult(EventType event, Op op, byte[] data) implements ToProxy {

    /** Codes are ordinals. */
    public enum Op {
      PASS,
      REPLACE,
      DROP
    }
  }

  /**
   * Ends a call without a decision: confirms a cancel, or says that the agent cannot answer.
   *
   * @param reason empty for a cancel
   */
  record Ended(String reason) implements ToProxy {}
}
