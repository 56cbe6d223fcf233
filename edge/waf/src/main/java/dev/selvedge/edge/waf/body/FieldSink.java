package dev.selvedge.edge.waf.body;

/** Receives the named values of a body; false ends parsing because a count limit is reached. */
@FunctionalInterface
public interface FieldSink {
  boolean field(byte[] name, byte[] value);
}
