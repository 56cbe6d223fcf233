package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.regex.Regex;
import dev.selvedge.edge.waf.variable.Macro;

/** Comparisons of bytes with an expanded argument; case matters. Immutable. */
final class TextOperators {
  private TextOperators() {}

  /** An argument that holds no reference has to occur in the value, if it is not empty. */
  private static Operator needing(Macro argument, Operator operator) {
    return needing("", argument, "", operator);
  }

  /** The same where the place of the argument is known too. */
  private static Operator needing(String before, Macro argument, String behind, Operator operator) {
    byte[] word = argument.constant();
    if (word == null || word.length == 0) {
      return operator;
    }
    StringBuilder pattern = new StringBuilder(before);
    for (byte b : word) {
      pattern.append("\\x").append(Bytes.text(Bytes.hex(new byte[] {b})));
    }
    Regex regex = Regex.compile(pattern.append(behind).toString());
    return operator.needing(new Need.Pattern(regex.rx()));
  }

  static Operator beginsWith(String argument) {
    Macro macro = Macro.parse(argument);
    return needing(
        "\\A", macro, "", (value, context) -> Bytes.regionEquals(value, 0, macro.expand(context)));
  }

  static Operator endsWith(String argument) {
    Macro macro = Macro.parse(argument);
    return needing(
        "",
        macro,
        "\\z",
        (value, context) -> {
          byte[] end = macro.expand(context);
          return Bytes.regionEquals(value, value.length - end.length, end);
        });
  }

  static Operator contains(String argument) {
    Macro macro = Macro.parse(argument);
    return needing(macro, (value, context) -> Bytes.indexOf(value, macro.expand(context), 0) >= 0);
  }

  static Operator equal(String argument) {
    Macro macro = Macro.parse(argument);
    return needing(
        "\\A",
        macro,
        "\\z",
        (value, context) -> java.util.Arrays.equals(value, macro.expand(context)));
  }

  /** The value stands somewhere in the argument; an empty value always does. */
  static Operator within(String argument) {
    Macro macro = Macro.parse(argument);
    return (value, context) -> Bytes.indexOf(macro.expand(context), value, 0) >= 0;
  }

  static Operator containsWord(String argument) {
    Macro macro = Macro.parse(argument);
    return needing(macro, (value, context) -> hasWord(value, macro.expand(context)));
  }

  private static boolean hasWord(byte[] value, byte[] word) {
    if (word.length == 0) {
      return true;
    }
    for (int at = Bytes.indexOf(value, word, 0); at >= 0; at = Bytes.indexOf(value, word, at + 1)) {
      int end = at + word.length;
      boolean startsWord = at == 0 || boundary(value[at - 1]);
      if (startsWord && (end == value.length || boundary(value[end]))) {
        return true;
      }
    }
    return false;
  }

  /** Everything but a letter ends a word, digits too, as in libmodsecurity. */
  private static boolean boundary(byte b) {
    return !((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z'));
  }
}
