package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;

/** Holds (matches) where a byte is outside the allowed ranges. Immutable. */
final class ByteRange implements Operator {
  private final boolean[] allowed = new boolean[256];

  static Operator of(String argument) {
    ByteRange range = new ByteRange();
    for (String part : argument.split(",", -1)) {
      range.allow(part.strip());
    }
    return range;
  }

  private void allow(String part) {
    if (part.isEmpty()) {
      return;
    }
    int dash = part.indexOf('-');
    int from = bound(dash < 0 ? part : part.substring(0, dash));
    int to = dash < 0 ? from : bound(part.substring(dash + 1));
    if (from > to) {
      throw new IllegalArgumentException("byte range runs backwards: " + part);
    }
    for (int i = from; i <= to; i++) {
      allowed[i] = true;
    }
  }

  private static int bound(String text) {
    String digits = text.strip();
    boolean number = !digits.isEmpty() && digits.chars().allMatch(Bytes::isDigit);
    int n = number ? Bytes.atoi(Bytes.of(digits)) : -1;
    if (n < 0 || n > 255) {
      throw new IllegalArgumentException("not a byte (0-255): " + text);
    }
    return n;
  }

  @Override
  public Need need() {
    return Need.OneOf.where(b -> !allowed[b]);
  }

  @Override
  public boolean matches(byte[] value, Context context) {
    for (byte b : value) {
      if (!allowed[b & 0xFF]) {
        return true;
      }
    }
    return false;
  }
}
