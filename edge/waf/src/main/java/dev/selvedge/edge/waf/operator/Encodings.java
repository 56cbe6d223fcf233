package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;

/** Validations that hold (match) where an encoding is broken. Immutable. */
final class Encodings {
  private Encodings() {}

  /** A percent sign without two hex digits. */
  static boolean urlBroken(byte[] value, Operator.Context context) {
    for (int i = 0; i < value.length; i++) {
      if (value[i] == '%') {
        if (i + 2 >= value.length || !Bytes.isHex(value[i + 1]) || !Bytes.isHex(value[i + 2])) {
          return true;
        }
        i += 2;
      }
    }
    return false;
  }

  /** Bytes that are no UTF-8 (RFC 3629): truncated, overlong, surrogate, out of range. */
  static boolean utf8Broken(byte[] value, Operator.Context context) {
    int i = 0;
    while (i < value.length) {
      int length = sequence(value, i);
      if (length == 0) {
        return true;
      }
      i += length;
    }
    return false;
  }

  private static int sequence(byte[] b, int i) {
    int c = b[i] & 0xFF;
    if (c < 0x80) {
      return 1;
    }
    int length = (c & 0xE0) == 0xC0 ? 2 : (c & 0xF0) == 0xE0 ? 3 : (c & 0xF8) == 0xF0 ? 4 : 0;
    if (length == 0 || c >= 0xF5 || i + length > b.length) {
      return 0;
    }
    int code = c & 0xFF >> (length + 1);
    for (int k = 1; k < length; k++) {
      if ((b[i + k] & 0xC0) != 0x80) {
        return 0;
      }
      code = code << 6 | (b[i + k] & 0x3F);
    }
    int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    return code < least || (code >= 0xD800 && code <= 0xDFFF) ? 0 : length;
  }
}
