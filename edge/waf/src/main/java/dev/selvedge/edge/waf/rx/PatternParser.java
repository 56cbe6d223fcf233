package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Greed;
import dev.selvedge.edge.waf.rx.Node.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads PCRE2 syntax as version 10.42 does without UTF, and refuses with a place what it does not
 * know; nothing is silently taken for something else. Not thread-safe, one use.
 *
 * <p>Left out, because no rule set uses them: {@code \p \X \C \K}, recursion and subroutine calls,
 * conditions, branch reset, verbs, callouts, and the options {@code J n U xx ^}. What PCRE2 itself
 * refuses is refused, such as a lookbehind of variable length. Source: pcre2pattern(3), checked
 * against the library by the oracle test.
 */
final class PatternParser {

  /** PCRE2's own default bound on nested parentheses. */
  static final int DEPTH_MAX = 250;

  static final int PATTERN_BYTES_MAX = 256 * 1024;

  private static final int REPEAT_MAX = 65_535;
  private static final int NAME_MAX = 32;

  /** A parsed pattern and the number of its capturing groups. */
  record Parsed(Node node, int groups) {}

  /** The options in force at a place in the pattern. */
  private record Options(boolean caseless, boolean dotall, boolean multiline, boolean extended) {
    Options with(int letter, boolean on) {
      return switch (letter) {
        case 'i' -> new Options(on, dotall, multiline, extended);
        case 's' -> new Options(caseless, on, multiline, extended);
        case 'm' -> new Options(caseless, dotall, on, extended);
        default -> new Options(caseless, dotall, multiline, on);
      };
    }
  }

  private final Cursor in;
  private final EscapeParser escapes;
  private final Map<String, Integer> names = new HashMap<>();
  private Options options;
  private int depth;
  private int groups;
  private int highestReference;
  private int highestReferenceAt;

  /** What was read last: may a quantifier follow it? */
  private boolean repeatable;

  private PatternParser(String pattern, Set<RxFlag> flags) throws RxSyntaxException {
    in = new Cursor(pattern);
    escapes = new EscapeParser(in);
    options =
        new Options(
            flags.contains(RxFlag.CASELESS),
            flags.contains(RxFlag.DOTALL),
            flags.contains(RxFlag.MULTILINE),
            false);
  }

  static Parsed parse(String pattern, Set<RxFlag> flags) throws RxSyntaxException {
    if (pattern.length() > PATTERN_BYTES_MAX) {
      throw new RxSyntaxException(PATTERN_BYTES_MAX, "the pattern is over 256 KiB");
    }
    PatternParser parser = new PatternParser(pattern, flags);
    Node node = parser.choice();
    if (!parser.in.atEnd()) {
      throw parser.in.error("unmatched )");
    }
    if (parser.highestReference > parser.groups) {
      throw new RxSyntaxException(
          parser.highestReferenceAt, "reference to a group that does not exist");
    }
    return new Parsed(node, parser.groups);
  }

  private Node choice() throws RxSyntaxException {
    List<Node> branches = new ArrayList<>();
    branches.add(sequence());
    while (in.accept('|')) {
      Node branch = sequence();
      if (branch instanceof Node.Bytes(ByteSet set)
          && branches.getLast() instanceof Node.Bytes(ByteSet before)) {
        branches.set(branches.size() - 1, new Node.Bytes(before.or(set)));
      } else {
        branches.add(branch);
      }
    }
    return Node.choice(branches);
  }

  private Node sequence() throws RxSyntaxException {
    List<Node> items = new ArrayList<>();
    while (true) {
      skipIgnored();
      if (in.atEnd() || in.peek() == '|' || in.peek() == ')') {
        return Node.sequence(items);
      }
      if (in.accept("\\Q")) {
        quoted(items);
        continue;
      }
      repeatable = true;
      Node item = atom();
      skipIgnored();
      items.add(quantified(item));
    }
  }

  /** Every char up to {@code \E} is itself; only the last can be repeated. */
  private void quoted(List<Node> items) throws RxSyntaxException {
    boolean any = false;
    while (!in.atEnd() && !in.accept("\\E")) {
      items.add(literal(in.next("")));
      any = true;
    }
    if (any) {
      repeatable = true;
      skipIgnored();
      items.add(quantified(items.removeLast()));
    }
  }

  private void skipIgnored() throws RxSyntaxException {
    boolean skipped = true;
    while (skipped) {
      skipped = in.accept("\\E") || in.accept("\\Q\\E");
      if (in.accept("(?#")) {
        in.until(')', "missing ) after (?#");
        skipped = true;
      }
      if (options.extended && !in.atEnd()) {
        skipped |= skipExtended();
      }
    }
  }

  private boolean skipExtended() throws RxSyntaxException {
    if (ByteSet.SPACE.contains(in.peek())) {
      in.next("");
      return true;
    }
    if (!in.accept('#')) {
      return false;
    }
    while (!in.atEnd() && in.next("") != '\n') {
      // a comment up to the end of its line
    }
    return true;
  }

  private Node atom() throws RxSyntaxException {
    int c = in.next("");
    return switch (c) {
      case '(' -> group();
      case '[' -> new Node.Bytes(new ClassParser(in, escapes, options.caseless).parse());
      case '.' -> new Node.Bytes(options.dotall ? ByteSet.ALL : ByteSet.NEWLINE.complement());
      case '^' -> place(options.multiline ? Place.LINE_START : Place.TEXT_START);
      case '$' -> place(options.multiline ? Place.LINE_END : Place.FINAL_LINE_END);
      case '\\' -> escape();
      case '*', '+', '?' -> {
        in.back(in.at() - 1);
        throw nothingToRepeat();
      }
      case '{' -> {
        in.back(in.at() - 1);
        if (bounds() != null) {
          throw nothingToRepeat();
        }
        in.next("");
        yield literal('{');
      }
      default -> literal(c);
    };
  }

  private Node place(Place place) {
    repeatable = false;
    return new Node.Assertion(place);
  }

  private Node literal(int c) {
    ByteSet set = ByteSet.of(c);
    return new Node.Bytes(options.caseless ? set.foldCase() : set);
  }

  private RxSyntaxException nothingToRepeat() {
    return in.error("quantifier does not follow a repeatable item");
  }

  private Node escape() throws RxSyntaxException {
    Place place = escapes.place();
    if (place != null) {
      return place(place);
    }
    ByteSet set = escapes.set();
    if (set != null) {
      return new Node.Bytes(set);
    }
    if (in.accept('R')) {
      Node crlf = new Node.Sequence(List.of(new Node.Bytes(ByteSet.of('\r')), newline()));
      return new Node.Atomic(new Node.Choice(List.of(crlf, new Node.Bytes(ByteSet.VERTICAL))));
    }
    if (in.peek() == 'g' || in.peek() == 'k') {
      return namedReference();
    }
    int start = in.at();
    int first = in.peek();
    if (first >= '1' && first <= '9') {
      int group = in.number(10, 9, Integer.MAX_VALUE, "");
      if (group < 10 || first >= '8' || group <= groups) {
        return reference(group);
      }
      in.back(start);
    }
    return literal(escapes.character(false));
  }

  private static Node newline() {
    return new Node.Bytes(ByteSet.NEWLINE);
  }

  /** {@code \g1 \g{1} \g{-1} \g{name} \k<name> \k'name' \k{name}}. */
  private Node namedReference() throws RxSyntaxException {
    int letter = in.next("");
    if (letter == 'g') {
      boolean braced = in.accept('{');
      boolean relative = in.accept('-');
      int number = in.number(10, 5, REPEAT_MAX, "number too big");
      if (number >= 0) {
        if (braced && !in.accept('}')) {
          throw in.error("\\g{ without }");
        }
        return reference(relative ? groups + 1 - number : number);
      }
      if (relative || !braced) {
        throw in.error("\\g must be followed by a number or a name in braces");
      }
      return reference(named(in.until('}', "\\g{ without }")));
    }
    int open = in.next("\\k must be followed by a name");
    char close = open == '<' ? '>' : open == '\'' ? '\'' : open == '{' ? '}' : 0;
    if (close == 0) {
      throw in.error("\\k must be followed by a name in <>, '' or {}");
    }
    return reference(named(in.until(close, "missing end of the name")));
  }

  private int named(String name) throws RxSyntaxException {
    Integer group = names.get(name);
    if (group == null) {
      throw in.error("no group named \"" + name + "\" stands before this place");
    }
    return group;
  }

  private Node reference(int group) throws RxSyntaxException {
    if (group < 1) {
      throw in.error("reference to a group that does not exist");
    }
    if (group > highestReference) {
      highestReference = group;
      highestReferenceAt = in.at();
    }
    return new Node.BackReference(group, options.caseless);
  }

  private Node group() throws RxSyntaxException {
    if (++depth > DEPTH_MAX) {
      throw in.error("parentheses are nested too deeply");
    }
    Options outer = options;
    Node node = groupBody();
    if (node != null) {
      options = outer;
    } else {
      node = Node.EMPTY;
      repeatable = false;
    }
    depth--;
    return node;
  }

  /** The group, or null for an option setting that acts on the rest of the enclosing group. */
  private @Nullable Node groupBody() throws RxSyntaxException {
    if (in.sees("*")) {
      throw in.error("verbs are not supported");
    }
    if (!in.accept('?')) {
      return capture();
    }
    if (in.accept(':')) {
      return close(choice());
    }
    if (in.accept('>')) {
      return new Node.Atomic(close(choice()));
    }
    if (in.sees("=") || in.sees("!")) {
      boolean negative = in.next("") == '!';
      return new Node.Look(true, negative, close(choice()));
    }
    if (in.sees("<=") || in.sees("<!")) {
      return lookbehind();
    }
    if (in.accept("P<") || in.accept('<')) {
      return namedCapture('>');
    }
    if (in.accept('\'')) {
      return namedCapture('\'');
    }
    if (in.accept("P=")) {
      return reference(named(in.until(')', "missing ) after (?P=")));
    }
    return optionGroup();
  }

  private Node close(Node body) throws RxSyntaxException {
    if (!in.accept(')')) {
      throw in.error("missing closing parenthesis");
    }
    repeatable = true;
    return body;
  }

  private Node capture() throws RxSyntaxException {
    int group = ++groups;
    return new Node.Capture(group, close(choice()));
  }

  private Node namedCapture(char end) throws RxSyntaxException {
    String name = in.until(end, "missing end of the group's name");
    if (name.length() > NAME_MAX || !name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw in.error("a group's name is 1 to 32 letters, digits and _, not starting with a digit");
    }
    if (names.putIfAbsent(name, groups + 1) != null) {
      throw in.error("two groups have the name \"" + name + "\"");
    }
    return capture();
  }

  private Node lookbehind() throws RxSyntaxException {
    int start = in.at();
    in.next("");
    boolean negative = in.next("") == '!';
    Node body = close(choice());
    List<Node> branches = body instanceof Node.Choice(List<Node> several) ? several : List.of(body);
    for (Node branch : branches) {
      if (Facts.fixedLength(branch) < 0) {
        throw new RxSyntaxException(start, "lookbehind is not of fixed length");
      }
    }
    return new Node.Look(false, negative, body);
  }

  private @Nullable Node optionGroup() throws RxSyntaxException {
    Options changed = options;
    boolean on = true;
    boolean extendedSeen = false;
    while (true) {
      int c = in.next("missing closing parenthesis");
      switch (c) {
        case ')' -> {
          options = changed;
          return null;
        }
        case ':' -> {
          options = changed;
          return close(choice());
        }
        case '-' -> {
          if (!on) {
            throw in.error("invalid hyphen in option setting");
          }
          on = false;
        }
        case 'i', 'm', 's', 'x' -> {
          if (c == 'x' && extendedSeen) {
            throw in.error("the option xx is not supported");
          }
          extendedSeen |= c == 'x';
          changed = changed.with(c, on);
        }
        default -> throw in.error("(?" + (char) c + " is not supported");
      }
    }
  }

  private Node quantified(Node item) throws RxSyntaxException {
    int start = in.at();
    int[] bounds = bounds();
    if (bounds == null) {
      return item;
    }
    if (!repeatable) {
      in.back(start);
      throw nothingToRepeat();
    }
    Greed greed = in.accept('+') ? Greed.POSSESSIVE : in.accept('?') ? Greed.LAZY : Greed.GREEDY;
    int min = bounds[0];
    int max = bounds[1];
    if (item instanceof Node.Look && max == Node.UNLIMITED) {
      max = min + 1; // PCRE2: more would change nothing
    }
    skipIgnored();
    start = in.at();
    if (bounds() != null) {
      in.back(start);
      throw nothingToRepeat();
    }
    if (max == 0) {
      return Node.EMPTY;
    }
    if (min == 1 && max == 1) {
      return greed == Greed.POSSESSIVE ? new Node.Atomic(item) : item;
    }
    return new Node.Repeat(item, min, max, greed);
  }

  /** The bounds that stand here, or null, with nothing consumed, if none do. */
  private int @Nullable [] bounds() throws RxSyntaxException {
    if (in.accept('*')) {
      return new int[] {0, Node.UNLIMITED};
    }
    if (in.accept('+')) {
      return new int[] {1, Node.UNLIMITED};
    }
    if (in.accept('?')) {
      return new int[] {0, 1};
    }
    int start = in.at();
    if (!in.accept('{')) {
      return null;
    }
    int min = repeatCount();
    int max = min;
    if (min >= 0 && in.accept(',')) {
      max = in.peek() == '}' ? Node.UNLIMITED : repeatCount();
    }
    if (min < 0 || max < 0 || !in.accept('}')) {
      in.back(start);
      return null;
    }
    if (max < min) {
      throw in.error("numbers out of order in {} quantifier");
    }
    return new int[] {min, max};
  }

  private int repeatCount() throws RxSyntaxException {
    return in.number(10, Integer.MAX_VALUE, REPEAT_MAX, "number too big in {} quantifier");
  }
}
