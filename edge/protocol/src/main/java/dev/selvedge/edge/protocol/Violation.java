package dev.selvedge.edge.protocol;

import java.util.Locale;

/** How a peer can break the protocol; each ends the connection. Stable names. Immutable. */
public enum Violation {
  BAD_MAGIC,
  VERSION_REFUSED,
  FRAME_TOO_LARGE,
  CHUNK_TOO_LARGE,
  /** A field reaches past the end of its frame, or a number past its range. */
  MALFORMED,
  UNKNOWN_CRITICAL,
  /** Wrong direction, before the handshake, or not allowed in the call's state. */
  UNEXPECTED,
  UNKNOWN_CALL,
  DOUBLE_DECISION,
  /** A decision about an event that was not asked about. */
  WRONG_EVENT,
  ENDLESS_NEEDS_MORE,
  UNEXPECTED_CHUNK_RESULT,
  BAD_STATUS,
  BAD_FIELD_NAME,
  BAD_FIELD_VALUE,
  FORBIDDEN_FIELD,
  TOO_MANY,
  CREDIT_EXCEEDED,
  CREDIT_OVERFLOW,
  /** The peer leaves unread what it asked for. */
  NOT_READING,
  /** More messages than anything on this connection can be about. */
  FLOOD,
  /** The agent answers, but leaves a cancelled call open. */
  CANCEL_IGNORED;

  /** The stable text with which everything said about it begins: {@code frame_too_large}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  public ProtocolViolation because(String detail) {
    return new ProtocolViolation(this, detail);
  }
}
