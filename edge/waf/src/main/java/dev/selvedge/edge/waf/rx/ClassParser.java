package dev.selvedge.edge.waf.rx;

import org.jspecify.annotations.Nullable;

/** A bracketed class, read from behind its {@code [}. Not thread-safe, one use. */
final class ClassParser {

  private static final String UNCLOSED = "missing ] of a character class";

  private final Cursor in;
  private final EscapeParser escapes;
  private final boolean caseless;
  private ByteSet members = ByteSet.NONE;

  /** Between {@code \Q} and {@code \E}. */
  private boolean quoted;

  /** The set that {@link #single} met instead of a single byte. */
  private ByteSet lastSet = ByteSet.NONE;

  ClassParser(Cursor in, EscapeParser escapes, boolean caseless) {
    this.in = in;
    this.escapes = escapes;
    this.caseless = caseless;
  }

  ByteSet parse() throws RxSyntaxException {
    if (posixEnd() >= 0) {
      throw in.error("[:name:], [.x.] and [=x=] stand only inside a class");
    }
    boolean negated = in.accept('^');
    boolean first = true;
    while (true) {
      skipQuotes();
      if (in.atEnd()) {
        throw in.error(UNCLOSED);
      }
      if (!quoted && !first && in.accept(']')) {
        break;
      }
      item();
      first = false;
    }
    ByteSet set = caseless ? members.foldCase() : members;
    return negated ? set.complement() : set;
  }

  private void skipQuotes() {
    boolean skipped = true;
    while (skipped) {
      skipped = in.accept("\\E");
      if (skipped) {
        quoted = false;
      } else if (!quoted && in.accept("\\Q")) {
        quoted = true;
        skipped = true;
      }
    }
  }

  private void item() throws RxSyntaxException {
    int from = single();
    skipQuotes();
    if (quoted || in.peek() != '-') {
      members = members.or(from < 0 ? lastSet : ByteSet.of(from));
      return;
    }
    ByteSet before = lastSet;
    in.next("");
    skipQuotes();
    if (!quoted && in.peek() == ']') {
      members = members.or(from < 0 ? before : ByteSet.of(from)).or(ByteSet.of('-'));
      return;
    }
    int to = single();
    if (from < 0 || to < 0) {
      throw in.error("invalid range in character class");
    }
    if (to < from) {
      throw in.error("range out of order in character class");
    }
    members = members.or(ByteSet.range(from, to));
  }

  /** The next byte, or -1 where a set stands, which is then in {@link #lastSet}. */
  private int single() throws RxSyntaxException {
    int c = in.next(UNCLOSED);
    if (quoted) {
      return c;
    }
    if (c == '[' && posixEnd() >= 0) {
      lastSet = posix();
      return -1;
    }
    if (c != '\\') {
      return c;
    }
    if (in.peek() == 'N') {
      throw in.error("\\N is not supported in a class");
    }
    ByteSet set = escapes.set();
    if (set != null) {
      lastSet = set;
      return -1;
    }
    return escapes.character(true);
  }

  /**
   * Where the name of a POSIX item ends that starts behind the {@code [} just read, or -1 if none
   * does: then {@code [} is itself.
   */
  private int posixEnd() throws RxSyntaxException {
    int kind = in.peek();
    if (kind != ':' && kind != '.' && kind != '=') {
      return -1;
    }
    int start = in.at();
    in.next("");
    int found = -1;
    while (!in.atEnd() && found < 0) {
      int at = in.at();
      int c = in.next("");
      if (c == '\\' && (in.peek() == ']' || in.peek() == '\\')) {
        in.next("");
      } else if (c == ']' || (c == '[' && in.peek() == kind)) {
        break;
      } else if (c == kind && in.peek() == ']') {
        found = at;
      }
    }
    in.back(start);
    return found;
  }

  private ByteSet posix() throws RxSyntaxException {
    if (!in.accept(':')) {
      throw in.error("POSIX collating elements are not supported");
    }
    boolean negated = in.accept('^');
    ByteSet set = posixSet(in.until(':', UNCLOSED));
    if (set == null) {
      throw in.error("unknown POSIX class name");
    }
    in.next(UNCLOSED);
    ByteSet folded = caseless ? set.foldCase() : set;
    return negated ? folded.complement() : folded;
  }

  private static @Nullable ByteSet posixSet(String name) {
    ByteSet letters = ByteSet.LOWER.or(ByteSet.UPPER);
    ByteSet graph = ByteSet.range(0x21, 0x7E);
    return switch (name) {
      case "alpha" -> letters;
      case "lower" -> ByteSet.LOWER;
      case "upper" -> ByteSet.UPPER;
      case "alnum" -> letters.or(ByteSet.DIGIT);
      case "digit" -> ByteSet.DIGIT;
      case "xdigit" -> ByteSet.DIGIT.or(ByteSet.range('a', 'f')).or(ByteSet.range('A', 'F'));
      case "word" -> ByteSet.WORD;
      case "space" -> ByteSet.SPACE;
      case "blank" -> ByteSet.of(' ').or(ByteSet.of('\t'));
      case "ascii" -> ByteSet.range(0, 0x7F);
      case "cntrl" -> ByteSet.range(0, 0x1F).or(ByteSet.of(0x7F));
      case "graph" -> graph;
      case "print" -> graph.or(ByteSet.of(' '));
      case "punct" -> graph.and(letters.or(ByteSet.DIGIT).complement());
      default -> null;
    };
  }
}
