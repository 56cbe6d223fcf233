package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import dev.selvedge.edge.config.kdl.KdlValue.Text;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.schema.Report;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fills <code>${NAME}</code> in values from the environment; <code>$${</code> stands for <code>${
 * </code> itself. What comes from the environment is never read again, and never becomes more than
 * one value. Names of nodes and properties are left alone.
 */
final class Environment {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Function<String, @Nullable String> env;
  private final Report report;

  Environment(Function<String, @Nullable String> env, Report report) {
    this.env = env;
    this.report = report;
  }

  KdlNode fill(KdlNode node) {
    List<Argument> arguments = node.arguments().stream().map(this::fill).toList();
    List<Property> properties =
        node.properties().stream()
            .map(it -> new Property(it.place(), it.name(), fill(it.argument())))
            .toList();
    List<KdlNode> children = node.children().stream().map(this::fill).toList();
    return new KdlNode(node.place(), node.type(), node.name(), arguments, properties, children);
  }

  private Argument fill(Argument argument) {
    return argument.value() instanceof Text(String text) && text.contains("${")
        ? new Argument(argument.place(), argument.type(), new Text(fill(text, argument.place())))
        : argument;
  }

  private String fill(String text, Place place) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (true) {
      int start = text.indexOf("${", from);
      if (start < 0) {
        return out.append(text, from, text.length()).toString();
      }
      if (start > from && text.charAt(start - 1) == '$') {
        out.append(text, from, start - 1).append("${");
        from = start + 2;
        continue;
      }
      int end = text.indexOf('}', start);
      String name = end < 0 ? "" : text.substring(start + 2, end);
      if (!NAME.matcher(name).matches()) {
        return unreadable(
            place, "${ is not followed by a name and }; write $${ where ${ itself is meant");
      }
      @Nullable String value = env.apply(name);
      if (value == null) {
        return unreadable(place, "the environment has no " + name);
      }
      out.append(text, from, start).append(value);
      from = end + 1;
    }
  }

  private String unreadable(Place place, String message) {
    report.problem(place, message);
    report.unreadable(place);
    return "";
  }
}
