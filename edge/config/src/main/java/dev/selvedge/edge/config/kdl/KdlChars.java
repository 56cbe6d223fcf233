package dev.selvedge.edge.config.kdl;

/** The character classes of the specification (its tables "Whitespace" and "Newline"). */
final class KdlChars {

  /** Stands for the end of the text where a code point is expected. */
  static final int END = -1;

  private KdlChars() {}

  static boolean isSpace(int c) {
    return switch (c) {
      case 0x09, 0x20, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000 -> true;
      default -> c >= 0x2000 && c <= 0x200A;
    };
  }

  static boolean isNewline(int c) {
    return switch (c) {
      case '\n', '\r', 0x0B, 0x0C, 0x85, 0x2028, 0x2029 -> true;
      default -> false;
    };
  }

  /** Code points that may not stand anywhere in a text (a byte order mark may, as the first). */
  static boolean isDisallowed(int c) {
    return (c >= 0 && c <= 0x08)
        || (c >= 0x0E && c <= 0x1F)
        || c == 0x7F
        || (c >= 0xD800 && c <= 0xDFFF)
        || c == 0x200E
        || c == 0x200F
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0xFEFF;
  }

  static boolean isIdentifier(int c) {
    return c != END
        && "\\/(){};[]\"#=".indexOf(c) < 0
        && !isSpace(c)
        && !isNewline(c)
        && !isDisallowed(c);
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
