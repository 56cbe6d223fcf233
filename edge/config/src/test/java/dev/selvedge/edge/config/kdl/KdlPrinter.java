package dev.selvedge.edge.config.kdl;

import dev.selvedge.edge.config.kdl.KdlNode.Annotation;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Prints a tree by the translation rules of the KDL test suite's README. */
public final class KdlPrinter {

  private static final Set<String> QUOTED =
      Set.of("true", "false", "null", "inf", "-inf", "nan", "");

  private KdlPrinter() {}

  public static String print(List<KdlNode> nodes) {
    StringBuilder out = new StringBuilder();
    nodes(nodes, 0, out);
    return out.isEmpty() ? "\n" : out.toString();
  }

  private static void nodes(List<KdlNode> nodes, int depth, StringBuilder out) {
    for (KdlNode node : nodes) {
      out.repeat("    ", depth).append(annotation(node.type())).append(string(node.name()));
      for (Argument argument : node.arguments()) {
        out.append(' ').append(argument(argument));
      }
      TreeMap<String, Argument> properties = new TreeMap<>();
      for (Property property : node.properties()) {
        properties.put(property.name(), property.argument());
      }
      properties.forEach((name, value) ->
          out.append(' ').append(string(name)).append('=').append(argument(value)));
      if (!node.children().isEmpty()) {
        out.append(" {\n");
        nodes(node.children(), depth + 1, out);
        out.repeat("    ", depth).append('}');
      }
      out.append('\n');
    }
  }

  private static String annotation(@Nullable Annotation type) {
    return type == null ? "" : "(" + string(type.name()) + ")";
  }

  private static String argument(Argument argument) {
    return annotation(argument.type())
        + switch (argument.value()) {
          case KdlValue.Text(String text) -> string(text);
          case KdlValue.Whole(var number) -> number.toString();
          case KdlValue.Decimal(var number) -> number.toString();
          case KdlValue.Flag(boolean flag) -> "#" + flag;
          case KdlValue.Keyword keyword -> keyword.text();
        };
  }

  private static String string(String text) {
    if (!QUOTED.contains(text)
        && text.codePoints().allMatch(KdlChars::isIdentifier)
        && !KdlNumbers.startsLikeNumber(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '"', '\\' -> out.append('\\').appendCodePoint(c);
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.appendCodePoint(c);
          }
        });
    return out.append('"').toString();
  }
}
