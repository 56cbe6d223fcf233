package dev.selvedge.edge.config.kdl;

import static dev.selvedge.edge.config.kdl.KdlChars.END;

import dev.selvedge.edge.config.kdl.KdlNode.Annotation;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import dev.selvedge.edge.config.kdl.KdlScanner.SyntaxException;
import dev.selvedge.edge.config.kdl.KdlValue.Flag;
import dev.selvedge.edge.config.kdl.KdlValue.Keyword;
import dev.selvedge.edge.config.kdl.KdlValue.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads any text without throwing: well-formed KDL 2.0 gives its tree, anything else also gives the
 * places where it is not. After an error it goes on behind the node at fault, so that one file
 * shows several errors at once; {@link #ERRORS_MAX} of them, or one that leaves nothing to be
 * understood (an open comment, say), end the reading. Not thread-safe; one use.
 *
 * <p>Size and depth are bounded, the depth so that recursion cannot exhaust the stack.
 */
public final class KdlParser {

  public static final int SIZE_MAX = 4 << 20;
  public static final int DEPTH_MAX = 128;
  static final int ERRORS_MAX = 20;

  private static final Set<String> RESERVED = Set.of("true", "false", "null", "inf", "-inf", "nan");

  private final KdlScanner scanner;
  private final KdlStrings strings;
  private final List<SyntaxError> errors = new ArrayList<>();
  private boolean ended;

  private KdlParser(Source source, String text) {
    this.scanner = new KdlScanner(source, text);
    this.strings = new KdlStrings(scanner);
  }

  /** Reads the whole text. */
  public static KdlDocument parse(Source source, String text) {
    if (text.length() > SIZE_MAX) {
      Place start = new Place(source, 1, 1);
      return new KdlDocument(
          List.of(), List.of(new SyntaxError(start, "the file is over 4 MiB, the most read")));
    }
    KdlParser parser = new KdlParser(source, text);
    List<KdlNode> nodes = parser.nodes(null, 0);
    return new KdlDocument(nodes, parser.errors);
  }

  /** Nodes up to the end of the text or, where {@code opened} is given, to the closing brace. */
  private List<KdlNode> nodes(@Nullable Place opened, int depth) {
    List<KdlNode> nodes = new ArrayList<>();
    int before = errors.size();
    while (!ended) {
      try {
        scanner.lineSpace();
        if (scanner.peek() == END) {
          // Where a line of the block could not be read, its brace may be what was skipped.
          if (opened != null && errors.size() == before) {
            throw KdlScanner.fatal(opened, "this { is never closed");
          }
          return nodes;
        }
        if (opened != null && scanner.take("}")) {
          return nodes;
        }
        boolean commentedOut = slashdash();
        KdlNode node = node(depth);
        if (!commentedOut) {
          nodes.add(node);
        }
        terminator(opened != null);
      } catch (SyntaxException e) {
        report(e.error);
        ended |= e.fatal;
        skipNode(opened != null);
      }
    }
    return nodes;
  }

  /** To the end of a node that could not be read: its line, with a block that begins on it. */
  private void skipNode(boolean inBlock) {
    int depth = 0;
    while (scanner.peek() != END) {
      if (inBlock && depth == 0 && scanner.at('}')) {
        return;
      }
      int c = scanner.skip();
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth = Math.max(0, depth - 1);
      } else if (depth == 0 && (c == ';' || KdlChars.isNewline(c))) {
        return;
      }
    }
  }

  private boolean slashdash() {
    Place start = scanner.place();
    if (!scanner.take("/-")) {
      return false;
    }
    scanner.lineSpace();
    if (atTerminator()) {
      throw KdlScanner.error(start, "nothing stands behind this /-");
    }
    return true;
  }

  private void report(SyntaxError error) {
    errors.add(error);
    ended |= errors.size() == ERRORS_MAX;
  }

  /** What follows a node without a terminator is read as the next node. */
  private void terminator(boolean inBlock) {
    boolean closes = scanner.at('}');
    if (closes && !inBlock) {
      throw KdlScanner.error(scanner.place(), "this } closes nothing");
    }
    boolean end = closes || scanner.take(";") || scanner.lineEnd() || scanner.peek() == END;
    if (!end && !ended) {
      report(new SyntaxError(scanner.place(), "a newline or ; is missing before this"));
    }
  }

  private boolean atTerminator() {
    return scanner.peek() == END
        || scanner.at(';')
        || scanner.at('}')
        || scanner.at("//")
        || KdlChars.isNewline(scanner.peek());
  }

  private KdlNode node(int depth) {
    @Nullable Annotation type = annotation();
    Place place = scanner.place();
    if (scanner.peek() == '}') {
      throw KdlScanner.error(place, "this } closes nothing");
    }
    String name = string("the name of a node");
    List<Argument> arguments = new ArrayList<>();
    List<Property> properties = new ArrayList<>();
    @Nullable List<KdlNode> children = null;
    boolean block = false;
    while (!ended) {
      boolean space = scanner.nodeSpace();
      if (atTerminator()) {
        break;
      }
      if (block && !scanner.at('{') && !scanner.at("/-")) {
        break;
      }
      Place start = scanner.place();
      boolean commentedOut = slashdash();
      if (scanner.at('{')) {
        if (children != null && !commentedOut) {
          throw KdlScanner.error(start, "a node has at most one block of children");
        }
        List<KdlNode> read = children(depth);
        block = true;
        children = commentedOut ? children : read;
      } else if (block) {
        throw KdlScanner.error(start, "after the block of a node no value can follow");
      } else if (!space && !commentedOut) {
        throw KdlScanner.error(start, "a space is missing before this, or quotes around the text");
      } else if (commentedOut) {
        entry(new ArrayList<>(), new ArrayList<>());
      } else {
        entry(arguments, properties);
      }
    }
    return new KdlNode(
        place, type, name, arguments, properties, children == null ? List.of() : children);
  }

  private List<KdlNode> children(int depth) {
    Place opened = scanner.place();
    if (depth == DEPTH_MAX) {
      throw KdlScanner.fatal(opened, "blocks are nested deeper than " + DEPTH_MAX + " levels");
    }
    scanner.take("{");
    return nodes(opened, depth + 1);
  }

  private void entry(List<Argument> arguments, List<Property> properties) {
    Place place = scanner.place();
    @Nullable Annotation type = annotation();
    Place valuePlace = scanner.place();
    KdlValue value = value();
    if (type == null && value instanceof Text(String name)) {
      KdlScanner.Mark mark = scanner.mark();
      scanner.nodeSpace();
      if (scanner.take("=")) {
        scanner.nodeSpace();
        @Nullable Annotation annotation = annotation();
        properties.add(
            new Property(place, name, new Argument(scanner.place(), annotation, value())));
        return;
      }
      scanner.reset(mark);
    }
    arguments.add(new Argument(valuePlace, type, value));
  }

  private @Nullable Annotation annotation() {
    if (!scanner.at('(')) {
      return null;
    }
    Place opened = scanner.place();
    scanner.next();
    scanner.nodeSpace();
    Place place = scanner.place();
    String name = string("the name of a type");
    scanner.nodeSpace();
    if (!scanner.take(")")) {
      throw KdlScanner.error(opened, "this ( is not closed by ) after one name");
    }
    scanner.nodeSpace();
    return new Annotation(place, name);
  }

  private String string(String expected) {
    Place place = scanner.place();
    if (!(value() instanceof Text(String text))) {
      throw KdlScanner.error(place, expected + " must be a word or a string");
    }
    return text;
  }

  private KdlValue value() {
    Place place = scanner.place();
    int c = scanner.peek();
    if (c == '"') {
      return new Text(strings.read(place, 0));
    }
    if (c == '#') {
      int hashes = 0;
      while (scanner.take("#")) {
        hashes++;
      }
      if (scanner.at('"')) {
        return new Text(strings.read(place, hashes));
      }
      return keyword(place, "#".repeat(hashes) + word());
    }
    if (!KdlChars.isIdentifier(c)) {
      throw KdlScanner.error(
          place,
          c == END || KdlChars.isNewline(c)
              ? "a name or a value is missing at the end of this line"
              : KdlChars.isDisallowed(c)
                  ? "the character U+" + String.format("%04X", c) + " is not allowed in a file"
                  : "a name or a value cannot begin with "
                      + Character.toString(c)
                      + " outside of quotes");
    }
    return bare(place, word());
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    while (KdlChars.isIdentifier(scanner.peek())) {
      word.appendCodePoint(scanner.next());
    }
    return word.toString();
  }

  private static KdlValue keyword(Place place, String text) {
    return switch (text) {
      case "#true" -> new Flag(true);
      case "#false" -> new Flag(false);
      case "#null" -> Keyword.NULL;
      case "#inf" -> Keyword.INFINITY;
      case "#-inf" -> Keyword.MINUS_INFINITY;
      case "#nan" -> Keyword.NOT_A_NUMBER;
      default ->
          throw KdlScanner.error(
              place, "after # one of #true #false #null #inf #-inf #nan or a quote must follow");
    };
  }

  private static KdlValue bare(Place place, String word) {
    if (RESERVED.contains(word)) {
      throw KdlScanner.error(
          place, word + " alone is not a value; write #" + word + ", or \"" + word + "\" as text");
    }
    if (!KdlNumbers.startsLikeNumber(word)) {
      return new Text(word);
    }
    @Nullable KdlValue number = KdlNumbers.parse(word);
    if (number == null) {
      String shown = word.length() > 40 ? word.substring(0, 40) + "…" : word;
      throw KdlScanner.error(place, shown + " is not a number; text that begins so needs quotes");
    }
    return number;
  }
}
