package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;

/** Hexadecimal text. Immutable. */
final class HexCoding {
  private HexCoding() {}

  static byte[] encode(byte[] in) {
    return in.length == 0 ? in : Bytes.hex(in);
  }

  /** Takes any two bytes as digits, as libmodsecurity does; an odd last byte is dropped. */
  static byte[] decode(byte[] in) {
    byte[] out = new byte[in.length / 2];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (digit(in[2 * i]) * 16 + digit(in[2 * i + 1]));
    }
    return in.length == 0 ? in : out;
  }

  private static int digit(byte b) {
    int c = b & 0xFF;
    return c >= 'A' ? (c & 0xDF) - 'A' + 10 : c - '0';
  }

  /**
   * SQL's 0x… literals to bytes.
   *
   * <p>As in libmodsecurity 3.0.9 the last byte is lost unless it belongs to or follows a literal,
   * and the result ends at the first NUL.
   */
  static byte[] decodeSql(byte[] in) {
    ByteOutput out = new ByteOutput(in.length);
    int i = 0;
    while (i + 1 < in.length && in[i] != 0) {
      if (in[i] == '0' && (in[i + 1] | 32) == 'x' && pairAt(in, i + 2)) {
        i += 2;
        while (pairAt(in, i)) {
          out.add(Bytes.hexPair(in, i));
          i += 2;
        }
      }
      if (i < in.length) {
        out.add(in[i]);
      }
      i++;
    }
    return out.toBytesUpToNul(in);
  }

  static boolean pairAt(byte[] in, int i) {
    return i + 1 < in.length && Bytes.isHex(in[i]) && Bytes.isHex(in[i + 1]);
  }
}
