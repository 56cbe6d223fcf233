package dev.selvedge.edge.config.key;

import java.math.BigInteger;
import java.util.Locale;

/** Ranges of numbers, and how they are shown. */
final class Numbers {

  private Numbers() {}

  static boolean inRange(BigInteger value, long min, long max) {
    return value.compareTo(BigInteger.valueOf(min)) >= 0
        && value.compareTo(BigInteger.valueOf(max)) <= 0;
  }

  /** With thousands apart: {@code 10,000}. */
  static String shown(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
