package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.body.XmlPath;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.List;

/**
 * Variable lists: {@code ARGS|!ARGS:a|&REQUEST_HEADERS:/^x-/|XML:/*}. Immutable.
 *
 * @param targets what is looked at
 * @param exclusions what was marked with !
 */
record TargetParser(List<Target> targets, List<Target> exclusions) {
  /**
   * Parses a list.
   *
   * @throws IllegalArgumentException with the reason
   */
  static TargetParser parse(String text) {
    List<Target> targets = new ArrayList<>();
    List<Target> exclusions = new ArrayList<>();
    for (String part : split(text)) {
      if (part.isEmpty()) {
        throw new IllegalArgumentException("empty entry in variable list: " + text);
      }
      if (part.startsWith("!")) {
        exclusions.add(target(part.substring(1), false));
      } else if (part.startsWith("&")) {
        targets.add(target(part.substring(1), true));
      } else {
        targets.add(target(part, false));
      }
    }
    return new TargetParser(List.copyOf(targets), List.copyOf(exclusions));
  }

  /** One variable with its selector. */
  static Target target(String text, boolean count) {
    int separator = separator(text);
    String name = separator < 0 ? text : text.substring(0, separator);
    Variable variable = Variable.named(name.strip());
    if (variable == null) {
      throw new IllegalArgumentException("unknown variable: " + name);
    }
    if (separator < 0) {
      return new Target(variable, Selector.ALL, count);
    }
    String selector = unquote(text.substring(separator + 1).strip());
    boolean named = variable.shape() != Variable.Shape.SCALAR;
    if (!named) {
      throw new IllegalArgumentException(name + " has no named values: " + text);
    }
    boolean pattern = variable.shape() != Variable.Shape.XPATH;
    if (pattern) {
      return new Target(variable, Selector.parse(selector), count);
    }
    XmlPath.parse(selector);
    return new Target(variable, Selector.Named.of(selector), count);
  }

  private static int separator(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == ':' || text.charAt(i) == '.') {
        return i;
      }
    }
    return -1;
  }

  private static String unquote(String text) {
    boolean quoted = text.length() > 1 && text.startsWith("'") && text.endsWith("'");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  /** Splits at | and , outside of regexes and quotes. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    int at = 0;
    while (at <= text.length()) {
      char c = at < text.length() ? text.charAt(at) : '|';
      if (c == '|' || c == ',') {
        parts.add(text.substring(start, at).strip());
        start = ++at;
      } else if (c == ':' && at + 1 < text.length()) {
        at = skipSelector(text, start, at + 1);
      } else {
        at++;
      }
    }
    return parts;
  }

  private static int skipSelector(String text, int start, int at) {
    if (text.charAt(at) == '\'') {
      return closing(text, at + 1, '\'');
    }
    boolean xml = text.regionMatches(true, start, "XML", 0, 3);
    return !xml && text.charAt(at) == '/' ? closing(text, at + 1, '/') : at;
  }

  private static int closing(String text, int from, char quote) {
    for (int at = from; at < text.length(); at++) {
      if (text.charAt(at) == '\\') {
        at++;
      } else if (text.charAt(at) == quote) {
        return at + 1;
      }
    }
    throw new IllegalArgumentException("selector is not closed: " + text);
  }
}
