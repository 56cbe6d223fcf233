package dev.selvedge.edge.waf.lang;

import java.util.ArrayList;
import java.util.List;

/**
 * One entry of an action list: {@code name} or {@code name:value}. Immutable.
 *
 * @param name in lower case
 * @param value without its quotes; empty where there is none
 */
record ActionWord(String name, String value) {
  /**
   * Splits an action list at the commas outside of single quotes.
   *
   * @throws IllegalArgumentException where a quote is not closed or an entry is empty
   */
  static List<ActionWord> split(String text) {
    List<ActionWord> words = new ArrayList<>();
    int start = 0;
    boolean quoted = false;
    for (int at = 0; at <= text.length(); at++) {
      boolean end = at == text.length();
      char c = end ? ',' : text.charAt(at);
      if (!end && c == '\\') {
        at++;
      } else if (!end && c == '\'') {
        quoted = !quoted;
      } else if (c == ',' && (end || !quoted)) {
        if (quoted) {
          throw new IllegalArgumentException("a quote is not closed: " + text.substring(start));
        }
        String word = text.substring(start, Math.min(at, text.length())).strip();
        if (!word.isEmpty()) {
          words.add(word(word));
        } else if (!end) {
          throw new IllegalArgumentException("empty action in: " + text);
        }
        start = at + 1;
      }
    }
    return words;
  }

  private static ActionWord word(String text) {
    int separator = -1;
    for (int i = 0; i < text.length() && separator < 0; i++) {
      if (text.charAt(i) == ':' || text.charAt(i) == '=') {
        separator = i;
      }
    }
    if (separator < 0) {
      return new ActionWord(text.toLowerCase(java.util.Locale.ROOT), "");
    }
    String name = text.substring(0, separator).strip().toLowerCase(java.util.Locale.ROOT);
    return new ActionWord(name, unquote(text.substring(separator + 1).strip()));
  }

  static String unquote(String value) {
    if (value.length() < 2 || !value.startsWith("'") || !value.endsWith("'")) {
      return value;
    }
    return value.substring(1, value.length() - 1).replace("\\'", "'");
  }
}
