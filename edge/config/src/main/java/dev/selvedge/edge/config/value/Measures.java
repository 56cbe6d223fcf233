package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlValue;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Shape;
import dev.selvedge.edge.config.schema.Shown;
import dev.selvedge.edge.config.schema.Type;
import dev.selvedge.kernel.ByteSize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Durations and sizes: a number is never without its unit, which stands in the text ({@code idle
 * "30s"}) or ends the key ({@code idle-ms 30000}).
 */
public final class Measures {

  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,15}) *([A-Za-z]*)");

  private Measures() {}

  public static Time time(String min, String max) {
    return new Time(Time.parse(min), Time.parse(max));
  }

  public static Size size(String min, String max) {
    return new Size(ByteSize.parse(min), ByteSize.parse(max));
  }

  private static KdlValue.@Nullable Whole whole(KdlNode node, Argument argument, Report report) {
    if (argument.value() instanceof KdlValue.Whole value) {
      return value;
    }
    report.problem(
        argument.place(),
        node.name() + " takes a whole number, not " + Shape.kind(argument.value()));
    return null;
  }

  /** A duration from {@code min} to {@code max}. */
  public record Time(Duration min, Duration max) implements Type<Duration> {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");
    private static final String EXPECTED = "a duration such as \"30s\" (ms, s, m or h)";

    @Override
    public String text() {
      return "duration, " + Shown.duration(min) + " to " + Shown.duration(max);
    }

    @Override
    public List<String> suffixes() {
      return List.of("-ms", "-secs", "-seconds");
    }

    static Duration parse(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new IllegalArgumentException(text);
      }
      long number = Long.parseLong(form.group(1));
      return switch (form.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        default -> Duration.ofHours(number);
      };
    }

    @Override
    public @Nullable Duration read(KdlNode node, String suffix, Report report) {
      @Nullable Argument argument =
          Shape.only(node, report, suffix.isEmpty() ? EXPECTED : "a whole number");
      if (argument == null) {
        return null;
      }
      @Nullable Duration value =
          suffix.isEmpty()
              ? withUnit(node, argument, report)
              : counted(node, suffix, argument, report);
      if (value != null && (value.compareTo(min) < 0 || value.compareTo(max) > 0)) {
        report.problem(
            argument.place(),
            node.name() + " must be " + Shown.duration(min) + " to " + Shown.duration(max));
        return null;
      }
      return value;
    }

    private static @Nullable Duration withUnit(KdlNode node, Argument argument, Report report) {
      if (argument.value() instanceof KdlValue.Whole(BigInteger number)) {
        report.problem(
            argument.place(),
            node.name() + " needs a unit: ms, s, m or h",
            node.name() + "-secs " + number);
        return null;
      }
      @Nullable String text = Shape.text(node, argument, report, EXPECTED);
      if (text == null || FORM.matcher(text).matches()) {
        return text == null ? null : parse(text);
      }
      Matcher near = NUMBER_AND_UNIT.matcher(text);
      report.problem(
          argument.place(),
          node.name() + " takes " + EXPECTED + ", not \"" + text + "\"",
          near.matches() ? meant(near.group(1), near.group(2)) : null);
      return null;
    }

    private static @Nullable String meant(String number, String unit) {
      return switch (unit.toLowerCase(java.util.Locale.ROOT)) {
        case "", "s", "sec", "secs", "second", "seconds" -> number + "s";
        case "ms", "msec", "msecs", "millis", "millisecond", "milliseconds" -> number + "ms";
        case "m", "min", "mins", "minute", "minutes" -> number + "m";
        case "h", "hr", "hrs", "hour", "hours" -> number + "h";
        case "d", "day", "days" -> new BigInteger(number).multiply(BigInteger.valueOf(24)) + "h";
        default -> null;
      };
    }

    private @Nullable Duration counted(
        KdlNode node, String suffix, Argument argument, Report report) {
      KdlValue.@Nullable Whole whole = whole(node, argument, report);
      if (whole == null) {
        return null;
      }
      boolean millis = suffix.equals("-ms");
      long most = millis ? max.toMillis() : max.toSeconds();
      if (!Types.inRange(whole.value(), 0, most)) {
        report.problem(
            argument.place(),
            node.name() + " must be " + Shown.duration(min) + " to " + Shown.duration(max));
        return null;
      }
      long number = whole.value().longValueExact();
      return millis ? Duration.ofMillis(number) : Duration.ofSeconds(number);
    }
  }

  /** A size from {@code min} to {@code max}. */
  public record Size(ByteSize min, ByteSize max) implements Type<ByteSize> {

    private static final Pattern FORM = Pattern.compile("[0-9]{1,18}([KMG]i?)?B");
    private static final String EXPECTED =
        "a size such as \"64KiB\" (B, KiB, MiB, GiB, KB, MB, GB)";

    @Override
    public String text() {
      return "size, " + min + " to " + max;
    }

    @Override
    public List<String> suffixes() {
      return List.of("-bytes");
    }

    @Override
    public @Nullable ByteSize read(KdlNode node, String suffix, Report report) {
      @Nullable Argument argument =
          Shape.only(node, report, suffix.isEmpty() ? EXPECTED : "a whole number");
      if (argument == null) {
        return null;
      }
      @Nullable BigInteger bytes;
      if (suffix.isEmpty()) {
        bytes = withUnit(node, argument, report);
      } else {
        KdlValue.@Nullable Whole whole = whole(node, argument, report);
        bytes = whole == null ? null : whole.value();
      }
      if (bytes == null) {
        return null;
      }
      if (!Types.inRange(bytes, min.bytes(), max.bytes())) {
        report.problem(argument.place(), node.name() + " must be " + min + " to " + max);
        return null;
      }
      return ByteSize.ofBytes(bytes.longValueExact());
    }

    private static @Nullable BigInteger withUnit(KdlNode node, Argument argument, Report report) {
      if (argument.value() instanceof KdlValue.Whole(BigInteger number)) {
        report.problem(
            argument.place(),
            node.name() + " needs a unit, such as KiB or MiB",
            node.name() + "-bytes " + number);
        return null;
      }
      @Nullable String text = Shape.text(node, argument, report, EXPECTED);
      if (text == null) {
        return null;
      }
      if (FORM.matcher(text).matches()) {
        try {
          return BigInteger.valueOf(ByteSize.parse(text).bytes());
        } catch (IllegalArgumentException overflow) {
          return BigInteger.valueOf(Long.MAX_VALUE);
        }
      }
      Matcher near = NUMBER_AND_UNIT.matcher(text);
      report.problem(
          argument.place(),
          node.name() + " takes " + EXPECTED + ", not \"" + text + "\"",
          near.matches() ? meant(near.group(1), near.group(2)) : null);
      return null;
    }

    private static @Nullable String meant(String number, String unit) {
      return switch (unit.toLowerCase(java.util.Locale.ROOT)) {
        case "b", "byte", "bytes" -> number + "B";
        case "k", "ki", "kb", "kib" -> number + "KiB";
        case "m", "mi", "mb", "mib" -> number + "MiB";
        case "g", "gi", "gb", "gib" -> number + "GiB";
        default -> null;
      };
    }
  }
}
