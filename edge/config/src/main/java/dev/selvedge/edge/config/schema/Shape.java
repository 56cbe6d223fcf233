package dev.selvedge.edge.config.schema;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import dev.selvedge.edge.config.kdl.KdlValue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks what stands around the value of a key: arguments, properties, braces, annotations. */
public final class Shape {

  private Shape() {}

  /** What a value is, in words. */
  public static String kind(KdlValue value) {
    return switch (value) {
      case KdlValue.Text text -> "text";
      case KdlValue.Whole whole -> "a number";
      case KdlValue.Decimal decimal -> "a number with a fraction or exponent";
      case KdlValue.Flag flag -> "#" + flag.value();
      case KdlValue.Keyword keyword -> keyword.text();
    };
  }

  /** The only argument of a node without properties and braces, or null after a problem. */
  public static @Nullable Argument only(KdlNode node, Report report, String expected) {
    withoutProperties(node, report, List.of());
    withoutChildren(node, report);
    withoutMoreArguments(node, 1, report);
    return at(node, 0, report, expected);
  }

  public static @Nullable Argument at(KdlNode node, int index, Report report, String expected) {
    if (node.arguments().size() <= index) {
      report.problem(node.place(), node.name() + " needs " + expected);
      return null;
    }
    return node.arguments().get(index);
  }

  public static @Nullable String text(KdlNode node, int index, Report report, String expected) {
    @Nullable Argument argument = at(node, index, report, expected);
    return argument == null ? null : text(node, argument, report, expected);
  }

  public static @Nullable String text(
      KdlNode node, Argument argument, Report report, String expected) {
    if (argument.value() instanceof KdlValue.Text(String text)) {
      return text;
    }
    report.problem(
        argument.place(), node.name() + " takes " + expected + ", not " + kind(argument.value()));
    return null;
  }

  public static void withoutArguments(KdlNode node, Report report) {
    withoutMoreArguments(node, 0, report);
  }

  public static void withoutMoreArguments(KdlNode node, int count, Report report) {
    if (node.arguments().size() > count) {
      report.problem(
          node.arguments().get(count).place(),
          node.name()
              + switch (count) {
                case 0 -> " takes no value in front of its block";
                case 1 -> " takes one value, this is a second";
                default -> " takes at most " + count + " values";
              });
    }
  }

  /** Refuses properties that are not known, or repeated. */
  public static void withoutProperties(KdlNode node, Report report, List<String> known) {
    Set<String> seen = new HashSet<>();
    for (Property property : node.properties()) {
      String name = property.name();
      if (!known.contains(name)) {
        String message =
            known.isEmpty()
                ? node.name() + " takes no property, here " + name + "="
                : "unknown property " + name + "= of " + node.name();
        report.problem(property.place(), message, Nearest.of(name, known));
      } else if (!seen.add(name)) {
        report.problem(property.place(), name + "= is written twice");
      }
    }
  }

  public static void withoutChildren(KdlNode node, Report report) {
    if (!node.children().isEmpty()) {
      report.problem(node.children().getFirst().place(), node.name() + " takes no block");
    }
  }

  public static void withoutAnnotations(KdlNode node, Report report) {
    if (node.type() != null) {
      report.problem(node.type().place(), "type annotations have no meaning here");
    }
    for (Argument argument : node.arguments()) {
      if (argument.type() != null) {
        report.problem(argument.type().place(), "type annotations have no meaning here");
      }
    }
    for (Property property : node.properties()) {
      if (property.argument().type() != null) {
        report.problem(property.argument().type().place(), "type annotations have no meaning here");
      }
    }
  }
}
