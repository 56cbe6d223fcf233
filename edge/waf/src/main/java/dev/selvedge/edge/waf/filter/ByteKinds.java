package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * The kinds of bytes, and of neighbours, that occur in a value, as bits of one {@code long}.
 *
 * <p>Kinds are those that some transformation or detector acts on; letter case makes no difference.
 * The low 32 bits tell which kinds occur, the high bits which neighbours do: one table look-up a
 * byte with the kind before it gathers both. Immutable.
 */
final class ByteKinds {
  /** Set for every value, so that what always acts can name it. */
  static final long EVERY = 1L << 63;

  /** Not of the value itself: set where the SQL detector has to be asked. */
  static final long MAYBE_SQL = 1L << 62;

  /** Not of the value itself: set where the detector of cross-site scripting has to be asked. */
  static final long MAYBE_XSS = 1L << 61;

  static final long DOUBLE_BLANK = 1L << 32;
  static final long EDGE_BLANK = 1L << 33;
  static final long BLANK_OPEN = 1L << 34;
  static final long DOUBLE_SLASH = 1L << 35;
  static final long SLASH_DOT = 1L << 36;
  static final long FIRST_DOT = 1L << 37;
  static final long SLASH_STAR = 1L << 38;
  static final long STAR_SLASH = 1L << 39;
  static final long DOUBLE_DASH = 1L << 40;
  static final long DOUBLE_DOT = 1L << 42;

  private static final int OTHER = 0;
  private static final int START = 1;
  private static final int LETTER = 2;
  private static final int LETTER_X = 3;
  private static final int DIGIT = 4;
  private static final int DIGIT_ZERO = 5;
  private static final int SPACE = 6;
  private static final int BLANK = 7;
  private static final int SLASH = 8;
  private static final int DOT = 9;
  private static final int STAR = 10;
  private static final int DASH = 11;
  private static final int HIGH = 12;
  private static final int NO_BREAK = 13;
  private static final int OPEN = 14;
  private static final int RISKY = 15;
  private static final int FIRST_SIGN = 16;

  /** Signs with a kind of their own. */
  private static final String SIGNS = "%+&\\\0\"'^`,;#<=>";

  /** Signs, besides those, that {@code cannotBeSql} fears. */
  private static final String RISKY_SIGNS = "$)@|";

  private static final byte[] KIND = new byte[256];
  private static final long[] MOVES = new long[32 * 32];

  static {
    for (int b = 0; b < 256; b++) {
      KIND[b] = (byte) classify(b);
    }
    for (int before = 0; before < 32; before++) {
      for (int kind = 0; kind < 32; kind++) {
        MOVES[before << 5 | kind] = EVERY | 1L << kind | neighbours(before, kind);
      }
    }
  }

  private ByteKinds() {}

  private static int classify(int b) {
    int sign = SIGNS.indexOf(b);
    if (sign >= 0) {
      return FIRST_SIGN + sign;
    }
    if (Bytes.isSpace(b)) {
      return b == ' ' ? SPACE : BLANK;
    }
    return switch (b) {
      case 'x', 'X' -> LETTER_X;
      case '0' -> DIGIT_ZERO;
      case '_' -> DIGIT;
      case '/' -> SLASH;
      case '.' -> DOT;
      case '*' -> STAR;
      case '-' -> DASH;
      case '(' -> OPEN;
      case 0xA0, 0xC2 -> NO_BREAK;
      default ->
          b > 0x7F
              ? HIGH
              : RISKY_SIGNS.indexOf(b) >= 0
                  ? RISKY
                  : Bytes.isDigit(b) ? DIGIT : Bytes.isAlnum(b) ? LETTER : OTHER;
    };
  }

  private static long neighbours(int before, int kind) {
    boolean blankBefore = before == SPACE || before == BLANK;
    boolean blank = kind == SPACE || kind == BLANK;
    long bits = 0;
    bits |= blankBefore && blank ? DOUBLE_BLANK : 0;
    bits |= blank && before == START ? EDGE_BLANK : 0;
    bits |= blankBefore && (kind == SLASH || kind == OPEN) ? BLANK_OPEN : 0;
    bits |= before == SLASH && kind == SLASH ? DOUBLE_SLASH : 0;
    bits |= before == SLASH && kind == DOT ? SLASH_DOT : 0;
    bits |= before == DOT && kind == DOT ? DOUBLE_DOT : 0;
    bits |= before == START && kind == DOT ? FIRST_DOT : 0;
    bits |= before == SLASH && kind == STAR ? SLASH_STAR : 0;
    bits |= before == STAR && kind == SLASH ? STAR_SLASH : 0;
    bits |= before == DASH && kind == DASH ? DOUBLE_DASH : 0;
    return bits;
  }

  /** What occurs in a value, and what detectors have to be asked. */
  static long of(byte[] value) {
    long mask = neighboursIn(value);
    mask |= cannotBeSql(mask) ? 0 : MAYBE_SQL;
    return cannotBeXss(mask) ? mask : mask | MAYBE_XSS;
  }

  private static long neighboursIn(byte[] value) {
    long mask = EVERY;
    int before = START;
    for (byte b : value) {
      int kind = KIND[b & 0xFF];
      mask |= MOVES[before << 5 | kind];
      before = kind;
    }
    return before == SPACE || before == BLANK ? mask | EDGE_BLANK : mask;
  }

  /** The kinds of these bytes; a kind is among them if one of its bytes is. */
  static long kindsOf(String bytes) {
    long mask = 0;
    for (int i = 0; i < bytes.length(); i++) {
      mask |= 1L << KIND[bytes.charAt(i)];
    }
    return mask;
  }

  /** The same for a table of bytes. */
  static long kindsOf(boolean[] bytes) {
    long mask = 0;
    for (int b = 0; b < 256; b++) {
      mask |= bytes[b] ? 1L << KIND[b] : 0;
    }
    return mask;
  }

  private static final long LETTERS = 1L << LETTER | 1L << LETTER_X;
  private static final long SQL_RISK = kindsOf("'\"`$()@#&|-*");
  private static final long WORDS =
      LETTERS | 1L << DIGIT | 1L << DIGIT_ZERO | 1L << HIGH | 1L << NO_BREAK;

  /** Whether letters or digits are among the kinds, which nearly every value has. */
  static boolean common(long kinds) {
    return (kinds & (LETTERS | 1L << DIGIT | 1L << DIGIT_ZERO)) != 0;
  }

  /** As {@link dev.selvedge.edge.waf.injection.ByteClasses#cannotBeSql}. */
  static boolean cannotBeSql(long mask) {
    long kinds = mask & 0xFFFF_FFFFL;
    boolean letters = (kinds & LETTERS) != 0;
    // of the two bytes of NO_BREAK one is a word byte and the other a separator
    boolean separators = (kinds & (~WORDS | 1L << NO_BREAK)) != 0;
    return (kinds & SQL_RISK) == 0 && !(letters && separators);
  }

  /** As {@link dev.selvedge.edge.waf.injection.ByteClasses#cannotBeXss}. */
  static boolean cannotBeXss(long mask) {
    return (mask & XSS_RISK) == 0;
  }

  private static final long XSS_RISK = kindsOf("<=");
}
