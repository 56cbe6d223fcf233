package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Place;
import org.jspecify.annotations.Nullable;

/**
 * What stands after a backslash, the same inside and outside classes where PCRE2 says so. Not
 * thread-safe.
 */
final class EscapeParser {

  private static final int BYTE_MAX = 0xFF;
  private static final String TOO_LARGE = "character value over \\xff";

  private final Cursor in;

  EscapeParser(Cursor in) {
    this.in = in;
  }

  /** The assertion that stands here, passed over; or null, nothing consumed. */
  @Nullable Place place() throws RxSyntaxException {
    Place place =
        switch (in.peek()) {
          case 'b' -> Place.WORD_BOUNDARY;
          case 'B' -> Place.NOT_WORD_BOUNDARY;
          case 'A' -> Place.TEXT_START;
          case 'z' -> Place.TEXT_END;
          case 'Z' -> Place.FINAL_LINE_END;
          case 'G' -> Place.SEARCH_START;
          default -> null;
        };
    if (place != null) {
      in.next("");
    }
    return place;
  }

  /** The set of a class escape, passed over; or null, nothing consumed. */
  @Nullable ByteSet set() throws RxSyntaxException {
    ByteSet set =
        switch (in.peek()) {
          case 'd' -> ByteSet.DIGIT;
          case 'D' -> ByteSet.DIGIT.complement();
          case 'w' -> ByteSet.WORD;
          case 'W' -> ByteSet.WORD.complement();
          case 's' -> ByteSet.SPACE;
          case 'S' -> ByteSet.SPACE.complement();
          case 'h' -> ByteSet.HORIZONTAL;
          case 'H' -> ByteSet.HORIZONTAL.complement();
          case 'v' -> ByteSet.VERTICAL;
          case 'V' -> ByteSet.VERTICAL.complement();
          case 'N' -> ByteSet.NEWLINE.complement();
          default -> null;
        };
    if (set != null) {
      in.next("");
      if (in.sees("{U+")) {
        throw in.error("\\N{U+ is not supported");
      }
    }
    return set;
  }

  /** A single byte, however it is written. */
  int character(boolean inClass) throws RxSyntaxException {
    int c = in.next("\\ at end of pattern");
    return switch (c) {
      case 'a' -> 0x07;
      case 'e' -> 0x1B;
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'x' -> hexadecimal();
      case 'o' -> {
        if (!in.accept('{')) {
          throw in.error("missing { after \\o");
        }
        yield braced(8);
      }
      case 'c' -> control();
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        in.back(in.at() - 1);
        yield in.number(8, 3, BYTE_MAX, TOO_LARGE);
      }
      case '8', '9' -> c;
      default -> {
        if (inClass && c == 'b') {
          yield '\b';
        }
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
          in.back(in.at() - 1);
          throw in.error("\\" + (char) c + " is not supported here");
        }
        yield c;
      }
    };
  }

  private int hexadecimal() throws RxSyntaxException {
    if (in.accept('{')) {
      return braced(16);
    }
    return Math.max(0, in.number(16, 2, BYTE_MAX, TOO_LARGE));
  }

  private int braced(int radix) throws RxSyntaxException {
    int value = in.number(radix, Integer.MAX_VALUE, BYTE_MAX, TOO_LARGE);
    if (value < 0 || !in.accept('}')) {
      throw in.error("digits and } expected in \\x{} or \\o{}");
    }
    return value;
  }

  private int control() throws RxSyntaxException {
    int c = in.next("\\c at end of pattern");
    if (c < 0x20 || c > 0x7E) {
      throw in.error("\\c must be followed by a printable ASCII character");
    }
    return Character.toUpperCase(c) ^ 0x40;
  }
}
