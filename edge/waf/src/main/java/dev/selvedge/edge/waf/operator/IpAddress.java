package dev.selvedge.edge.waf.operator;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Numeric addresses to bytes, never a name lookup. Immutable. */
final class IpAddress {
  private IpAddress() {}

  /** Four or sixteen bytes; null where the text is no numeric address. */
  static byte @Nullable [] parse(String text) {
    return text.indexOf(':') >= 0 ? v6(text) : v4(text);
  }

  private static byte @Nullable [] v4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    byte[] out = new byte[4];
    for (int i = 0; i < 4; i++) {
      int n = number(parts[i], 10, 3);
      if (n < 0 || n > 255) {
        return null;
      }
      out[i] = (byte) n;
    }
    return out;
  }

  private static byte @Nullable [] v6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      byte[] out = groups(text);
      return out != null && out.length == 16 ? out : null;
    }
    byte[] head = groups(text.substring(0, gap));
    byte[] tail = groups(text.substring(gap + 2));
    if (head == null || tail == null || head.length + tail.length > 14) {
      return null;
    }
    byte[] out = Arrays.copyOf(head, 16);
    System.arraycopy(tail, 0, out, 16 - tail.length, tail.length);
    return out;
  }

  private static byte @Nullable [] groups(String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] parts = text.split(":", -1);
    byte[] out = new byte[parts.length * 2 + 2];
    int size = 0;
    for (int i = 0; i < parts.length; i++) {
      if (i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
        byte[] last = v4(parts[i]);
        if (last == null) {
          return null;
        }
        System.arraycopy(last, 0, out, size, 4);
        size += 4;
        continue;
      }
      int n = number(parts[i], 16, 4);
      if (n < 0 || size + 2 > 16) {
        return null;
      }
      out[size++] = (byte) (n >> 8);
      out[size++] = (byte) n;
    }
    return Arrays.copyOf(out, size);
  }

  private static int number(String text, int radix, int digitsMax) {
    if (text.isEmpty() || text.length() > digitsMax) {
      return -1;
    }
    int n = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = Character.digit(text.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      n = n * radix + digit;
    }
    return n;
  }
}
