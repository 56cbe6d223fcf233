package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * CSS 2 escapes: up to six hex digits and one white space; the low byte is kept; a NUL ends the
 * result. Immutable.
 */
final class CssEscapes {
  private static final int DIGITS_MAX = 6;

  private CssEscapes() {}

  static byte[] decode(byte[] in) {
    ByteOutput out = new ByteOutput(in.length);
    int i = 0;
    while (i < in.length) {
      if (in[i] != '\\') {
        out.add(in[i++]);
        continue;
      }
      i++;
      if (i >= in.length) {
        break; // a backslash before nothing continues to nothing
      }
      int digits = 0;
      while (digits < DIGITS_MAX && i + digits < in.length && Bytes.isHex(in[i + digits])) {
        digits++;
      }
      if (digits > 0) {
        out.add(value(in, i, digits));
        i += digits;
        if (i < in.length && Bytes.isSpace(in[i])) {
          i++;
        }
      } else if (in[i] == '\n') {
        i++;
      } else {
        out.add(in[i++]);
      }
    }
    return out.toBytesUpToNul(in);
  }

  private static int value(byte[] in, int at, int digits) {
    int code = 0;
    for (int i = 0; i < digits; i++) {
      code = code << 4 | Bytes.hexValue(in[at + i]);
    }
    return UrlCoding.foldFullWidth(code);
  }
}
