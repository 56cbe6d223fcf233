package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlValue;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigNode.Kind;
import dev.selvedge.edge.protocol.ConfigNode.Property;
import dev.selvedge.edge.protocol.ConfigNode.Value;
import java.util.List;

/** An agent's block as the protocol carries it: the same nodes, with their places. */
public final class ConfigTree {

  private ConfigTree() {}

  public static List<ConfigNode> of(List<KdlNode> nodes) {
    return nodes.stream().map(ConfigTree::node).toList();
  }

  private static ConfigNode node(KdlNode node) {
    return new ConfigNode(
        node.name(),
        node.place().line(),
        node.place().column(),
        node.arguments().stream().map(ConfigTree::value).toList(),
        node.properties().stream()
            .map(property -> new Property(property.name(), value(property.argument())))
            .toList(),
        of(node.children()));
  }

  private static Value value(Argument argument) {
    int line = argument.place().line();
    int column = argument.place().column();
    return switch (argument.value()) {
      case KdlValue.Text(String text) -> new Value(Kind.STRING, text, line, column);
      case KdlValue.Whole(var number) -> new Value(Kind.NUMBER, number.toString(), line, column);
      case KdlValue.Decimal(var number) -> new Value(Kind.NUMBER, number.toString(), line, column);
      case KdlValue.Flag(boolean flag) ->
          new Value(Kind.BOOLEAN, Boolean.toString(flag), line, column);
      case KdlValue.Keyword keyword ->
          keyword == KdlValue.Keyword.NULL
              ? new Value(Kind.NULL, "", line, column)
              : new Value(Kind.STRING, keyword.text(), line, column);
    };
  }
}
