package dev.selvedge.edge.waf.rx;

/** A pattern that is malformed, or that uses what this engine does not know. Immutable. */
public final class RxSyntaxException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int offset;

  public RxSyntaxException(int offset, String message) {
    super(message);
    this.offset = offset;
  }

  /** Where in the pattern, in bytes from its start. */
  public int offset() {
    return offset;
  }
}
