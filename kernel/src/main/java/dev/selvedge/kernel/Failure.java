package dev.selvedge.kernel;

import org.jspecify.annotations.Nullable;

/**
 * A failure of the outside world or a limit reached, as a value: what, whose fault, whether to try
 * again, and why. Immutable.
 *
 * @param detail for records and logs, never for clients; null where the code says it all
 * @param cause null where no exception is behind it
 */
public record Failure(FailureCode code, @Nullable String detail, @Nullable Throwable cause) {

  public static Failure of(FailureCode code) {
    return new Failure(code, null, null);
  }

  public static Failure of(FailureCode code, String detail) {
    return new Failure(code, detail, null);
  }

  public static Failure of(FailureCode code, Throwable cause) {
    return new Failure(code, cause.getMessage(), cause);
  }

  public FailureCode.Source source() {
    return code.source();
  }

  public boolean retryable() {
    return code.retryable();
  }
}
