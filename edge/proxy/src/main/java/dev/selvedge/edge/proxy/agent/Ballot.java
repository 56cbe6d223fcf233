package dev.selvedge.edge.proxy.agent;

import java.util.Arrays;

/**
 * The merge of what several agents advise on one head, as a pure automaton: whom to ask, whom to
 * cancel, when it is settled and who wins. Its result does not depend on the order of arrival.
 *
 * <p>Agents are numbered in the route's order. The strictest vote wins, of equal ones the first in
 * order. A block settles all later agents, which can change nothing any more, so they are
 * cancelled; earlier ones are waited for, since one of them may block as well. A weaker refusal
 * cancels nobody: a later agent's block would be stricter. An agent ordered after others is asked
 * when they all allowed, and passed over if one refused or was passed over itself.
 *
 * <p>Sets of agents are bits of a long. Reused through {@link #begin}. Not thread-safe.
 */
public final class Ballot {

  /** Agents of one route. */
  static final int AGENTS_MAX = 64;

  public static final int NOBODY = -1;

  private final Vote[] votes = new Vote[AGENTS_MAX];
  private long[] after = {};
  private long all;
  private long asked;
  private long voted;
  private long allowed;
  private long passedOver;

  /**
   * Starts anew.
   *
   * @param predecessors for each agent those, earlier in order, that must have allowed before
   * @param voters those that are asked at all; the others allow
   */
  public void begin(long[] predecessors, long voters) {
    after = predecessors;
    all = predecessors.length == Long.SIZE ? -1L : (1L << predecessors.length) - 1;
    asked = all & ~voters;
    voted = asked;
    allowed = asked;
    passedOver = 0;
    Arrays.fill(votes, 0, predecessors.length, Vote.ALLOW);
  }

  /** The agents to be asked now, each named once. */
  public long takeReady() {
    long ready = 0;
    for (long left = all & ~(asked | passedOver); left != 0; left &= left - 1) {
      int agent = Long.numberOfTrailingZeros(left);
      if ((after[agent] & ~allowed) == 0) {
        ready |= 1L << agent;
      }
    }
    asked |= ready;
    return ready;
  }

  /** Agents asked whose vote is awaited. */
  long pending() {
    return asked & ~(voted | passedOver);
  }

  /** An agent that was asked has voted, or votes anew: its last vote counts. */
  public void vote(int agent, Vote vote) {
    long bit = 1L << agent;
    allowed &= ~bit;
    votes[agent] = vote;
    voted |= bit;
    if (vote == Vote.ALLOW) {
      allowed |= bit;
      return;
    }
    long gone = bit;
    for (int later = agent + 1; later < after.length; later++) {
      if ((after[later] & gone) != 0 && (asked & 1L << later) == 0) {
        gone |= 1L << later;
      }
    }
    passedOver |= gone & ~bit;
    if (vote == Vote.BLOCK) {
      passedOver |= all & -2L << agent & ~voted;
    }
  }

  /** Agents asked whose vote is not wanted any more, each named once. */
  long takeCancelled() {
    long cancelled = asked & passedOver & ~voted;
    asked &= ~cancelled;
    return cancelled;
  }

  /** Whether no vote to come can change the result. */
  boolean settled() {
    return (all & ~(voted | passedOver)) == 0;
  }

  /** The agent whose refusal counts, or {@link #NOBODY} where the head may pass. */
  public int winner() {
    int winner = NOBODY;
    for (long left = voted & ~allowed; left != 0; left &= left - 1) {
      int agent = Long.numberOfTrailingZeros(left);
      if (winner == NOBODY || votes[agent].compareTo(votes[winner]) > 0) {
        winner = agent;
      }
    }
    return winner;
  }

  Vote vote(int agent) {
    return votes[agent];
  }

  /** Those in front of that agent in the chain of {@code after}, theirs included. */
  public long predecessors(int agent) {
    long found = after[agent];
    for (long left = found; left != 0; ) {
      int one = 63 - Long.numberOfLeadingZeros(left);
      left &= ~(1L << one);
      long more = after[one] & ~found;
      found |= more;
      left |= more;
    }
    return found;
  }
}
