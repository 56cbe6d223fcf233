package dev.selvedge.edge.waf.injection;

/**
 * Whether an attribute's value is an address that carries code, however it is written: with blanks,
 * NULs, line feeds or numeric character references in between.
 *
 * <p>Named references are not decoded, and a reference beyond 0x1000FF is an ampersand. A decoded
 * character counts by its low eight bits. Linear; stateless.
 */
final class HtmlAddress {
  private static final String[] SCHEMES = {"DATA", "VIEW-SOURCE", "JAVA", "VBSCRIPT"};
  private static final int CHARACTER_MAX = 0x1000FF;
  private static final int NO_DIGIT = -1;

  private HtmlAddress() {}

  static boolean isHarmful(byte[] s, int at, int length) {
    int end = at + length;
    int from = at;
    while (from < end && (s[from] <= ' ' || s[from] == 0x7F)) {
      from++;
    }
    for (String scheme : SCHEMES) {
      if (startsWith(scheme, s, from, end)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(String scheme, byte[] s, int from, int end) {
    int at = from;
    int same = 0;
    while (at < end && same < scheme.length()) {
      long read = read(s, at, end);
      at = (int) (read >>> 32);
      int character = (int) read;
      boolean leading = same == 0 && character <= ' ';
      if (!leading && character != 0 && character != '\n') {
        int upper = character >= 'a' && character <= 'z' ? character - 32 : character;
        if ((byte) upper != scheme.charAt(same)) {
          return false;
        }
        same++;
      }
    }
    return same == scheme.length();
  }

  /**
   * One character, references decoded: the place after it in the upper half, itself in the lower.
   */
  private static long read(byte[] s, int at, int end) {
    if (s[at] != '&') {
      return pair(at + 1, s[at] & 0xFF);
    }
    if (at + 2 >= end || s[at + 1] != '#') {
      return pair(at + 1, '&');
    }
    boolean hex = (s[at + 2] | 0x20) == 'x';
    int first = hex ? at + 3 : at + 2;
    int base = hex ? 16 : 10;
    int i = first;
    int character = 0;
    while (i < end && digit(s[i], base) != NO_DIGIT) {
      character = character * base + digit(s[i], base);
      if (character > CHARACTER_MAX) {
        return pair(at + 1, '&');
      }
      i++;
    }
    if (i == first) {
      return pair(at + 1, '&');
    }
    return pair(i < end && s[i] == ';' ? i + 1 : i, character);
  }

  private static long pair(int after, int character) {
    return ((long) after << 32) | character;
  }

  private static int digit(byte b, int base) {
    return b < 0 ? NO_DIGIT : Character.digit(b, base);
  }
}
