package dev.selvedge.bench.waf;

import dev.selvedge.bench.BenchException;
import dev.selvedge.bench.report.BenchmarksPage;
import dev.selvedge.bench.report.Machine;
import dev.selvedge.bench.report.Metric;
import dev.selvedge.bench.report.Report;
import dev.selvedge.bench.report.Row;
import dev.selvedge.bench.report.Spread;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures CPU per request of this engine and of libmodsecurity in turn, on the same bytes and the
 * same CRS at paranoia level 1, after both have fired the same rules. Not thread-safe.
 *
 * <p>Head and body of the request and the logging phase are run, as a server in front of an
 * upstream would; the answer's phases on neither side. No verdict is cached on either side.
 */
public final class WafBench {
  private static final int CHECKED = 400;
  private static final int WARMUP_SECONDS = 10;
  private static final int LARGE_WARMUP_SECONDS = 2;
  private static final int MILLIS = 1_000;

  private final WafOptions options;
  private final PrintStream out;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private WafBench(WafOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Measures, prints and writes; 1 if the two sides did not do the same work. */
  public static int run(WafOptions options, PrintStream out) {
    if (!ModSecurity.installed()) {
      throw new BenchException(ModSecurity.missing());
    }
    WafBench bench = new WafBench(options, out);
    boolean all = options.cases().isEmpty();
    for (WafCase each : WafCase.values()) {
      if (all || options.cases().contains(each.label())) {
        bench.compare(each);
      }
    }
    if (all) {
      bench.notes.addAll(new OwnFigures(options, out).measure());
    }
    return bench.report();
  }

  private void compare(WafCase each) {
    List<WafRequest> requests = each.requests();
    RuleFiles files = RuleFiles.crs(options.home());
    Ours ours = new Ours(files.load(), requests);
    try {
      Path folder = Files.createTempDirectory("selvedge-bench-waf-");
      Path rules = Files.writeString(folder.resolve("main.conf"), files.includes());
      Path corpus = folder.resolve("corpus");
      write(requests, corpus);
      try (ModSecurity theirs = ModSecurity.start(options.home(), rules, corpus)) {
        String why = difference(each, ours, theirs, requests.size());
        rows.add(measured(each, ours, theirs, requests, why));
      } finally {
        Files.deleteIfExists(corpus);
        Files.deleteIfExists(rules);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(List<WafRequest> requests, Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(requests.size());
      for (WafRequest request : requests) {
        request.writeTo(out);
      }
    }
  }

  /** Why the sides do not do the same work, empty if they do. */
  private static String difference(WafCase each, Ours ours, ModSecurity theirs, int size) {
    int checked = Math.min(CHECKED, size);
    List<String> mine = ours.fired(0, checked);
    List<String> peers = theirs.fired(0, checked);
    for (int i = 0; i < checked; i++) {
      if (!mine.get(i).equals(peers.get(i))) {
        return "request " + i + ": ours " + mine.get(i) + ", theirs " + peers.get(i);
      }
      boolean refused = mine.get(i).endsWith(" status 403");
      if (refused != (each == WafCase.ATTACK)) {
        return "request " + i + " gives " + mine.get(i);
      }
    }
    return "";
  }

  private Row measured(
      WafCase each, Ours ours, ModSecurity theirs, List<WafRequest> requests, String why) {
    int size = requests.size();
    int warmUp = (each == WafCase.BODY ? LARGE_WARMUP_SECONDS : WARMUP_SECONDS) * MILLIS;
    ours.run(0, size / 2, warmUp);
    theirs.run(0, size / 2, MILLIS);
    List<Double> mine = new ArrayList<>();
    List<Double> peers = new ArrayList<>();
    double bytes = 0;
    for (int round = 1; round <= options.rounds(); round++) {
      Window a = ours.run(0, size, options.seconds() * MILLIS);
      Window b = theirs.run(0, size, options.seconds() * MILLIS);
      mine.add(a.cpuMicros());
      peers.add(b.cpuMicros());
      bytes = (double) a.allocated() / a.requests();
      out.printf(
          Locale.ROOT,
          "%s round %d/%d: %.2f µs, libmodsecurity %.1f µs, %.1fx; %,d and %,d requests%n",
          each.label(),
          round,
          options.rounds(),
          a.cpuMicros(),
          b.cpuMicros(),
          b.cpuMicros() / a.cpuMicros(),
          a.requests(),
          b.requests());
    }
    double size0 = requests.stream().mapToInt(WafRequest::size).average().orElse(0);
    note(
        String.format(
            Locale.ROOT,
            "%s: %.0f bytes allocated a request of %.0f bytes; %s µs against %s µs",
            each.label(),
            bytes,
            size0,
            Spread.of(mine).text(2),
            Spread.of(peers).text(1)));
    return Row.of(
        each.label(), Metric.CPU, "libmodsecurity", Spread.of(mine), Spread.of(peers), why);
  }

  private void note(String note) {
    notes.add(note);
    out.println(note);
  }

  private int report() {
    Report report = new Report("waf", Machine.describe() + "; libmodsecurity 3", rows);
    out.print(report.toMarkdown());
    if (options.json() != null) {
      report.writeTo(options.json());
    }
    if (options.write()) {
      StringBuilder section = new StringBuilder("\n");
      section
          .append(LocalDate.now(Clock.systemUTC()))
          .append(options.command())
          .append(", on ")
          .append(report.machine())
          .append(".\n\n")
          .append(report.toMarkdown());
      section.append('\n');
      notes.forEach(note -> section.append("- ").append(note).append('\n'));
      new BenchmarksPage(options.home().resolve("docs/benchmarks.md"))
          .write("waf", section.append('\n').toString());
    }
    return rows.stream().allMatch(Row::valid) ? 0 : 1;
  }
}
