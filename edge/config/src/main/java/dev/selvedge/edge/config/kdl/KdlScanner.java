package dev.selvedge.edge.config.kdl;

import static dev.selvedge.edge.config.kdl.KdlChars.END;

/**
 * Walks over a text code point by code point, counting places, and knows what may stand between
 * tokens: spaces, comments, continued lines. Refuses code points that KDL allows nowhere. Not
 * thread-safe.
 */
final class KdlScanner {

  /** Ends the reading of one node; {@link KdlParser} turns it into a {@link SyntaxError}. */
  static final class SyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final transient SyntaxError error;
    final boolean fatal;

    SyntaxException(SyntaxError error, boolean fatal) {
      super(error.message(), null, false, false);
      this.error = error;
      this.fatal = fatal;
    }
  }

  /** A position to return to. */
  record Mark(int offset, int line, int column) {}

  private final Source source;
  private final String text;
  private int offset;
  private int line = 1;
  private int column = 1;

  KdlScanner(Source source, String text) {
    this.source = source;
    this.text = text;
    if (text.startsWith("\uFEFF")) {
      offset = 1;
    }
  }

  Place place() {
    return new Place(source, line, column);
  }

  Mark mark() {
    return new Mark(offset, line, column);
  }

  void reset(Mark mark) {
    offset = mark.offset;
    line = mark.line;
    column = mark.column;
  }

  /** The next code point, or {@link KdlChars#END}. */
  int peek() {
    return offset < text.length() ? text.codePointAt(offset) : END;
  }

  boolean at(String token) {
    return text.startsWith(token, offset);
  }

  boolean at(char c) {
    return offset < text.length() && text.charAt(offset) == c;
  }

  boolean take(String token) {
    if (!at(token)) {
      return false;
    }
    for (int i = 0; i < token.length(); i++) {
      next();
    }
    return true;
  }

  /** Consumes a code point; CR LF counts as one newline and comes as LF. */
  int next() {
    int c = peek();
    if (KdlChars.isDisallowed(c)) {
      throw error(
          place(), "the character U+" + String.format("%04X", c) + " is not allowed in a file");
    }
    return skip();
  }

  /** Like {@link #next()}, but takes what is not allowed too: for finding the next good line. */
  int skip() {
    int c = peek();
    offset += Character.charCount(c);
    if (c == '\r' && at('\n')) {
      offset++;
      c = '\n';
    }
    if (c == '\n' || c == '\r') {
      line++;
      column = 1;
    } else {
      column++;
    }
    return c;
  }

  static SyntaxException error(Place place, String message) {
    return new SyntaxException(new SyntaxError(place, message), false);
  }

  /** For errors after which nothing can be understood. */
  static SyntaxException fatal(Place place, String message) {
    return new SyntaxException(new SyntaxError(place, message), true);
  }

  /** Spaces and block comments; says whether there were any. */
  boolean space() {
    boolean any = false;
    while (true) {
      if (KdlChars.isSpace(peek())) {
        next();
      } else if (at("/*")) {
        blockComment();
      } else {
        return any;
      }
      any = true;
    }
  }

  /** What may stand within a node: spaces, block comments, continued lines. */
  boolean nodeSpace() {
    boolean any = space();
    while (at('\\')) {
      Place start = place();
      next();
      space();
      if (!lineEnd() && peek() != END) {
        throw error(start, "after a \\ outside of a string only a comment or the line's end fits");
      }
      space();
      any = true;
    }
    return any;
  }

  /** What may stand between nodes: all of the above, newlines and line comments. */
  void lineSpace() {
    boolean more = true;
    while (more) {
      more = nodeSpace() || lineEnd();
    }
  }

  /** A newline, or a line comment to its end. */
  boolean lineEnd() {
    if (KdlChars.isNewline(peek())) {
      next();
      return true;
    }
    if (!at("//")) {
      return false;
    }
    while (peek() != END && !KdlChars.isNewline(peek())) {
      next();
    }
    if (peek() != END) {
      next();
    }
    return true;
  }

  private void blockComment() {
    Place start = place();
    int depth = 0;
    do {
      if (peek() == END) {
        throw fatal(start, "this comment is never closed by */");
      } else if (take("/*")) {
        depth++;
      } else if (take("*/")) {
        depth--;
      } else {
        next();
      }
    } while (depth > 0);
  }
}
