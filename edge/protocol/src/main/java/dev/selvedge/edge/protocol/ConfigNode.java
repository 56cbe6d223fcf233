package dev.selvedge.edge.protocol;

import java.util.List;

/**
 * One node of an agent's configuration block, with the place it was written at. Immutable.
 *
 * @param line from 1; 0 where the node was not written by hand
 */
public record ConfigNode(
    String name,
    int line,
    int column,
    List<Value> arguments,
    List<Property> properties,
    List<ConfigNode> children) {

  public ConfigNode {
    arguments = List.copyOf(arguments);
    properties = List.copyOf(properties);
    children = List.copyOf(children);
  }

  /** What kind of value a text stands for. Codes are ordinals. */
  public enum Kind {
    NULL,
    BOOLEAN,
    /** In decimal: {@code 12}, {@code -1.5e3}. */
    NUMBER,
    STRING
  }

  /** A value with its place; {@code true} and {@code false} for booleans, empty for null. */
  public record Value(Kind kind, String text, int line, int column) {}

  public record Property(String name, Value value) {}
}
