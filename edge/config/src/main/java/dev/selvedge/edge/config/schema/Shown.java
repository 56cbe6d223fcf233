package dev.selvedge.edge.config.schema;

import java.time.Duration;
import java.util.Locale;

/** How values are shown in messages and in the reference. */
public final class Shown {

  private Shown() {}

  /** With thousands apart: {@code 10,000}. */
  public static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** In the largest unit that divides it: {@code 90s}, {@code 2m}. */
  public static String duration(Duration value) {
    long millis = value.toMillis();
    if (millis != 0 && millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis != 0 && millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
