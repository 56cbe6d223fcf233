package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlValue;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Shape;
import dev.selvedge.edge.config.schema.Shown;
import dev.selvedge.edge.config.schema.Spot;
import dev.selvedge.edge.config.schema.Type;
import dev.selvedge.kernel.ByteSize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A duration or a size: its number is never without a unit, which stands in the text ({@code idle
 * "30s"}) or ends the key ({@code idle-ms 30000}).
 *
 * @param min in the smallest unit, like {@code max}
 */
public record Measure<T>(Kind<T> kind, long min, long max) implements Type<T> {

  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,18}) *([A-Za-z]*)");

  /**
   * What is measured.
   *
   * @param units what may follow the number, in smallest units
   * @param meant units of other conventions, in lower case, and what they are here
   * @param suffixes what may end the key, in smallest units
   * @param usual the suffix to suggest for a number alone
   */
  private record Kind<T>(
      String name,
      String example,
      Map<String, Long> units,
      Function<String, String> meant,
      Map<String, Long> suffixes,
      String usual,
      LongFunction<T> made,
      Function<T, String> shown) {}

  private static final Kind<Duration> TIME =
      new Kind<>(
          "duration",
          "a duration such as \"30s\" (ms, s, m or h)",
          Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L),
          unit ->
              switch (unit) {
                case "", "s", "sec", "secs", "second", "seconds" -> "s";
                case "ms", "msec", "msecs", "millis", "millisecond", "milliseconds" -> "ms";
                case "m", "min", "mins", "minute", "minutes" -> "m";
                case "h", "hr", "hrs", "hour", "hours" -> "h";
                default -> "";
              },
          Map.of("-ms", 1L, "-secs", 1_000L, "-seconds", 1_000L),
          "-secs",
          Duration::ofMillis,
          Shown::duration);

  private static final Kind<ByteSize> SIZE =
      new Kind<>(
          "size",
          "a size such as \"64KiB\" (B, KiB, MiB, GiB, KB, MB or GB)",
          Map.of(
              "B", 1L,
              "KiB", 1L << 10,
              "MiB", 1L << 20,
              "GiB", 1L << 30,
              "KB", 1_000L,
              "MB", 1_000_000L,
              "GB", 1_000_000_000L),
          unit ->
              switch (unit) {
                case "b", "byte", "bytes" -> "B";
                case "k", "ki", "kb", "kib" -> "KiB";
                case "m", "mi", "mb", "mib" -> "MiB";
                case "g", "gi", "gb", "gib" -> "GiB";
                default -> "";
              },
          Map.of("-bytes", 1L),
          "-bytes",
          ByteSize::ofBytes,
          ByteSize::toString);

  /** A duration in a range, both ends written as operators write them. */
  public static Measure<Duration> time(String min, String max) {
    return of(TIME, min, max);
  }

  /** A size in a range, both ends written as operators write them. */
  public static Measure<ByteSize> size(String min, String max) {
    return of(SIZE, min, max);
  }

  private static <T> Measure<T> of(Kind<T> kind, String min, String max) {
    @Nullable BigInteger least = number(kind, min);
    @Nullable BigInteger most = number(kind, max);
    if (least == null || most == null) {
      throw new IllegalArgumentException(min + ", " + max);
    }
    return new Measure<>(kind, least.longValueExact(), most.longValueExact());
  }

  @Override
  public String text() {
    return kind.name + ", " + range();
  }

  private String range() {
    return kind.shown.apply(kind.made.apply(min)) + " to " + kind.shown.apply(kind.made.apply(max));
  }

  @Override
  public List<String> suffixes() {
    return kind.suffixes.keySet().stream().sorted().toList();
  }

  @Override
  public @Nullable T read(KdlNode node, String suffix, Report report) {
    String expected = suffix.isEmpty() ? kind.example : "a whole number";
    @Nullable Argument argument = Shape.only(node, report, expected);
    if (argument == null) {
      return null;
    }
    Spot spot = new Spot(node.name(), argument.place(), report);
    @Nullable BigInteger number =
        suffix.isEmpty() ? withUnit(node, argument, spot) : counted(argument, suffix, spot);
    if (number == null) {
      return null;
    }
    return Types.inRange(number, min, max)
        ? kind.made.apply(number.longValueExact())
        : spot.refuse(spot.key() + " must be " + range());
  }

  private @Nullable BigInteger counted(Argument argument, String suffix, Spot spot) {
    return argument.value() instanceof KdlValue.Whole(BigInteger number)
        ? number.multiply(BigInteger.valueOf(kind.suffixes.getOrDefault(suffix, 1L)))
        : spot.refuse(spot.key() + " takes a whole number, not " + Shape.kind(argument.value()));
  }

  private @Nullable BigInteger withUnit(KdlNode node, Argument argument, Spot spot) {
    if (argument.value() instanceof KdlValue.Whole(BigInteger number)) {
      return spot.refuse(
          spot.key() + " takes " + kind.example + ", not a number without unit",
          spot.key() + kind.usual + " " + number);
    }
    @Nullable String text = Shape.text(node, argument, spot.report(), kind.example);
    if (text == null) {
      return null;
    }
    @Nullable BigInteger number = number(kind, text);
    return number != null
        ? number
        : spot.refuse(
            spot.key() + " takes " + kind.example + ", not \"" + text + "\"", meant(text));
  }

  /** The number in smallest units; null where the text has not the form. */
  private static @Nullable BigInteger number(Kind<?> kind, String text) {
    Matcher form = NUMBER_AND_UNIT.matcher(text);
    @Nullable Long unit = form.matches() ? kind.units.get(form.group(2)) : null;
    return unit == null || text.indexOf(' ') >= 0
        ? null
        : new BigInteger(form.group(1)).multiply(BigInteger.valueOf(unit));
  }

  private @Nullable String meant(String text) {
    Matcher form = NUMBER_AND_UNIT.matcher(text);
    String unit = form.matches() ? kind.meant.apply(form.group(2).toLowerCase(Locale.ROOT)) : "";
    return unit.isEmpty() ? null : form.group(1) + unit;
  }
}
