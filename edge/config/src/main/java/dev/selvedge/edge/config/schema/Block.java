package dev.selvedge.edge.config.schema;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import dev.selvedge.edge.config.kdl.KdlValue.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that may stand between one pair of braces. Immutable.
 *
 * @param path empty for the top level
 * @param front what is written in front of the braces
 * @param keys all of them, in the order of the reference
 * @param later words that the design plans and this version does not have
 */
public record Block(String path, Front front, List<Key<?>> keys, List<String> later)
    implements Type<KdlNode> {

  /** What may stand between a block's key and its braces. */
  public enum Front {
    NOTHING("block"),
    NAME("name and block"),
    /** Names in place of the block: a short form, left to the reader of the block. */
    NAMES("names, one or more, or block");

    private final String text;

    Front(String text) {
      this.text = text;
    }
  }

  private static final String NAME_FORM = "[A-Za-z0-9._-]{1,64}";

  public static Block of(String path, Key<?>... keys) {
    return new Block(path, Front.NOTHING, List.of(keys), List.of());
  }

  public static Block named(String path, Key<?>... keys) {
    return new Block(path, Front.NAME, List.of(keys), List.of());
  }

  /** A block in whose place names may be written. */
  public static Block orNames(String path, Key<?>... keys) {
    return new Block(path, Front.NAMES, List.of(keys), List.of());
  }

  public Block later(String... words) {
    return new Block(path, front, keys, List.of(words));
  }

  @Override
  public String text() {
    return front.text;
  }

  @Override
  public KdlNode read(KdlNode node, String suffix, Report report) {
    for (Property property : node.properties()) {
      boolean key = names().contains(property.name());
      report.problem(
          property.place(),
          node.name()
              + " takes no property"
              + (key ? "; write " + property.name() + " between its braces" : ""));
    }
    switch (front) {
      case NOTHING -> Shape.withoutArguments(node, report);
      case NAME -> checkName(node, report);
      case NAMES -> {}
    }
    return node;
  }

  private static void checkName(KdlNode node, Report report) {
    @Nullable String name =
        Shape.text(node, 0, report, "a name, such as " + node.name() + " \"a\"");
    Shape.withoutMoreArguments(node, 1, report);
    if (name != null && !name.matches(NAME_FORM)) {
      report.problem(
          node.arguments().getFirst().place(),
          "a name has 1 to 64 letters, digits and characters of . _ -");
    }
  }

  /** How messages call the block. */
  String shown() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Every word that may be written in the block. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Key<?> key : keys) {
      names.add(key.name());
      key.type().suffixes().forEach(suffix -> names.add(key.name() + suffix));
    }
    return names;
  }

  /** The name in front of the braces; empty where it is missing, which was reported. */
  public static String name(KdlNode node) {
    return !node.arguments().isEmpty()
            && node.arguments().getFirst().value() instanceof Text(String name)
        ? name
        : "";
  }
}
