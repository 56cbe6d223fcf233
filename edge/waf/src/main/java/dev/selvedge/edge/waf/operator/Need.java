package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.rx.Rx;
import java.util.List;

/**
 * What a value must have for an operator to match it, as far as a prefilter can use it: where the
 * need is not met, the operator does not match. Immutable.
 */
public sealed interface Need {
  /** Nothing is known. */
  record Anything() implements Need {}

  /** The pattern occurs. */
  record Pattern(Rx rx) implements Need {}

  /** One of the words occurs, ASCII case aside; none is empty. */
  record Words(List<byte[]> words) implements Need {}

  /** One of these bytes occurs. */
  record OneOf(boolean[] bytes) implements Need {
    /** The bytes that a test is true for. */
    public static OneOf where(java.util.function.IntPredicate test) {
      boolean[] bytes = new boolean[256];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = test.test(i);
      }
      return new OneOf(bytes);
    }
  }

  /** {@link dev.selvedge.edge.waf.injection.SqlDetector} finds something. */
  record Sql() implements Need {}

  /** {@link dev.selvedge.edge.waf.injection.XssDetector} finds something. */
  record Xss() implements Need {}

  Need ANYTHING = new Anything();
}
