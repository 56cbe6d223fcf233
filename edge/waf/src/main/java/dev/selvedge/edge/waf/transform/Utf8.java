package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * UTF-8 sequences to %uXXXX; bytes that are no UTF-8 as libmodsecurity leaves them; NULs go.
 * Immutable.
 */
final class Utf8 {
  private Utf8() {}

  static byte[] toUnicodeEscapes(byte[] in) {
    boolean ascii = true;
    for (byte b : in) {
      ascii &= b > 0;
    }
    if (ascii) {
      return in;
    }
    ByteOutput out = new ByteOutput(in.length * 4);
    int i = 0;
    while (i < in.length) {
      int length = sequence(in, i);
      if (length == 1) {
        if (in[i] != 0) {
          out.add(in[i]);
        }
        i++;
      } else if (length > 1) {
        int code = in[i] & 0xFF >> (length + 1);
        for (int k = 1; k < length; k++) {
          code = code << 6 | (in[i + k] & 0x3F);
        }
        escape(code, out);
        if ((code >= 0xD800 && code <= 0xDFFF) || overlong(code, length)) {
          out.add(in[i]);
        }
        i += length;
      } else {
        i++; // truncated or broken: dropped
      }
    }
    return out.toBytesOr(in);
  }

  private static boolean overlong(int code, int length) {
    return switch (length) {
      case 2 -> code < 0x80;
      case 3 -> code < 0x800;
      default -> code < 0x10000;
    };
  }

  private static void escape(int code, ByteOutput out) {
    String hex = Integer.toHexString(code);
    out.add('%').add('u').add(Bytes.of("0".repeat(Math.max(0, 4 - hex.length())) + hex));
  }

  /**
   * Length of the sequence at {@code i}; 1 for a byte that stands alone, 0 for a broken sequence.
   */
  private static int sequence(byte[] in, int i) {
    int c = in[i] & 0xFF;
    int length;
    if ((c & 0xE0) == 0xC0) {
      length = 2;
    } else if ((c & 0xF0) == 0xE0) {
      length = 3;
    } else if ((c & 0xF8) == 0xF0 && c < 0xF5) {
      length = 4;
    } else {
      return 1;
    }
    if (i + length > in.length) {
      return 0;
    }
    for (int k = 1; k < length; k++) {
      if ((in[i + k] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
