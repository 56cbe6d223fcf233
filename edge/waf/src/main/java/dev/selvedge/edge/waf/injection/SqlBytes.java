package dev.selvedge.edge.waf.injection;

/**
 * What each byte means to the SQL tokenizer: where a token that starts with it leads, and which
 * runs it belongs to.
 *
 * <p>NUL counts as a member of every run of literals and ends every word, as in a C string search
 * for the terminator; values are judged alike only with that. Bytes above 0x7F are word bytes, but
 * 0xA0 is a blank (Latin-1). Immutable.
 */
final class SqlBytes {
  // Where a token that starts with the byte leads.
  static final byte BLANK = 0;
  static final byte WORD = 1;
  static final byte NUMBER = 2;
  static final byte OPERATOR = 3;
  static final byte OPERATOR_PAIR = 4;
  static final byte SIGN = 5;
  static final byte UNKNOWN = 6;
  static final byte QUOTE = 7;
  static final byte HASH = 8;
  static final byte DASH = 9;
  static final byte SLASH = 10;
  static final byte BACKSLASH = 11;
  static final byte MONEY = 12;
  static final byte VARIABLE = 13;
  static final byte TICK = 14;
  static final byte BRACKET = 15;
  static final byte LETTER_OF_LITERAL = 16;

  // Which runs the byte belongs to.
  static final int WORD_END = 1;
  static final int VARIABLE_END = 1 << 1;
  static final int BINARY_DIGIT = 1 << 2;
  static final int HEX_DIGIT = 1 << 3;
  static final int MONEY_DIGIT = 1 << 4;
  static final int LETTER = 1 << 5;
  static final int WHITE = 1 << 6;
  static final int WORD_SPLIT = 1 << 7;

  private static final byte[] ROUTES = new byte[256];
  private static final byte[] RUNS = new byte[256];

  private static final String DIGITS = "0123456789";
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String WHITES = " \t\n\u000B\f\r\u00A0\0";
  private static final String ENDS = "<>:\\?=@!#~+-*/&|^%(),';\" \t\n\u000B\f\r\0";

  static {
    for (int b = 0; b < 256; b++) {
      ROUTES[b] = b <= ' ' || b == 0x7F || b == 0xA0 ? BLANK : WORD;
    }
    route(DIGITS + ".", NUMBER);
    route("%+^~", OPERATOR);
    route("!&*:<=>|", OPERATOR_PAIR);
    route("(),;{}", SIGN);
    route("?]", UNKNOWN);
    route("'\"", QUOTE);
    route("#", HASH);
    route("-", DASH);
    route("/", SLASH);
    route("\\", BACKSLASH);
    route("$", MONEY);
    route("@", VARIABLE);
    route("`", TICK);
    route("[", BRACKET);
    route("BENQUXbenqux", LETTER_OF_LITERAL);
    run(ENDS + "[]{}\u00A0", WORD_END);
    run(ENDS + "`", VARIABLE_END);
    run("01\0", BINARY_DIGIT);
    run(DIGITS + "ABCDEFabcdef\0", HEX_DIGIT);
    run(DIGITS + ".,\0", MONEY_DIGIT);
    run(LETTERS + "\0", LETTER);
    run(WHITES, WHITE);
    run(".`", WORD_SPLIT);
  }

  private SqlBytes() {}

  private static void route(String bytes, byte where) {
    for (int i = 0; i < bytes.length(); i++) {
      ROUTES[bytes.charAt(i)] = where;
    }
  }

  private static void run(String bytes, int run) {
    for (int i = 0; i < bytes.length(); i++) {
      RUNS[bytes.charAt(i)] |= (byte) run;
    }
  }

  static byte route(byte b) {
    return ROUTES[b & 0xFF];
  }

  static int runs(byte b) {
    return RUNS[b & 0xFF];
  }

  static boolean in(byte b, int run) {
    return (RUNS[b & 0xFF] & run) != 0;
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** The first place from {@code at} whose byte is not of a run. */
  static int skip(byte[] s, int at, int end, int run) {
    int i = at;
    while (i < end && in(s[i], run)) {
      i++;
    }
    return i;
  }

  /** The first place of a byte, or -1. */
  static int indexOf(byte[] s, int at, int end, byte wanted) {
    for (int i = at; i < end; i++) {
      if (s[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** The first place of two bytes in a row, or -1. */
  static int indexOf(byte[] s, int at, int end, byte first, byte second) {
    for (int i = at; i < end - 1; i++) {
      if (s[i] == first && s[i + 1] == second) {
        return i;
      }
    }
    return -1;
  }
}
