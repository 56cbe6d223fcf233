package dev.selvedge.edge.config.kdl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node. Immutable.
 *
 * @param place of its name
 * @param type its annotation
 * @param properties as written, repeated names included: the last one counts in KDL, but a reader
 *     may want to refuse repetition
 * @param children empty both without a block and with an empty one
 */
public record KdlNode(
    Place place,
    @Nullable Annotation type,
    String name,
    List<Argument> arguments,
    List<Property> properties,
    List<KdlNode> children) {

  public KdlNode {
    arguments = List.copyOf(arguments);
    properties = List.copyOf(properties);
    children = List.copyOf(children);
  }

  /** {@code (name)} before a node or a value. */
  public record Annotation(Place place, String name) {}

  /**
   * A value with its annotation.
   *
   * @param place of the value itself
   */
  public record Argument(Place place, @Nullable Annotation type, KdlValue value) {}

  /**
   * {@code name=value}.
   *
   * @param place of the name
   */
  public record Property(Place place, String name, Argument argument) {}
}
