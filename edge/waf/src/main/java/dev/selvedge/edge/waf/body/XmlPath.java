package dev.selvedge.edge.waf.body;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of XPath 1.0 that rules use: child ({@code /}) and descendant ({@code //}) steps, names
 * with or without prefix, {@code *}, {@code @name}, {@code @*}, {@code text()}, and the predicates
 * {@code [text()]} and {@code [local-name()='x']}. Anything else is refused at load.
 *
 * <p>Immutable.
 */
public final class XmlPath {
  private enum Kind {
    ELEMENT,
    ATTRIBUTE,
    TEXT
  }

  private record Step(
      boolean descendant, Kind kind, String prefix, String name, boolean hasText, String local) {}

  private final List<Step> steps;

  private XmlPath(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /**
   * Parses a path.
   *
   * @throws IllegalArgumentException where it uses more of XPath than is known here
   */
  public static XmlPath parse(String text) {
    List<Step> steps = new ArrayList<>();
    int at = 0;
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("an XML path starts with /: " + text);
    }
    while (at < text.length()) {
      boolean descendant = text.startsWith("//", at);
      at += descendant ? 2 : 1;
      int end = at;
      int brackets = 0;
      while (end < text.length() && (brackets > 0 || text.charAt(end) != '/')) {
        brackets += text.charAt(end) == '[' ? 1 : text.charAt(end) == ']' ? -1 : 0;
        end++;
      }
      steps.add(step(text.substring(at, end), descendant, text));
      at = end;
    }
    return new XmlPath(steps);
  }

  private static Step step(String step, boolean descendant, String path) {
    String test = step;
    boolean hasText = false;
    String local = "";
    int open = test.indexOf('[');
    if (open >= 0) {
      String predicate = test.substring(open);
      test = test.substring(0, open);
      if (predicate.equals("[text()]")) {
        hasText = true;
      } else if (predicate.startsWith("[local-name()='") && predicate.endsWith("']")) {
        local = predicate.substring(15, predicate.length() - 2);
      } else {
        throw new IllegalArgumentException("not a known predicate in XML path: " + path);
      }
    }
    if (test.equals("text()")) {
      return new Step(descendant, Kind.TEXT, "", "", false, "");
    }
    boolean attribute = test.startsWith("@");
    String name = attribute ? test.substring(1) : test;
    int colon = name.indexOf(':');
    String prefix = colon < 0 ? "" : name.substring(0, colon);
    name = name.substring(colon + 1);
    boolean known = name.equals("*");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      known |= Character.isLetterOrDigit(c);
      if (c != '*' && "()[]|@ =<>".indexOf(c) >= 0) {
        known = false;
        break;
      }
    }
    if (!known) {
      throw new IllegalArgumentException("not a known step in XML path: " + path);
    }
    Kind kind = attribute ? Kind.ATTRIBUTE : Kind.ELEMENT;
    return new Step(descendant, kind, prefix, name, hasText, local);
  }

  List<String> select(XmlNode document, Map<String, String> namespaces) {
    Set<XmlNode> current = Set.of(document);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      Set<XmlNode> next = new LinkedHashSet<>();
      for (XmlNode node : current) {
        apply(step, node, namespaces, next, values);
      }
      if (step.kind() != Kind.ELEMENT) {
        return i == steps.size() - 1 ? values : List.of();
      }
      current = next;
    }
    for (XmlNode node : current) {
      StringBuilder text = new StringBuilder();
      node.collectText(text);
      values.add(text.toString());
    }
    return values;
  }

  private static void apply(
      Step step,
      XmlNode node,
      Map<String, String> namespaces,
      Set<XmlNode> next,
      List<String> values) {
    switch (step.kind()) {
      case ELEMENT -> {
        for (XmlNode child : node.children) {
          if (matches(step, child, namespaces)) {
            next.add(child);
          }
        }
      }
      case ATTRIBUTE -> {
        for (XmlNode.Attribute attribute : node.attributes) {
          if (step.name().equals("*") || step.name().equals(attribute.name())) {
            values.add(attribute.value());
          }
        }
      }
      case TEXT -> values.addAll(node.texts);
    }
    if (step.descendant()) {
      for (XmlNode child : node.children) {
        apply(step, child, namespaces, next, values);
      }
    }
  }

  private static boolean matches(Step step, XmlNode node, Map<String, String> namespaces) {
    if (!step.name().equals("*") && !step.name().equals(node.name)) {
      return false;
    }
    String namespace = step.prefix().isEmpty() ? "" : namespaces.getOrDefault(step.prefix(), "?");
    boolean anyNamespace = step.name().equals("*") && step.prefix().isEmpty();
    if (!anyNamespace && !namespace.equals(node.namespace)) {
      return false;
    }
    return (!step.hasText() || !node.texts.isEmpty())
        && (step.local().isEmpty() || step.local().equals(node.name));
  }
}
