package dev.selvedge.edge.config.kdl;

import java.util.List;
import java.util.function.BiPredicate;
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

  /** Whether both lists say the same, wherever they stand. */
  public static boolean saySame(List<KdlNode> some, List<KdlNode> others) {
    return each(some, others, KdlNode::saysSame);
  }

  private static boolean saysSame(KdlNode one, KdlNode other) {
    return one.name.equals(other.name)
        && saysSame(one.type, other.type)
        && each(one.arguments, other.arguments, KdlNode::saysSame)
        && each(
            one.properties,
            other.properties,
            (a, b) -> a.name.equals(b.name) && saysSame(a.argument, b.argument))
        && saySame(one.children, other.children);
  }

  private static boolean saysSame(Argument one, Argument other) {
    return one.value.equals(other.value) && saysSame(one.type, other.type);
  }

  private static boolean saysSame(@Nullable Annotation one, @Nullable Annotation other) {
    return one == null ? other == null : other != null && one.name.equals(other.name);
  }

  private static <T> boolean each(List<T> some, List<T> others, BiPredicate<T, T> same) {
    boolean all = some.size() == others.size();
    for (int i = 0; all && i < some.size(); i++) {
      all = same.test(some.get(i), others.get(i));
    }
    return all;
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
