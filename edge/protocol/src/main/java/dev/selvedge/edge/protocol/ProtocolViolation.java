package dev.selvedge.edge.protocol;

/** A peer broke the protocol. The only exception a codec throws; without stack trace, so cheap. */
public final class ProtocolViolation extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final Violation violation;

  ProtocolViolation(Violation violation, String detail) {
    super(violation.code() + ": " + detail, null, false, false);
    this.violation = violation;
  }

  public Violation violation() {
    return violation;
  }
}
