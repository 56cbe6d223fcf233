package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * Undoes what shells ignore: quotes and carets go, separators become one space, lower case.
 * Immutable.
 */
final class CommandLine {
  private CommandLine() {}

  static byte[] normalize(byte[] in) {
    byte[] out = new byte[in.length];
    int size = 0;
    boolean space = false;
    for (byte b : in) {
      switch (b) {
        case '"', '\'', '\\', '^' -> {}
        case ' ', ',', ';', '\t', '\r', '\n' -> {
          if (!space) {
            out[size++] = ' ';
            space = true;
          }
        }
        case '/', '(' -> {
          if (space) {
            size--;
            space = false;
          }
          out[size++] = b;
        }
        default -> {
          out[size++] = Bytes.lower(b);
          space = false;
        }
      }
    }
    return Bytes.resultOr(out, size, in);
  }
}
