package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Variable;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.function.Function;

/** The clock's variables, in the clock's zone. Immutable. */
final class TimeVariables {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  static final Map<Variable, Function<State, byte[]>> REGISTRATIONS =
      Map.ofEntries(
          Map.entry(Variable.TIME, s -> Bytes.of(TIME.format(now(s)))),
          Map.entry(Variable.TIME_DAY, s -> Bytes.of(now(s).getDayOfMonth())),
          Map.entry(Variable.TIME_EPOCH, s -> Bytes.of(now(s).toEpochSecond())),
          Map.entry(Variable.TIME_HOUR, s -> Bytes.of(now(s).getHour())),
          Map.entry(Variable.TIME_MIN, s -> Bytes.of(now(s).getMinute())),
          Map.entry(Variable.TIME_MON, s -> Bytes.of(now(s).getMonthValue())),
          Map.entry(Variable.TIME_SEC, s -> Bytes.of(now(s).getSecond())),
          Map.entry(Variable.TIME_WDAY, s -> Bytes.of(now(s).getDayOfWeek().getValue() % 7)),
          Map.entry(Variable.TIME_YEAR, s -> Bytes.of(now(s).getYear())),
          Map.entry(
              Variable.DURATION,
              s -> Bytes.of("%.6f".formatted((System.nanoTime() - s.startNanos) / 1e9))));

  private TimeVariables() {}

  private static ZonedDateTime now(State s) {
    return Instant.ofEpochMilli(s.nowMillis()).atZone(s.options.clock().getZone());
  }
}
