package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * JavaScript escapes; backslash-u-XXXX gives its low byte, full width folded to ASCII. Immutable.
 */
final class JsEscapes {
  private JsEscapes() {}

  static byte[] decode(byte[] in) {
    if (Bytes.indexOf(in, '\\', 0, in.length) < 0) {
      return in;
    }
    ByteOutput out = new ByteOutput(in.length);
    int i = 0;
    while (i < in.length) {
      if (in[i] == '\\' && i + 1 < in.length) {
        i += escape(in, i, out);
      } else {
        out.add(in[i++]);
      }
    }
    return out.toBytesOr(in);
  }

  /** Decodes the escape at {@code i} and returns its length. */
  private static int escape(byte[] in, int i, ByteOutput out) {
    byte c = in[i + 1];
    if (c == 'u' && HexCoding.pairAt(in, i + 2) && HexCoding.pairAt(in, i + 4)) {
      int code = Bytes.hexQuad(in, i + 2);
      out.add(UrlCoding.foldFullWidth(code));
      return 6;
    }
    if (c == 'x' && HexCoding.pairAt(in, i + 2)) {
      out.add(Bytes.hexPair(in, i + 2));
      return 4;
    }
    if (CEscapes.octal(c)) {
      int digits = CEscapes.octalDigits(in, i + 1, 3);
      if (digits == 3 && c > '3') {
        digits = 2; // three digits would exceed a byte
      }
      out.add(CEscapes.octalValue(in, i + 1, digits));
      return 1 + digits;
    }
    out.add(simple(c));
    return 2;
  }

  private static int simple(byte c) {
    return switch (c) {
      case 'a' -> 7;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 11;
      default -> c;
    };
  }
}
