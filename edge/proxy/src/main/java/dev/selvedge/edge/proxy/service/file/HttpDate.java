package dev.selvedge.edge.proxy.service.file;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Dates of HTTP fields, to the second: written as IMF-fixdate, read in all three forms of RFC 9110,
 * 5.6.7.
 */
final class HttpDate {

  private static final int CENTURY = 100;

  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.US)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter RFC_850 =
      new DateTimeFormatterBuilder()
          .appendPattern("dd-MMM-")
          .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
          .appendPattern(" HH:mm:ss 'GMT'")
          .toFormatter(Locale.US)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);

  private static final Set<String> DAYS =
      Set.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

  private HttpDate() {}

  static String format(long epochSeconds) {
    return IMF_FIXDATE.format(Instant.ofEpochSecond(epochSeconds));
  }

  /**
   * Seconds since 1970, or null where the text is no date.
   *
   * @param nowSeconds decides the century of a two-digit year: at most 50 years ahead
   */
  static @Nullable Long parse(String text, long nowSeconds) {
    try {
      if (text.length() > 3 && text.charAt(3) == ',') {
        return seconds(IMF_FIXDATE, text);
      }
      return text.indexOf(',') < 0 ? seconds(ASCTIME, text) : rfc850(text, nowSeconds);
    } catch (DateTimeException notADate) {
      return null;
    }
  }

  private static long seconds(DateTimeFormatter format, String text) {
    return Instant.from(format.parse(text)).getEpochSecond();
  }

  /** The day of the week is not compared: it fits only one of the possible centuries. */
  private static long rfc850(String text, long nowSeconds) {
    int comma = text.indexOf(", ");
    if (comma < 0 || !DAYS.contains(text.substring(0, comma))) {
      throw new DateTimeException("not a day");
    }
    return inReach(seconds(RFC_850, text.substring(comma + 2)), nowSeconds);
  }

  /** The latest year with those two digits that is at most 50 years ahead. */
  private static long inReach(long seconds, long nowSeconds) {
    var date = Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC);
    var latest = Instant.ofEpochSecond(nowSeconds).atOffset(ZoneOffset.UTC).plusYears(50);
    while (!date.plusYears(CENTURY).isAfter(latest)) {
      date = date.plusYears(CENTURY);
    }
    return (date.isAfter(latest) ? date.minusYears(CENTURY) : date).toEpochSecond();
  }
}
