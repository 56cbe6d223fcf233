package dev.selvedge.edge.config.kdl;

import static dev.selvedge.edge.config.kdl.KdlChars.END;

import java.util.ArrayList;
import java.util.List;

/** Reads quoted and raw strings of one and of several lines. Not thread-safe. */
final class KdlStrings {

  private static final String THREE_QUOTES = "\"\"\"";
  private static final int UNICODE_DIGITS_MAX = 6;

  private final KdlScanner scanner;

  KdlStrings(KdlScanner scanner) {
    this.scanner = scanner;
  }

  /** At a quote, with {@code hashes} already read; 0 hashes read escapes. */
  String read(Place start, int hashes) {
    String close = "#".repeat(hashes);
    if (!scanner.at(THREE_QUOTES)) {
      return singleLine(start, "\"" + close, hashes > 0);
    }
    scanner.take(THREE_QUOTES);
    if (!KdlChars.isNewline(scanner.peek())) {
      throw KdlScanner.error(
          start, "after \"\"\" the line must end; a string of one line has one quote at each end");
    }
    scanner.next();
    return dedented(start, lines(start, THREE_QUOTES + close, hashes > 0));
  }

  private String singleLine(Place start, String close, boolean raw) {
    StringBuilder out = new StringBuilder();
    scanner.next();
    while (!scanner.take(close)) {
      int c = scanner.peek();
      if (c == END || KdlChars.isNewline(c)) {
        throw KdlScanner.error(start, "this string is not closed by " + close + " on its line");
      }
      if (c == '\\' && !raw) {
        int escaped = escape();
        if (escaped != END) {
          out.appendCodePoint(escaped);
        }
      } else {
        out.appendCodePoint(scanner.next());
      }
    }
    return out.toString();
  }

  /** One line of a string, escapes already read. */
  private static final class Line {
    final Place place;
    final StringBuilder text = new StringBuilder();

    /** Spaces at the start that were written as such, not as escapes. */
    int indent;

    boolean blank = true;

    Line(Place place) {
      this.place = place;
    }

    void add(int c, boolean literal) {
      text.appendCodePoint(c);
      if (blank && literal && KdlChars.isSpace(c)) {
        indent++;
      } else {
        blank = false;
      }
    }
  }

  private List<Line> lines(Place start, String close, boolean raw) {
    List<Line> lines = new ArrayList<>();
    Line line = new Line(scanner.place());
    while (!scanner.take(close)) {
      int c = scanner.peek();
      if (c == END) {
        throw KdlScanner.fatal(start, "this string is never closed by " + close);
      }
      if (c == '\\' && !raw) {
        int escaped = escape();
        if (escaped != END) {
          line.add(escaped, false);
        }
      } else if (KdlChars.isNewline(scanner.next())) {
        lines.add(line);
        line = new Line(scanner.place());
      } else {
        line.add(c, true);
      }
    }
    lines.add(line);
    return lines;
  }

  /** Removes the last line's indent from all others; lines of spaces only become empty. */
  private static String dedented(Place start, List<Line> lines) {
    Line last = lines.getLast();
    if (!last.blank) {
      throw KdlScanner.error(
          start, "the closing \"\"\" of this string must stand on a line of its own");
    }
    String prefix = last.text.toString();
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size() - 1; i++) {
      Line line = lines.get(i);
      if (i > 0) {
        out.append('\n');
      }
      if (line.blank) {
        continue;
      }
      if (line.indent < prefix.length() || line.text.indexOf(prefix) != 0) {
        throw KdlScanner.error(
            line.place, "this line must begin with the same spaces as the closing \"\"\"");
      }
      out.append(line.text, prefix.length(), line.text.length());
    }
    return out.toString();
  }

  /** The code point that an escape stands for; {@link KdlChars#END} for escaped whitespace. */
  private int escape() {
    Place start = scanner.place();
    scanner.next();
    int c = scanner.peek();
    if (KdlChars.isSpace(c) || KdlChars.isNewline(c)) {
      while (KdlChars.isSpace(scanner.peek()) || KdlChars.isNewline(scanner.peek())) {
        scanner.next();
      }
      return END;
    }
    int value =
        switch (c) {
          case '"', '\\' -> c;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 's' -> ' ';
          case 'u' -> unicode(start);
          default -> END;
        };
    if (value == END) {
      throw KdlScanner.error(
          start, "after a \\ in a string one of \" \\ b f n r t s u{…} or a space must follow");
    }
    scanner.next();
    return value;
  }

  /** At the {@code u}; stops at the closing brace. */
  private int unicode(Place start) {
    scanner.next();
    int digits = 0;
    int value = 0;
    if (scanner.take("{")) {
      while (digits <= UNICODE_DIGITS_MAX && Character.digit(scanner.peek(), 16) >= 0) {
        value = value << 4 | Character.digit(scanner.next(), 16);
        digits++;
      }
    }
    if (digits == 0
        || digits > UNICODE_DIGITS_MAX
        || !scanner.at('}')
        || value > Character.MAX_CODE_POINT
        || (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE)) {
      throw KdlScanner.error(
          start, "\\u{…} takes 1 to 6 hex digits up to 10FFFF, surrogates excluded");
    }
    return value;
  }
}
