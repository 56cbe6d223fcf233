package dev.selvedge.edge.waf.operator;

/** A program of the host that {@code @inspectFile} asks. Thread-safe. */
@FunctionalInterface
public interface Inspector {
  /**
   * Runs the program with one argument, within bounds that are the host's.
   *
   * @return what it printed; the value is refused unless that begins with 1
   */
  byte[] inspect(byte[] argument);
}
