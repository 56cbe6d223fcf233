package dev.selvedge.edge.waf.rx;

/** A place in a pattern's text; each char is one byte. Not thread-safe. */
final class Cursor {

  static final int END = -1;

  private final String text;
  private int at;

  Cursor(String text) throws RxSyntaxException {
    this.text = text;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        throw new RxSyntaxException(i, "the pattern is not bytes: read rule files as Latin-1");
      }
    }
  }

  int at() {
    return at;
  }

  void back(int offset) {
    at = offset;
  }

  boolean atEnd() {
    return at >= text.length();
  }

  /** The next char, or {@link #END}. */
  int peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  boolean sees(String expected) {
    return text.startsWith(expected, at);
  }

  boolean accept(String expected) {
    boolean seen = sees(expected);
    if (seen) {
      at += expected.length();
    }
    return seen;
  }

  boolean accept(char expected) {
    boolean seen = peek() == expected;
    if (seen) {
      at++;
    }
    return seen;
  }

  int next(String missing) throws RxSyntaxException {
    if (atEnd()) {
      throw error(missing);
    }
    return text.charAt(at++);
  }

  /** The text up to the terminator, which is passed over. */
  String until(char terminator, String missing) throws RxSyntaxException {
    int end = text.indexOf(terminator, at);
    if (end < 0) {
      throw error(missing);
    }
    String found = text.substring(at, end);
    at = end + 1;
    return found;
  }

  /**
   * Digits of a radix as a number, none as -1. Stops after {@code digitsMax} digits.
   *
   * @throws RxSyntaxException if the number is over {@code valueMax}
   */
  int number(int radix, int digitsMax, int valueMax, String tooLarge) throws RxSyntaxException {
    int start = at;
    int value = 0;
    while (at < text.length() && at - start < digitsMax && digit(radix) >= 0) {
      value = value * radix + digit(radix);
      at++;
      if (value > valueMax) {
        throw error(tooLarge);
      }
    }
    return at == start ? -1 : value;
  }

  private int digit(int radix) {
    char c = text.charAt(at);
    return c < 0x80 ? Character.digit(c, radix) : -1;
  }

  RxSyntaxException error(String message) {
    return new RxSyntaxException(Math.min(at, text.length()), message);
  }
}
