package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Macro;
import java.util.function.IntPredicate;

/** Comparisons of numbers; what is no number counts as 0. Immutable. */
final class Numbers {
  private Numbers() {}

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
