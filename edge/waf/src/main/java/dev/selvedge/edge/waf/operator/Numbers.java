package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Macro;
import java.util.function.IntPredicate;

/** Comparisons of numbers; what is no number counts as 0. Immutable. */
final class Numbers {
  private Numbers() {}

  /** Equal numbers; one beyond 32 bits counts as 0, as libmodsecurity has it for @eq alone. */
  static Operator equal(String argument) {
    Macro macro = Macro.parse(argument);
    return (value, context) -> number(value) == number(macro.expand(context));
  }

  private static int number(byte[] text) {
    int n = Bytes.atoi(text);
    return n == Integer.MAX_VALUE || n == Integer.MIN_VALUE ? 0 : n;
  }

  static Operator compare(String argument, IntPredicate holds) {
    Macro macro = Macro.parse(argument);
    byte[] constant = macro.constant();
    if (constant != null) {
      int fixed = Bytes.atoi(constant);
      return (value, _) -> holds.test(Integer.compare(Bytes.atoi(value), fixed));
    }
    return (value, context) ->
        holds.test(Integer.compare(Bytes.atoi(value), Bytes.atoi(macro.expand(context))));
  }
}
