package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.Map;

/** Numeric entities and the five names that libmodsecurity 3.0.9 knows. Immutable. */
final class HtmlEntities {
  private static final Map<String, Integer> NAMES =
      Map.of("quot", (int) '"', "amp", (int) '&', "lt", (int) '<', "gt", (int) '>', "nbsp", 0xA0);

  private HtmlEntities() {}

  static byte[] decode(byte[] in) {
    if (Bytes.indexOf(in, '&', 0, in.length) < 0) {
      return in;
    }
    ByteOutput out = new ByteOutput(in.length);
    int i = 0;
    while (i < in.length) {
      if (in[i] != '&' || i + 1 >= in.length) {
        out.add(in[i++]);
      } else if (in[i + 1] == '#') {
        i = number(in, i, out);
      } else {
        i = name(in, i, out);
      }
    }
    return out.toBytesOr(in);
  }

  private static int number(byte[] in, int i, ByteOutput out) {
    int at = i + 2;
    boolean hex = at < in.length && (in[at] | 32) == 'x';
    if (hex) {
      at++;
    }
    int from = at;
    long value = 0;
    while (at < in.length && (hex ? Bytes.isHex(in[at]) : Bytes.isDigit(in[at]))) {
      value = saturating(value, hex ? 16 : 10, Bytes.hexValue(in[at]));
      at++;
    }
    if (at == from) {
      out.add(in, i, from);
      return from;
    }
    out.add((int) value);
    return at < in.length && in[at] == ';' ? at + 1 : at;
  }

  /** C's strtol stops at LONG_MAX, whose low byte is 0xFF. */
  private static long saturating(long value, int radix, int digit) {
    return value > (Long.MAX_VALUE - digit) / radix ? Long.MAX_VALUE : value * radix + digit;
  }

  private static int name(byte[] in, int i, ByteOutput out) {
    int at = i + 1;
    while (at < in.length && Bytes.isAlnum(in[at])) {
      at++;
    }
    if (at == i + 1) {
      out.add(in[i]);
      return at;
    }
    Integer value = NAMES.get(Bytes.text(Bytes.lower(Bytes.slice(in, i + 1, at))));
    if (value == null) {
      out.add(in, i, at);
      return at;
    }
    out.add(value);
    return at < in.length && in[at] == ';' ? at + 1 : at;
  }
}
