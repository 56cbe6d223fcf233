package dev.selvedge.edge.proxy.service.file;

import java.util.Locale;

/**
 * One range of bytes (RFC 9110, 14.1.2). Immutable.
 *
 * @param first index of its first byte
 * @param last index of its last byte
 */
record ByteRange(long first, long last) {

  /** How a Range field is to be taken. */
  sealed interface Asked {
    /** As if it were not there: another unit, several ranges, not well-formed. */
    record Ignored() implements Asked {}

    /** Well-formed, but no byte of it exists. */
    record Unsatisfiable() implements Asked {}

    /** These bytes. */
    record Bytes(ByteRange range) implements Asked {}
  }

  private static final Asked IGNORED = new Asked.Ignored();
  private static final Asked UNSATISFIABLE = new Asked.Unsatisfiable();
  private static final String UNIT = "bytes=";
  private static final int MAX_DIGITS = 18;

  long length() {
    return last - first + 1;
  }

  /** The value of Content-Range. */
  String contentRange(long size) {
    return "bytes " + first + "-" + last + "/" + size;
  }

  /**
   * Reads a Range field against a size.
   *
   * <p>An empty file has no range to speak of: asking for its end ignores the field, asking from a
   * position cannot be satisfied.
   */
  static Asked parse(String field, long size) {
    if (!field.toLowerCase(Locale.ROOT).startsWith(UNIT)) {
      return IGNORED;
    }
    String range = field.substring(UNIT.length()).strip();
    int dash = range.indexOf('-');
    if (dash < 0) {
      return IGNORED;
    }
    String from = range.substring(0, dash);
    String to = range.substring(dash + 1);
    if (!digits(from) || !digits(to)) {
      return IGNORED;
    }
    if (from.isEmpty()) {
      return to.isEmpty() ? IGNORED : suffix(number(to), size);
    }
    long first = number(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : number(to);
    if (first > last) {
      return IGNORED;
    }
    return first >= size
        ? UNSATISFIABLE
        : new Asked.Bytes(new ByteRange(first, Math.min(last, size - 1)));
  }

  private static Asked suffix(long count, long size) {
    if (count == 0) {
      return UNSATISFIABLE;
    }
    return size == 0
        ? IGNORED
        : new Asked.Bytes(new ByteRange(Math.max(0, size - count), size - 1));
  }

  private static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** A number of any length; one beyond all sizes is as good as the largest. */
  private static long number(String digits) {
    int zeros = 0;
    while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
      zeros++;
    }
    String significant = digits.substring(zeros);
    return significant.length() > MAX_DIGITS ? Long.MAX_VALUE - 1 : Long.parseLong(significant);
  }
}
