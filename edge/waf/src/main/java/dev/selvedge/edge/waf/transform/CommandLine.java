package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * Undoes what shells ignore: quotes and carets go, separators become one space, lower case.
 * Immutable.
 */
final class CommandLine {
  private CommandLine() {}

  static byte[] normalize(byte[] in) {
    ByteOutput out = new ByteOutput(in.length);
    boolean space = false;
    for (byte b : in) {
      switch (b) {
        case '"', '\'', '\\', '^' -> {}
        case ' ', ',', ';', '\t', '\r', '\n' -> {
          if (!space) {
            out.add(' ');
            space = true;
          }
        }
        case '/', '(' -> {
          if (space) {
            out.truncate(out.size() - 1);
            space = false;
          }
          out.add(b);
        }
        default -> {
          out.add(Bytes.lower(b));
          space = false;
        }
      }
    }
    return out.toBytesOr(in);
  }
}
