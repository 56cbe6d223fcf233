package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One head put to the agents of a route: asks them as the {@link Ballot} says, notes what each
 * advised, and tells its consultation once when the result stands. Reused. Confined to its event
 * loop.
 */
final class Round {

  private static final Decision NOTHING = Decision.ALLOW;

  private final Consultation owner;
  private final AgentPlan plan;
  private final EventType event;
  private final Target target;
  private final Ballot ballot = new Ballot();
  private final Decision[] decisions;
  private final @Nullable FailureCode[] failures;
  private final IntConsumer overrode;
  private boolean advancing;
  private boolean again;
  private boolean settled;

  Round(Consultation owner, AgentPlan plan, EventType event) {
    this.owner = owner;
    this.plan = plan;
    this.event = event;
    this.target = event == EventType.REQUEST_HEADERS ? Target.REQUEST : Target.RESPONSE;
    this.overrode = agent -> owner.step(agent, Step.AGENT_OVERRODE);
    this.decisions = new Decision[plan.count()];
    this.failures = new @Nullable FailureCode[plan.count()];
  }

  EventType event() {
    return event;
  }

  /** Asks those; the others have no say. */
  void begin(long voters) {
    for (int i = 0; i < decisions.length; i++) {
      decisions[i] = NOTHING;
      failures[i] = null;
    }
    settled = false;
    advancing = false;
    ballot.begin(plan.predecessors(), voters);
    advance();
  }

  /** Nobody waits for the result any more. */
  void close() {
    settled = true;
  }

  /** An agent's final decision. */
  void decided(int agent, Decision decision) {
    if (settled) {
      return;
    }
    decisions[agent] = decision;
    Vote vote =
        switch (decision.verdict()) {
          case Verdict.Allow _ -> Vote.ALLOW;
          case Verdict.Block _ -> Vote.BLOCK;
          case Verdict.Redirect _ -> Vote.REDIRECT;
          case Verdict.Challenge _ -> Vote.CHALLENGE;
          case Verdict.NeedsMore _ -> throw new IllegalStateException("not a decision");
        };
    owner.step(agent, step(vote));
    ballot.vote(agent, vote);
    advance();
  }

  /** Whether the result does not stand yet. */
  boolean open() {
    return !settled;
  }

  /**
   * An agent asked for the body.
   *
   * @param holds whether its decision is waited for; else it allows for now
   */
  void needsMore(int agent, boolean holds) {
    if (!settled) {
      if (!holds) {
        ballot.vote(agent, Vote.ALLOW);
      }
      advance();
    }
  }

  /** An agent is not waited for any more, though it did not decide. */
  void passed(int agent) {
    if (!settled) {
      ballot.vote(agent, Vote.ALLOW);
      advance();
    }
  }

  /** The proxy refuses on an agent's behalf, whatever its failure mode. */
  void refused(int agent, FailureCode why) {
    if (!settled) {
      failures[agent] = why;
      decisions[agent] = NOTHING;
      owner.step(agent, Step.AGENT_FAILED);
      ballot.vote(agent, Vote.BLOCK);
      advance();
    }
  }

  /** What an agent decided after the result stood; counts for what is still to come. */
  void decidedLate(int agent, Decision decision) {
    decisions[agent] = decision;
  }

  static Step step(Vote vote) {
    return switch (vote) {
      case ALLOW -> Step.AGENT_ALLOWED;
      case REDIRECT -> Step.AGENT_REDIRECTED;
      case CHALLENGE -> Step.AGENT_CHALLENGED;
      case FAILED_CLOSED -> Step.AGENT_FAILED;
      case BLOCK -> Step.AGENT_BLOCKED;
    };
  }

  /** An agent did not decide: its failure mode does. */
  void failed(int agent, FailureCode why) {
    if (settled) {
      return;
    }
    failures[agent] = why;
    owner.step(agent, Step.AGENT_FAILED);
    if (plan.failsOpen(agent)) {
      owner.gap(why);
      ballot.vote(agent, Vote.ALLOW);
    } else {
      ballot.vote(agent, Vote.FAILED_CLOSED);
    }
    advance();
  }

  /** Asks and cancels until nothing more follows from what is known; some answer while asked. */
  private void advance() {
    again = true;
    if (advancing) {
      return;
    }
    advancing = true;
    while (again && !settled) {
      again = false;
      for (long left = ballot.takeCancelled(); left != 0; left &= left - 1) {
        int agent = Long.numberOfTrailingZeros(left);
        owner.step(agent, Step.AGENT_CANCELLED);
        owner.cancel(agent);
      }
      for (long left = ballot.takeReady(); left != 0 && !settled; left &= left - 1) {
        owner.ask(Long.numberOfTrailingZeros(left), event);
      }
    }
    advancing = false;
    if (!settled && ballot.settled()) {
      settled = true;
      owner.settled(this);
    } else if (!settled) {
      owner.unsettled(this, ballot.pending());
    }
  }

  // ---- the result

  /** The agent whose refusal counts, or {@link Ballot#NOBODY}. */
  int winner() {
    return ballot.winner();
  }

  Vote vote(int agent) {
    return ballot.vote(agent);
  }

  Decision decision(int agent) {
    return decisions[agent];
  }

  FailureCode failure(int agent) {
    FailureCode why = failures[agent];
    return why == null ? FailureCode.AGENT_UNAVAILABLE : why;
  }

  /** Whether one of these agents asked for changes of its own kind of head. */
  boolean changesBy(long agents) {
    for (long left = agents; left != 0; left &= left - 1) {
      if (!decisions[Long.numberOfTrailingZeros(left)].mutations().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Makes these agents' changes, in the route's order. */
  void change(long agents, HttpHead head, Target wanted) {
    FieldMerge.of(decisions, agents, wanted, head);
  }

  /** Makes all changes, in the route's order, and notes where a later agent overrode one. */
  void changeAll(HttpHead head, Target wanted) {
    FieldMerge.all(decisions, wanted, head, overrode);
  }

  long predecessors(int agent) {
    return ballot.predecessors(agent);
  }

  Target target() {
    return target;
  }
}
