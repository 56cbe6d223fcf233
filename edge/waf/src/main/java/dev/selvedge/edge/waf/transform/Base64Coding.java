package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.Arrays;
import java.util.Base64;

/**
 * Base64 as mbed TLS reads it (strict), and a forgiving reader that skips what is not Base64.
 * Immutable.
 */
public final class Base64Coding {
  private static final byte[] VALUES = new byte[256];

  static {
    Arrays.fill(VALUES, (byte) -1);
    String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < digits.length(); i++) {
      VALUES[digits.charAt(i)] = (byte) i;
    }
  }

  private Base64Coding() {}

  static byte[] encode(byte[] in) {
    return Base64.getEncoder().encode(in);
  }

  /** Empty where the text is not Base64; an incomplete last group is dropped. */
  public static byte[] decode(byte[] value) {
    byte[] in = upToNul(value);
    int padding = 0;
    boolean spaces = false;
    for (int i = 0; i < in.length; i++) {
      byte c = in[i];
      if (c == ' ') {
        spaces = true;
        continue;
      }
      if (c == '\n' || (c == '\r' && i + 1 < in.length && in[i + 1] == '\n')) {
        spaces = false;
        continue;
      }
      boolean pad = c == '=';
      if (spaces || (pad ? ++padding > 2 : padding > 0 || value(c) < 0)) {
        return Bytes.EMPTY;
      }
    }
    return groups(in);
  }

  private static byte[] groups(byte[] in) {
    ByteOutput out = new ByteOutput(in.length);
    int bits = 0;
    int n = 0;
    int seenPadding = 0;
    for (byte c : in) {
      if (c == '=') {
        seenPadding++;
      } else if (value(c) < 0) {
        continue;
      }
      bits = bits << 6 | Math.max(value(c), 0);
      if (++n == 4) {
        n = 0;
        for (int k = 0; k < 3 - seenPadding; k++) {
          out.add(bits >> (16 - 8 * k));
        }
        bits = 0;
      }
    }
    return out.toBytes();
  }

  /**
   * Skips what is not Base64, padding included. One padding sign after a single digit makes the
   * text worthless.
   */
  static byte[] decodeForgiving(byte[] in) {
    ByteOutput out = new ByteOutput(in.length);
    int bits = 0;
    int n = 0;
    int lastDigit = -1;
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '=') {
        if (n == 1 && (i + 1 >= in.length || in[i + 1] != '=')) {
          return Bytes.EMPTY;
        }
        continue;
      }
      int v = value(in[i]);
      if (v < 0) {
        continue;
      }
      lastDigit = v;
      bits = bits << 6 | v;
      n = (n + 1) & 3;
      if (n != 1) {
        out.add(bits >> (n == 2 ? 4 : n == 3 ? 2 : 0));
      }
    }
    // libmodsecurity takes digit 61 ('9') at the end for a padding sign, which has that code
    return n == 1 && lastDigit == 61 ? Bytes.EMPTY : out.toBytesOr(in);
  }

  private static byte[] upToNul(byte[] in) {
    int nul = Bytes.indexOf(in, 0, 0, in.length);
    return nul < 0 ? in : Bytes.slice(in, 0, nul);
  }

  private static int value(byte c) {
    return VALUES[c & 0xFF];
  }
}
