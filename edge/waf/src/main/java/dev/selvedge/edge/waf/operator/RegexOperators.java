package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.regex.Regex;
import dev.selvedge.edge.waf.variable.Macro;

/**
 * Regular expressions; with macros in the pattern it is compiled anew for each value. Immutable.
 */
final class RegexOperators {
  /** Matches of one value that @rxGlobal keeps at most. */
  private static final int GLOBAL_CAPTURES_MAX = 100;

  private RegexOperators() {}

  /** The first match counts; its groups become TX:0 to TX:n. */
  static Operator first(String argument) {
    Macro macro = Macro.parse(argument);
    if (macro.constant() != null) {
      Regex regex = Regex.compile(argument);
      Operator operator = (value, context) -> find(regex, value, context);
      return operator.needing(new Need.Pattern(regex.rx()));
    }
    return (value, context) -> {
      Regex regex = expanded(macro, context);
      return regex != null && find(regex, value, context);
    };
  }

  static @org.jspecify.annotations.Nullable Regex expanded(Macro macro, Operator.Context context) {
    String pattern = Bytes.text(macro.expand(context));
    try {
      return Regex.compile(pattern);
    } catch (IllegalArgumentException e) {
      if (context.trace().on()) {
        context.trace().line(3, "Error with regular expression: \"" + pattern + "\"");
      }
      return null;
    }
  }

  private static boolean find(Regex regex, byte[] value, Operator.Context context) {
    Regex.Search search = regex.search(context.matcher(regex.rx()));
    Regex.Found found = search.find(value, 0, context.regexSteps());
    if (found == Regex.Found.LIMIT) {
      context.regexLimit(regex.source());
    }
    if (found == Regex.Found.YES && context.capturing()) {
      capture(search, value, context, 0);
    }
    return found == Regex.Found.YES;
  }

  private static int capture(
      Regex.Search search, byte[] value, Operator.Context context, int firstGroup) {
    int kept = firstGroup;
    for (int group = 0; group < search.groups(); group++) {
      if (search.start(group) >= 0) {
        byte[] part = Bytes.slice(value, search.start(group), search.end(group));
        String text = context.trace().on() ? Bytes.text(part) : "";
        context
            .trace()
            .line(7, "Added regex subexpression TX." + (firstGroup + group) + ": " + text);
        context.capture(firstGroup + group, part);
        kept = firstGroup + group + 1;
      }
    }
    return kept;
  }

  /** Every match counts; their groups follow each other in TX:0 to TX:n. */
  static Operator all(String argument) {
    Regex regex = Regex.compile(argument);
    Operator operator =
        (value, context) -> {
          Regex.Search search = regex.search(context.matcher(regex.rx()));
          int from = 0;
          int group = 0;
          boolean found = false;
          while (from <= value.length && group < GLOBAL_CAPTURES_MAX) {
            Regex.Found outcome = search.find(value, from, context.regexSteps());
            if (outcome == Regex.Found.LIMIT) {
              context.regexLimit(regex.source());
            }
            if (outcome != Regex.Found.YES) {
              break;
            }
            found = true;
            if (context.capturing()) {
              group = capture(search, value, context, group);
            }
            from = search.end(0) > search.start(0) ? search.end(0) : search.end(0) + 1;
          }
          return found;
        };
    return operator.needing(new Need.Pattern(regex.rx()));
  }
}
