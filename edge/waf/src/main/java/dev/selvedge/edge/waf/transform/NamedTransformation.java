package dev.selvedge.edge.waf.transform;

/** A transformation under the name that rules use. Immutable. */
public record NamedTransformation(String name, Transformation function) {
  public byte[] apply(byte[] in) {
    return function.apply(in);
  }
}
