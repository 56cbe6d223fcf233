package dev.selvedge.edge.waf.injection;

/**
 * The kinds of SQL token, as small numbers so that a set of kinds is one {@code int}.
 *
 * <p>Each kind has the letter under which libinjection's published fingerprints name it. Immutable.
 */
final class Kind {
  static final int NONE = 0;
  static final int KEYWORD = 1;
  static final int UNION = 2;
  static final int GROUP = 3;
  static final int EXPRESSION = 4;
  static final int TYPE = 5;
  static final int FUNCTION = 6;
  static final int BAREWORD = 7;
  static final int NUMBER = 8;
  static final int VARIABLE = 9;
  static final int STRING = 10;
  static final int OPERATOR = 11;
  static final int LOGIC = 12;
  static final int COMMENT = 13;
  static final int COLLATE = 14;
  static final int OPEN = 15;
  static final int CLOSE = 16;
  static final int OPEN_BRACE = 17;
  static final int CLOSE_BRACE = 18;
  static final int DOT = 19;
  static final int COMMA = 20;
  static final int COLON = 21;
  static final int SEMICOLON = 22;
  static final int TSQL = 23;
  static final int UNKNOWN = 24;
  static final int EVIL = 25;
  static final int BACKSLASH = 26;

  private static final String LETTERS = "\0kUBEtfn1vso&cA(){}.,:;T?X\\";

  private Kind() {}

  /** The letter of a kind; NUL for {@link #NONE}. */
  static char letter(int kind) {
    return LETTERS.charAt(kind);
  }

  /** The kind that a letter names, or -1. */
  static int of(char letter) {
    return LETTERS.indexOf(letter);
  }

  static int set(int... kinds) {
    int set = 0;
    for (int kind : kinds) {
      set |= 1 << kind;
    }
    return set;
  }

  static boolean in(int kind, int set) {
    return ((set >>> kind) & 1) != 0;
  }
}
