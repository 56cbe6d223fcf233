package dev.selvedge.edge.waf.injection;

/**
 * Reads literals: quoted strings of every dialect, bit and hex strings, dollar quotes, numbers.
 *
 * <p>Each method fills the token and answers the place after it, or {@link #NOT_ONE} where the
 * bytes are no such literal and nothing was filled. Every method is linear in what it consumes; the
 * two searches for a closing mark consume the whole rest where there is none, so they are never
 * repeated. Stateless.
 */
final class SqlLiterals {
  static final int NOT_ONE = -1;

  private SqlLiterals() {}

  /**
   * A string whose text begins at {@code text}: ends at the mark, unless an odd number of
   * backslashes stands before it or the mark is doubled.
   */
  static int quoted(byte[] s, int text, int end, byte mark, SqlToken token) {
    int at = SqlBytes.indexOf(s, text, end, mark);
    while (at >= 0) {
      if (escaped(s, text, at)) {
        at = SqlBytes.indexOf(s, at + 1, end, mark);
      } else if (at + 1 < end && s[at + 1] == mark) {
        at = SqlBytes.indexOf(s, at + 2, end, mark);
      } else {
        token.set(Kind.STRING, text, at - text);
        token.closed = mark;
        return at + 1;
      }
    }
    token.set(Kind.STRING, text, end - text);
    return end;
  }

  /** Runs of backslashes before two marks never overlap, so all calls together are linear. */
  private static boolean escaped(byte[] s, int text, int at) {
    int i = at;
    while (i > text && s[i - 1] == '\\') {
      i--;
    }
    return ((at - i) & 1) != 0;
  }

  /** What may start with one of b, e, n, q, u, x and a quote. */
  static int lettered(byte[] s, int pos, int end, SqlToken token) {
    return switch (s[pos] | 0x20) {
      case 'b' -> digits(s, pos, end, SqlBytes.BINARY_DIGIT, token);
      case 'x' -> digits(s, pos, end, SqlBytes.HEX_DIGIT, token);
      case 'e' -> prefixed(s, pos, end, token);
      case 'u' -> unicode(s, pos, end, token);
      case 'q' -> oracle(s, pos, end, token);
      default -> {
        int after = prefixed(s, pos, end, token);
        yield after == NOT_ONE ? oracle(s, pos + 1, end, token) : after;
      }
    };
  }

  private static boolean quoteFollows(byte[] s, int pos, int end) {
    return pos + 2 < end && s[pos + 1] == '\'';
  }

  /** {@code E'…'} of PostgreSQL, {@code N'…'} of MySQL. */
  private static int prefixed(byte[] s, int pos, int end, SqlToken token) {
    if (!quoteFollows(s, pos, end)) {
      return NOT_ONE;
    }
    token.opened = '\'';
    return quoted(s, pos + 2, end, (byte) '\'', token);
  }

  /** {@code U&'…'}. */
  private static int unicode(byte[] s, int pos, int end, SqlToken token) {
    if (pos + 2 >= end || s[pos + 1] != '&' || s[pos + 2] != '\'') {
      return NOT_ONE;
    }
    int after = quoted(s, pos + 3, end, (byte) '\'', token);
    token.opened = 'u';
    if (token.closed != 0) {
      token.closed = 'u';
    }
    return after;
  }

  /** {@code b'01'} and {@code x'0F'}: numbers. */
  private static int digits(byte[] s, int pos, int end, int digit, SqlToken token) {
    if (!quoteFollows(s, pos, end)) {
      return NOT_ONE;
    }
    int close = SqlBytes.skip(s, pos + 2, end, digit);
    if (close >= end || s[close] != '\'') {
      return NOT_ONE;
    }
    token.set(Kind.NUMBER, pos, close + 1 - pos);
    return close + 1;
  }

  /** Oracle's {@code q'[…]'} with the {@code q} at a place. */
  private static int oracle(byte[] s, int q, int end, SqlToken token) {
    if (q >= end || (s[q] | 0x20) != 'q' || !quoteFollows(s, q, end) || s[q + 2] <= ' ') {
      return NOT_ONE;
    }
    byte close =
        switch (s[q + 2]) {
          case '(' -> ')';
          case '[' -> ']';
          case '{' -> '}';
          case '<' -> '>';
          default -> s[q + 2];
        };
    int at = SqlBytes.indexOf(s, q + 3, end, close, (byte) '\'');
    token.opened = 'q';
    if (at < 0) {
      token.set(Kind.STRING, q + 3, end - q - 3);
      return end;
    }
    token.set(Kind.STRING, q + 3, at - q - 3);
    token.closed = 'q';
    return at + 2;
  }

  /**
   * What starts with a dollar sign: a sum of money, {@code $$…$$}, {@code $tag$…$tag$}, or the sign
   * alone. {@link #NOT_ONE} where it is the start of a word.
   */
  static int dollar(byte[] s, int pos, int end, SqlToken token) {
    int digits = SqlBytes.skip(s, pos + 1, end, SqlBytes.MONEY_DIGIT);
    if (digits == pos + 2 && s[pos + 1] == '.') {
      return NOT_ONE;
    }
    if (digits > pos + 1) {
      token.set(Kind.NUMBER, pos, digits - pos);
      return digits;
    }
    int tagEnd = SqlBytes.skip(s, pos + 1, end, SqlBytes.LETTER);
    if (tagEnd == end || s[tagEnd] != '$') {
      token.set(Kind.BAREWORD, pos, 1);
      return pos + 1;
    }
    int text = tagEnd + 1;
    int close = again(s, pos, text, end);
    token.opened = '$';
    if (close < 0) {
      token.set(Kind.STRING, text, end - text);
      return end;
    }
    token.set(Kind.STRING, text, close - text);
    token.closed = '$';
    return close + text - pos;
  }

  /**
   * Where the tag between {@code pos} and {@code text} stands again. A tag has no dollar sign
   * inside, so each try ends before the next one can begin: linear.
   */
  private static int again(byte[] s, int pos, int text, int end) {
    int length = text - pos;
    int at = SqlBytes.indexOf(s, text, end, (byte) '$');
    while (at >= 0 && at + length <= end) {
      int same = 1;
      while (same < length && s[at + same] == s[pos + same]) {
        same++;
      }
      if (same == length) {
        return at;
      }
      at = SqlBytes.indexOf(s, at + 1, end, (byte) '$');
    }
    return -1;
  }

  /** A number of any dialect, or a dot. */
  static int number(byte[] s, int pos, int end, SqlToken token) {
    if (s[pos] == '0' && pos + 1 < end) {
      int letter = s[pos + 1] | 0x20;
      if (letter == 'x' || letter == 'b') {
        int run = letter == 'x' ? SqlBytes.HEX_DIGIT : SqlBytes.BINARY_DIGIT;
        int after = SqlBytes.skip(s, pos + 2, end, run);
        token.set(after == pos + 2 ? Kind.BAREWORD : Kind.NUMBER, pos, after - pos);
        return after;
      }
    }
    int at = digits(s, pos, end);
    if (at < end && s[at] == '.') {
      at = digits(s, at + 1, end);
      if (at == pos + 1) {
        token.set(Kind.DOT, pos, 1);
        return at;
      }
    }
    int kind = Kind.NUMBER;
    if (at < end && (s[at] | 0x20) == 'e') {
      int exponent = at + 1;
      if (exponent < end && (s[exponent] == '+' || s[exponent] == '-')) {
        exponent++;
      }
      at = digits(s, exponent, end);
      kind = at == exponent ? Kind.BAREWORD : Kind.NUMBER;
    }
    at += suffix(s, at, end);
    token.set(kind, pos, at - pos);
    return at;
  }

  private static int digits(byte[] s, int at, int end) {
    int i = at;
    while (i < end && SqlBytes.isDigit(s[i])) {
      i++;
    }
    return i;
  }

  /**
   * Oracle's d or f after a number: one byte, if a blank, a semicolon, U(NION) or the end follows.
   */
  private static int suffix(byte[] s, int at, int end) {
    if (at >= end || ((s[at] | 0x20) != 'd' && (s[at] | 0x20) != 'f')) {
      return 0;
    }
    if (at + 1 == end) {
      return 1;
    }
    byte next = s[at + 1];
    return SqlBytes.in(next, SqlBytes.WHITE) || next == ';' || (next | 0x20) == 'u' ? 1 : 0;
  }
}
