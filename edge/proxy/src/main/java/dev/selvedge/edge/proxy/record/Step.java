package dev.selvedge.edge.proxy.record;

import java.util.Locale;

/**
 * What can happen to a request on its way, in the words of the decision record.
 *
 * <p>{@link #reference} says what the step's number points to.
 */
public enum Step {
  ROUTED(Reference.NAME),
  REFUSED(Reference.CODE),
  ANSWERED_BY(Reference.NAME),
  AGENT_QUEUED(Reference.NAME),
  AGENT_ASKED(Reference.NAME),
  AGENT_ALLOWED(Reference.NAME),
  AGENT_NEEDS_MORE(Reference.NAME),
  AGENT_BLOCKED(Reference.NAME),
  AGENT_REDIRECTED(Reference.NAME),
  AGENT_CHALLENGED(Reference.NAME),
  /** The agent did not decide; why stands in the next step. */
  AGENT_FAILED(Reference.NAME),
  /** No longer needed: an earlier agent of the route refused. */
  AGENT_CANCELLED(Reference.NAME),
  /** A field that an earlier agent set is set anew by this one. */
  AGENT_OVERRODE(Reference.NAME),
  /** What should have been checked was not, and the failure mode let it pass. */
  GAP(Reference.CODE),
  POOL_QUEUED(Reference.NAME),
  CONNECTING(Reference.NAME),
  CONNECTED(Reference.NAME),
  CONNECTION_REUSED(Reference.NAME),
  REQUEST_BODY_COMPLETE(Reference.NONE),
  FIRST_BYTE(Reference.STATUS),
  RETRIED(Reference.CODE),
  RESPONDED(Reference.STATUS),
  UPGRADED(Reference.NONE),
  FAILED(Reference.CODE);

  /** What the number beside a step means. */
  public enum Reference {
    NONE,
    /** Index into {@link Names}. */
    NAME,
    /** Ordinal of a {@link dev.selvedge.kernel.FailureCode}. */
    CODE,
    /** An HTTP status. */
    STATUS
  }

  private static final Step[] VALUES = values();

  private final Reference reference;
  private final String text = name().toLowerCase(Locale.ROOT);

  Step(Reference reference) {
    this.reference = reference;
  }

  public Reference reference() {
    return reference;
  }

  /** Lower-case name, as shown. */
  public String text() {
    return text;
  }

  /** The step with that ordinal. */
  public static Step of(int ordinal) {
    return VALUES[ordinal];
  }
}
