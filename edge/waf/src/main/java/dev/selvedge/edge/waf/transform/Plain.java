package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Case, length, digests, NUL bytes and parity bits: transformations of one byte at a time.
 * Immutable.
 */
final class Plain {
  /** Bit n is the parity of the four-bit number n. */
  private static final int NIBBLE_PARITY = 0x6996;

  private Plain() {}

  static byte[] lower(byte[] in) {
    return Bytes.lower(in);
  }

  static byte[] upper(byte[] in) {
    byte[] out = in.clone();
    boolean changed = false;
    for (int i = 0; i < out.length; i++) {
      if (out[i] >= 'a' && out[i] <= 'z') {
        out[i] = (byte) (out[i] - 32);
        changed = true;
      }
    }
    return changed ? out : in;
  }

  static byte[] length(byte[] in) {
    return Bytes.of(in.length);
  }

  static byte[] md5(byte[] in) {
    return digest("MD5", in);
  }

  static byte[] sha1(byte[] in) {
    return digest("SHA-1", in);
  }

  private static byte[] digest(String algorithm, byte[] in) {
    try {
      return MessageDigest.getInstance(algorithm).digest(in);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] removeNulls(byte[] in) {
    if (Bytes.indexOf(in, 0, 0, in.length) < 0) {
      return in;
    }
    ByteOutput out = new ByteOutput(in.length);
    for (byte b : in) {
      if (b != 0) {
        out.add(b);
      }
    }
    return out.toBytes();
  }

  static byte[] replaceNulls(byte[] in) {
    if (Bytes.indexOf(in, 0, 0, in.length) < 0) {
      return in;
    }
    byte[] out = in.clone();
    for (int i = 0; i < out.length; i++) {
      if (out[i] == 0) {
        out[i] = ' ';
      }
    }
    return out;
  }

  static byte[] parityEven(byte[] in) {
    return parity(in, 1);
  }

  static byte[] parityOdd(byte[] in) {
    return parity(in, 0);
  }

  static byte[] parityZero(byte[] in) {
    byte[] out = in.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] &= 0x7F;
    }
    return java.util.Arrays.equals(in, out) ? in : out;
  }

  private static byte[] parity(byte[] in, int setWhen) {
    byte[] out = in.clone();
    for (int i = 0; i < out.length; i++) {
      int folded = (out[i] ^ (out[i] & 0xFF) >> 4) & 15;
      int odd = NIBBLE_PARITY >> folded & 1;
      out[i] = (byte) (odd == setWhen ? out[i] | 0x80 : out[i] & 0x7F);
    }
    return java.util.Arrays.equals(in, out) ? in : out;
  }
}
