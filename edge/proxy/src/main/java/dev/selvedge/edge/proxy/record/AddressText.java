package dev.selvedge.edge.proxy.record;

import dev.selvedge.kernel.RequestId;
import java.nio.charset.StandardCharsets;

/**
 * IP addresses as text, written into a byte array without a String: dotted decimal, and RFC 5952
 * for IPv6. Immutable.
 */
final class AddressText {

  /** Bytes of the longest address. */
  static final int MAX = 39;

  private AddressText() {}

  /** The text of an address of 4 or 16 bytes; empty for any other length. */
  static String of(byte[] address, int length) {
    byte[] text = new byte[MAX];
    return new String(text, 0, write(address, length, text, 0), StandardCharsets.US_ASCII);
  }

  /** Writes the text at {@code at} and returns its end. */
  static int write(byte[] address, int length, byte[] to, int at) {
    return switch (length) {
      case 4 -> dotted(address, to, at);
      case 16 -> groups(address, to, at);
      default -> at;
    };
  }

  private static int dotted(byte[] address, byte[] to, int at) {
    int end = at;
    for (int i = 0; i < 4; i++) {
      if (i > 0) {
        to[end++] = '.';
      }
      int value = address[i] & 0xFF;
      if (value >= 100) {
        to[end++] = (byte) ('0' + value / 100);
      }
      if (value >= 10) {
        to[end++] = (byte) ('0' + value / 10 % 10);
      }
      to[end++] = (byte) ('0' + value % 10);
    }
    return end;
  }

  /** The longest run of two or more zero groups, the first of equal ones, becomes {@code ::}. */
  private static int groups(byte[] address, byte[] to, int at) {
    int runAt = -1;
    int runLength = 1;
    for (int i = 0; i < 8; i++) {
      int j = i;
      while (j < 8 && group(address, j) == 0) {
        j++;
      }
      if (j - i > runLength) {
        runAt = i;
        runLength = j - i;
      }
      i = Math.max(i, j - 1);
    }
    int end = at;
    for (int i = 0; i < 8; i++) {
      if (i == runAt) {
        to[end++] = ':';
        to[end++] = ':';
        i += runLength - 1;
        continue;
      }
      if (i > 0 && i != runAt + runLength) {
        to[end++] = ':';
      }
      int value = group(address, i);
      int digits = value > 0xFFF ? 4 : value > 0xFF ? 3 : value > 0xF ? 2 : 1;
      RequestId.hex(to, end, digits, value);
      end += digits;
    }
    return end;
  }

  private static int group(byte[] address, int index) {
    return (address[2 * index] & 0xFF) << 8 | address[2 * index + 1] & 0xFF;
  }
}
