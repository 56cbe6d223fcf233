package dev.selvedge.edge.waf.transform;

/** A pure function over bytes; returns its argument itself where nothing changes. Immutable. */
@FunctionalInterface
public interface Transformation {
  byte[] apply(byte[] in);
}
