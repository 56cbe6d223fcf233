package dev.selvedge.bench;

/** The benchmark cannot go on for a reason that one line explains; the program exits with 1. */
public final class BenchException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The line that is shown. */
  public BenchException(String message) {
    super(message);
  }
}
