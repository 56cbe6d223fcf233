package dev.selvedge.edge.agents.setting;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlValue;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigNode.Kind;
import dev.selvedge.edge.protocol.ConfigNode.Property;
import dev.selvedge.edge.protocol.ConfigNode.Value;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * A block as the protocol carries it and as the configuration's keys read it: the same names,
 * values and places. Annotations are lost on the way. Stateless.
 */
public final class ConfigTree {

  private ConfigTree() {}

  /** What the protocol carries. */
  public static List<ConfigNode> carried(List<KdlNode> nodes) {
    return nodes.stream().map(ConfigTree::carried).toList();
  }

  private static ConfigNode carried(KdlNode node) {
    return new ConfigNode(
        node.name(),
        node.place().line(),
        node.place().column(),
        node.arguments().stream().map(ConfigTree::carried).toList(),
        node.properties().stream()
            .map(it -> new Property(it.name(), carried(it.argument())))
            .toList(),
        carried(node.children()));
  }

  private static Value carried(Argument argument) {
    Place place = argument.place();
    return switch (argument.value()) {
      case KdlValue.Text text -> new Value(Kind.STRING, text.value(), place.line(), place.column());
      case KdlValue.Whole number ->
          new Value(Kind.NUMBER, number.value().toString(), place.line(), place.column());
      case KdlValue.Decimal number ->
          new Value(Kind.NUMBER, number.value().toString(), place.line(), place.column());
      case KdlValue.Flag flag ->
          new Value(Kind.BOOLEAN, Boolean.toString(flag.value()), place.line(), place.column());
      case KdlValue.Keyword word ->
          word == KdlValue.Keyword.NULL
              ? new Value(Kind.NULL, "", place.line(), place.column())
              : new Value(Kind.STRING, word.text(), place.line(), place.column());
    };
  }

  /**
   * What keys read.
   *
   * @param source of the places, which the protocol does not carry
   */
  static List<KdlNode> written(List<ConfigNode> nodes, Source source) {
    return nodes.stream().map(node -> written(node, source)).toList();
  }

  private static KdlNode written(ConfigNode node, Source source) {
    return new KdlNode(
        new Place(source, node.line(), node.column()),
        null,
        node.name(),
        node.arguments().stream().map(value -> written(value, source)).toList(),
        node.properties().stream()
            .map(it -> {
              Argument argument = written(it.value(), source);
              return new KdlNode.Property(argument.place(), it.name(), argument);
            })
            .toList(),
        written(node.children(), source));
  }

  private static Argument written(Value value, Source source) {
    KdlValue read =
        switch (value.kind()) {
          case NULL -> KdlValue.Keyword.NULL;
          case BOOLEAN -> new KdlValue.Flag(value.text().equals("true"));
          case STRING -> new KdlValue.Text(value.text());
          case NUMBER -> number(value.text());
        };
    return new Argument(new Place(source, value.line(), value.column()), null, read);
  }

  /** Bounded: a short exponent can stand for a number of a billion digits. */
  private static KdlValue number(String text) {
    try {
      BigDecimal number = new BigDecimal(text);
      boolean whole = !text.toLowerCase(Locale.ROOT).contains("e") && number.scale() <= 0;
      return whole ? new KdlValue.Whole(number.toBigIntegerExact()) : new KdlValue.Decimal(number);
    } catch (NumberFormatException notDecimal) {
      return new KdlValue.Text(text);
    }
  }
}
