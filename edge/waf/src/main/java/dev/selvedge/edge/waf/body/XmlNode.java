package dev.selvedge.edge.waf.body;

import java.util.ArrayList;
import java.util.List;

/**
 * An element of a parsed body, with what paths may ask for.
 *
 * <p>Not thread-safe.
 */
final class XmlNode {
  /** An attribute, its namespace left out: paths ask by local name. */
  record Attribute(String name, String value) {}

  final String namespace;
  final String name;
  final List<Attribute> attributes = new ArrayList<>(0);
  final List<XmlNode> children = new ArrayList<>(0);
  final List<String> texts = new ArrayList<>(1);

  /** Text and element children in document order: a String or an XmlNode each. */
  final List<Object> content = new ArrayList<>(1);

  XmlNode(String namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  void text(String text) {
    texts.add(text);
    content.add(text);
  }

  void child(XmlNode child) {
    children.add(child);
    content.add(child);
  }

  /** All text below this element, in document order. */
  void collectText(StringBuilder out) {
    for (Object item : content) {
      if (item instanceof XmlNode node) {
        node.collectText(out);
      } else {
        out.append(item);
      }
    }
  }
}
