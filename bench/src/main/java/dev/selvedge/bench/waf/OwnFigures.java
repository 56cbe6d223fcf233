package dev.selvedge.bench.waf;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Figures without a peer: the project's own rules, large bodies, and the worst texts known. Not
 * thread-safe.
 */
final class OwnFigures {
  private static final int MILLIS = 1_000;
  private static final int WARMUP_MILLIS = 4_000;
  private static final int HOSTILE = 40;
  private static final int LARGE = 8;
  private static final int LARGE_BYTES = 1 << 20;
  private static final double BYTES_PER_KIB = 1_024;
  private static final double MICROS_PER_SECOND = 1_000_000;

  private final WafOptions options;
  private final PrintStream out;
  private final List<String> notes = new ArrayList<>();

  OwnFigures(WafOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  List<String> measure() {
    RuleFiles crs = RuleFiles.crs(options.home());
    bodies("CRS", crs);
    RuleFiles own = RuleFiles.own(options.home());
    if (own == null) {
      note(String.format(Locale.ROOT, "own rules: not there"));
      return notes;
    }
    bodies("own rules", own);
    requests(own);
    return notes;
  }

  private void bodies(String name, RuleFiles files) {
    List<WafRequest> large = new ArrayList<>();
    for (int i = 0; i < LARGE; i++) {
      large.add(Template.large(i, LARGE_BYTES));
    }
    double micros = micros(files, large);
    note(
        String.format(
            Locale.ROOT,
            "%s: %.0f MB/s on clean bodies of 1 MiB",
            name,
            large.getFirst().size() / micros));
    double worst = 0;
    for (int i = 0; i < HOSTILE; i += 10) {
      List<WafRequest> hostile = new ArrayList<>();
      for (int k = i; k < i + 10; k++) {
        hostile.add(Template.hostile(k));
      }
      double perKib = micros(files, hostile) / (hostile.getFirst().size() / BYTES_PER_KIB);
      worst = Math.max(worst, perKib);
    }
    note(
        String.format(
            Locale.ROOT,
            "%s: %.0f µs per KiB on texts made to come near to many patterns",
            name,
            worst));
  }

  private void requests(RuleFiles own) {
    double clean = micros(own, WafCase.CLEAN.requests());
    note(
        String.format(
            Locale.ROOT,
            "own rules: %,.0f requests per second and core on the clean requests of crs-clean",
            MICROS_PER_SECOND / clean));
    List<WafRequest> tiny = new ArrayList<>();
    for (int i = 0; i < WafCase.VARIANTS; i++) {
      tiny.add(
          new WafRequest(
              WafRequest.bytes("GET"),
              WafRequest.bytes("/item/" + i),
              List.of(WafRequest.bytes("Host")),
              List.of(WafRequest.bytes("www.example.com")),
              new byte[0]));
    }
    note(
        String.format(
            Locale.ROOT,
            "own rules: %,.0f requests per second and core on GET /item/N with only a Host",
            MICROS_PER_SECOND / micros(own, tiny)));
  }

  private double micros(RuleFiles files, List<WafRequest> requests) {
    Ours ours = new Ours(files.load(), requests);
    ours.run(0, Math.max(1, requests.size() / 2), WARMUP_MILLIS);
    return ours.run(0, requests.size(), options.seconds() * MILLIS).cpuMicros();
  }

  private void note(String note) {
    notes.add(note);
    out.println(note);
  }
}
