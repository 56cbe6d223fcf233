package dev.selvedge.edge.waf.bytes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Pure functions over bytes read as Latin-1; ASCII case only, as the rule language compares.
 *
 * <p>Immutable.
 */
public final class Bytes {
  public static final byte[] EMPTY = new byte[0];

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private static final int SMALL_NUMBERS = 100;
  private static final byte[][] NUMBERS = new byte[SMALL_NUMBERS][];

  static {
    for (int i = 0; i < SMALL_NUMBERS; i++) {
      NUMBERS[i] = of(Integer.toString(i));
    }
  }

  private Bytes() {}

  /** One byte per char; chars above 0xFF become {@code ?}. */
  public static byte[] of(String s) {
    return s.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The decimal text of a number; the same array each time for small ones. */
  public static byte[] of(long number) {
    return number >= 0 && number < SMALL_NUMBERS
        ? NUMBERS[(int) number]
        : of(Long.toString(number));
  }

  public static String text(byte[] b) {
    return new String(b, StandardCharsets.ISO_8859_1);
  }

  public static String text(byte[] b, int from, int to) {
    return new String(b, from, to - from, StandardCharsets.ISO_8859_1);
  }

  public static byte[] slice(byte[] b, int from, int to) {
    return from == 0 && to == b.length ? b : Arrays.copyOfRange(b, from, to);
  }

  /**
   * The first {@code size} bytes of {@code out}; {@code in} itself where they equal it, so that
   * callers can test identity.
   */
  public static byte[] resultOr(byte[] out, int size, byte[] in) {
    if (Arrays.equals(out, 0, size, in, 0, in.length)) {
      return in;
    }
    return size == out.length ? out : Arrays.copyOf(out, size);
  }

  public static byte lower(byte c) {
    return c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
  }

  /** The same array when nothing changes. */
  public static byte[] lower(byte[] b) {
    for (int i = 0; i < b.length; i++) {
      if (b[i] >= 'A' && b[i] <= 'Z') {
        byte[] out = b.clone();
        for (; i < out.length; i++) {
          out[i] = lower(out[i]);
        }
        return out;
      }
    }
    return b;
  }

  public static boolean equalsIgnoreCase(byte[] a, byte[] b) {
    return a.length == b.length && regionEqualsIgnoreCase(a, 0, b);
  }

  /** Whether {@code a} holds {@code b} at {@code at}, ASCII case aside. */
  public static boolean regionEqualsIgnoreCase(byte[] a, int at, byte[] b) {
    if (at < 0 || at + b.length > a.length) {
      return false;
    }
    for (int i = 0; i < b.length; i++) {
      if (lower(a[at + i]) != lower(b[i])) {
        return false;
      }
    }
    return true;
  }

  public static boolean regionEquals(byte[] a, int at, byte[] b) {
    if (at < 0 || at + b.length > a.length) {
      return false;
    }
    return Arrays.equals(a, at, at + b.length, b, 0, b.length);
  }

  /** A hash that ignores ASCII case. */
  public static int hashIgnoreCase(byte[] b) {
    int h = 0;
    for (byte c : b) {
      h = 31 * h + lower(c);
    }
    return h;
  }

  public static int indexOf(byte[] b, int c, int from, int to) {
    for (int i = from; i < to; i++) {
      if (b[i] == (byte) c) {
        return i;
      }
    }
    return -1;
  }

  public static int indexOf(byte[] b, byte[] what, int from) {
    if (what.length == 0) {
      return from <= b.length ? from : -1;
    }
    byte first = what[0];
    int middle = what.length / 2;
    byte other = what[middle];
    int last = b.length - what.length;
    for (int i = from; i <= last; i++) {
      if (b[i] == first && b[i + middle] == other && regionEquals(b, i, what)) {
        return i;
      }
    }
    return -1;
  }

  public static int lastIndexOf(byte[] b, int c) {
    for (int i = b.length - 1; i >= 0; i--) {
      if (b[i] == (byte) c) {
        return i;
      }
    }
    return -1;
  }

  /** C's isspace in the "C" locale: space, tab, newline, vertical tab, form feed, return. */
  public static boolean isSpace(int c) {
    return c == ' ' || (c >= 9 && c <= 13);
  }

  public static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  public static boolean isAlnum(int c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  public static boolean isHex(int c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  /** The value of a hex digit; 0–15 only for hex digits. */
  public static int hexValue(int c) {
    return c <= '9' ? c - '0' : (c & 0xDF) - 'A' + 10;
  }

  /** Two hex digits at {@code at} as one byte; the caller has checked both. */
  public static byte hexPair(byte[] b, int at) {
    return (byte) (hexValue(b[at]) << 4 | hexValue(b[at + 1]));
  }

  /** Four hex digits at {@code at} as one number; the caller has checked them. */
  public static int hexQuad(byte[] b, int at) {
    return (hexPair(b, at) & 0xFF) << 8 | (hexPair(b, at + 2) & 0xFF);
  }

  public static byte[] hex(byte[] b) {
    byte[] out = new byte[b.length * 2];
    for (int i = 0; i < b.length; i++) {
      out[2 * i] = HEX[(b[i] & 0xFF) >> 4];
      out[2 * i + 1] = HEX[b[i] & 15];
    }
    return out;
  }

  /** Without leading and trailing white space ({@link #isSpace}). */
  public static byte[] trim(byte[] b) {
    int from = 0;
    int to = b.length;
    while (from < to && isSpace(b[from])) {
      from++;
    }
    while (to > from && isSpace(b[to - 1])) {
      to--;
    }
    return slice(b, from, to);
  }

  /** C's atoi: white space, sign, digits; 0 where there are none; saturates at the int range. */
  public static int atoi(byte[] b) {
    int i = 0;
    while (i < b.length && isSpace(b[i])) {
      i++;
    }
    boolean negative = i < b.length && b[i] == '-';
    if (i < b.length && (b[i] == '-' || b[i] == '+')) {
      i++;
    }
    long n = 0;
    for (; i < b.length && isDigit(b[i]); i++) {
      n = Math.min(n * 10 + b[i] - '0', 1L << 40);
    }
    long signed = negative ? -n : n;
    return (int) Math.clamp(signed, (long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
  }
}
