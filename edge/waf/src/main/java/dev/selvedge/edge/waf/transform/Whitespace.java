package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.Bytes;

/** White space: trimmed, compressed or removed. Immutable. */
final class Whitespace {
  private Whitespace() {}

  static byte[] trim(byte[] in) {
    return trimLeft(trimRight(in));
  }

  static byte[] trimLeft(byte[] in) {
    int from = 0;
    while (from < in.length && Bytes.isSpace(in[from])) {
      from++;
    }
    return Bytes.slice(in, from, in.length);
  }

  static byte[] trimRight(byte[] in) {
    int to = in.length;
    while (to > 0 && Bytes.isSpace(in[to - 1])) {
      to--;
    }
    return Bytes.slice(in, 0, to);
  }

  static byte[] compress(byte[] in) {
    byte[] out = new byte[in.length];
    int size = 0;
    boolean inside = false;
    for (byte b : in) {
      boolean space = Bytes.isSpace(b);
      if (!space) {
        out[size++] = b;
      } else if (!inside) {
        out[size++] = ' ';
      }
      inside = space;
    }
    return Bytes.resultOr(out, size, in);
  }

  static byte[] remove(byte[] in) {
    byte[] out = new byte[in.length];
    int size = 0;
    for (byte b : in) {
      if (!Bytes.isSpace(b) && !noBreakSpace(b)) {
        out[size++] = b;
      }
    }
    return Bytes.resultOr(out, size, in);
  }

  /** Either byte of U+00A0 in UTF-8, wherever it stands, as libmodsecurity has it. */
  private static boolean noBreakSpace(byte b) {
    return (b & 0xFF) == 0xC2 || (b & 0xFF) == 0xA0;
  }
}
