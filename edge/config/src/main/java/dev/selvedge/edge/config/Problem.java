package dev.selvedge.edge.config;

import org.jspecify.annotations.Nullable;

/**
 * One mistake of an operator, as it is shown. Immutable.
 *
 * @param file as named on the command line, or by the include that reached it
 * @param line from 1
 * @param column in code points, from 1
 * @param message one sentence without a full stop
 * @param suggestion what was probably meant, as it would be written
 */
public record Problem(
    String file, int line, int column, String message, @Nullable String suggestion) {

  /** {@code file:line:column: message (did you mean "…"?)}. */
  @Override
  public String toString() {
    String text = file + ":" + line + ":" + column + ": " + message;
    return suggestion == null ? text : text + " (did you mean \"" + suggestion + "\"?)";
  }
}
