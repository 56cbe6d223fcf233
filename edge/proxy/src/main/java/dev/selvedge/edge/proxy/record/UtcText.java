package dev.selvedge.edge.proxy.record;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Times as {@code 2026-01-31T23:59:59.123Z}, into a byte array.
 *
 * <p>The text of a second is made once and kept for the next time of the same second; exchanges
 * that began in other seconds take turns in {@value #KEPT} places. Confined to one thread.
 */
final class UtcText {

  private static final int KEPT = 64;
  private static final int SECOND_LENGTH = "2026-01-31T23:59:59.".length();
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'.'").withZone(ZoneOffset.UTC);

  private final long[] seconds = new long[KEPT];
  private final byte[][] texts = new byte[KEPT][];

  /** Writes the time at {@code at} and returns its end. */
  int write(long epochMillis, byte[] to, int at) {
    long second = Math.floorDiv(epochMillis, 1000L);
    int place = (int) second & KEPT - 1;
    byte[] text = texts[place];
    if (text == null || seconds[place] != second) {
      String made = SECOND.format(Instant.ofEpochSecond(second));
      text = made.getBytes(StandardCharsets.US_ASCII);
      texts[place] = text;
      seconds[place] = second;
    }
    System.arraycopy(text, 0, to, at, SECOND_LENGTH);
    int millis = (int) (epochMillis - second * 1000);
    int end = at + SECOND_LENGTH;
    to[end] = (byte) ('0' + millis / 100);
    to[end + 1] = (byte) ('0' + millis / 10 % 10);
    to[end + 2] = (byte) ('0' + millis % 10);
    to[end + 3] = 'Z';
    return end + 4;
  }
}
