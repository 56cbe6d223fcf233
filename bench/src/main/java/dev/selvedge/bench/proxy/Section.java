package dev.selvedge.bench.proxy;

import dev.selvedge.bench.report.Report;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The generated part of {@code docs/benchmarks.md}: date, machine, command, ratios, figures. */
final class Section {
  private Section() {}

  static String of(ProxyOptions options, Report report, List<CaseResult> results, Clock clock) {
    String cases =
        options.everyCase()
            ? ""
            : options.cases().stream()
                .map(c -> " --case " + c.label())
                .collect(Collectors.joining());
    return String.format(
            Locale.ROOT,
            """

            %s, `./selvedge bench %s%s --rounds %d --seconds %d --write`, on %s.

            """,
            LocalDate.now(clock),
            options.suite().label(),
            cases,
            options.rounds(),
            options.seconds(),
            report.machine())
        + report.toMarkdown()
        + "\nMedians of the rounds, with the smallest and largest.\n\n"
        + results.stream().map(CaseResult::toMarkdown).collect(Collectors.joining("\n"))
        + "\n";
  }
}
