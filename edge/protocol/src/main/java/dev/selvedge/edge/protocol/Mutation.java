package dev.selvedge.edge.protocol;

/**
 * A change an agent asks for; the proxy makes it if nobody refuses. Immutable.
 *
 * @param value empty for {@link Op#REMOVE}
 */
public record Mutation(Op op, Target target, String name, String value) {

  /** What happens to fields of that name. Codes are ordinals. */
  public enum Op {
    /** All are replaced by this one. */
    SET,
    /** One more is added behind. */
    ADD,
    REMOVE
  }

  /** Whose fields. Codes are ordinals. */
  public enum Target {
    REQUEST,
    RESPONSE
  }

  public static Mutation set(Target target, String name, String value) {
    return new Mutation(Op.SET, target, name, value);
  }

  public static Mutation add(Target target, String name, String value) {
    return new Mutation(Op.ADD, target, name, value);
  }

  public static Mutation remove(Target target, String name) {
    return new Mutation(Op.REMOVE, target, name, "");
  }
}
