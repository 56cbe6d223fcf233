package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Welcome;

/**
 * What a connection to an agent tells its owner, always on the event loop. Each opened call is told
 * exactly one end: {@link #decided} with {@code over}, {@link #ended} or {@link #lost(Object,
 * Loss)}; none if the owner cancelled or completed it. Callbacks may use the channel.
 *
 * @param <C> the owner's own object for a call
 */
public interface AgentListener<C> {

  /**
   * The agent's decision on the request or the response. With {@link Decision#NEEDS_MORE}'s verdict
   * the body is wanted and another decision will come.
   *
   * @param over whether the call is over: its id must not be used again
   */
  void decided(C call, EventType event, Decision decision, boolean over);

  /**
   * What becomes of the oldest unanswered chunk.
   *
   * @param more whether another piece for the same chunk follows
   */
  void chunk(C call, ChunkResult result, boolean more);

  /** Body credit is there again, after {@link AgentChannel#bodyCredit} said 0. */
  void credit(C call);

  /** The agent gave the call up: its failure mode decides. */
  void ended(C call, String reason);

  /** The connection is gone with the call undecided: its failure mode decides. */
  void lost(C call, Loss loss);

  /** Calls may be opened (after configuration, if the agent is {@link #health healthy}). */
  void ready(Welcome welcome);

  void configured(Configured configured);

  void health(HealthReport report);

  /** The agent wants no further calls; those open are still answered. */
  void leaving();

  /** The connection is gone, all its calls were told; the last callback. */
  void lost(Loss loss);
}
