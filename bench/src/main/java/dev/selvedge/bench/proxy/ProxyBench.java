package dev.selvedge.bench.proxy;

import dev.selvedge.bench.BenchException;
import dev.selvedge.bench.proxy.BenchCase.Pace;
import dev.selvedge.bench.proxy.Round.Cores;
import dev.selvedge.bench.report.BenchmarksPage;
import dev.selvedge.bench.report.Machine;
import dev.selvedge.bench.report.Report;
import dev.selvedge.bench.report.Row;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures the contenders in turn, one window each per round, and checks the work of every window
 * before its figures count. Not thread-safe.
 *
 * <p>The contenders of a case run side by side, but only one has traffic at a time: what disturbs
 * the machine for a while then falls on all of them. Every window has a warm-up, and the first a
 * longer one for the JIT, which nobody's figures include.
 */
public final class ProxyBench {
  private static final Cores CORES = new Cores(0, 1);
  private static final double FIRST_WARMUP_SECONDS = 8;
  private static final double WARMUP_SECONDS = 2;

  /** The fixed rate, of nginx's maximum in the same run (DESIGN 11). */
  private static final double RATE_SHARE = 0.20;

  /** Requests per second where a wake-up for each is what is asked about. */
  private static final double LOW_RATE = 2_000;

  private final ProxyOptions options;
  private final List<Contender> contenders;
  private final PrintStream out;
  private final List<CaseResult> results = new ArrayList<>();

  private ProxyBench(ProxyOptions options, List<Contender> contenders, PrintStream out) {
    this.options = options;
    this.contenders = contenders;
    this.out = out;
  }

  /** Measures, prints and writes; 1 if any contender left work undone. */
  public static int run(ProxyOptions options, PrintStream out) {
    return run(options, List.of(), out);
  }

  /** The same, with rows that were measured before and belong to the same report. */
  public static int run(ProxyOptions options, List<Row> before, PrintStream out) {
    List<Contender> contenders = Setup.contenders(options, out);
    Setup.pinThisProgram(CORES.load());
    ProxyBench bench = new ProxyBench(options, contenders, out);
    bench.measureAll();
    return bench.report(before, Setup.versions(contenders));
  }

  private void measureAll() {
    try (LoadProgram load = LoadProgram.start(options.home(), CORES.load())) {
      for (BenchCase benchCase : options.cases()) {
        if (benchCase.pace() == Pace.FIXED_RATE && !contenders.contains(Contender.NGINX)) {
          out.println("skipped " + benchCase.label() + ": its rate is a share of nginx's maximum");
        } else {
          CaseResult result = measure(benchCase, load);
          results.add(result);
          out.println(result.toMarkdown());
        }
      }
    }
  }

  private List<Contender> present(BenchCase benchCase) {
    return benchCase.contenders().stream().filter(contenders::contains).toList();
  }

  private CaseResult measure(BenchCase benchCase, LoadProgram load) {
    Map<Contender, List<Round>> rounds = new EnumMap<>(Contender.class);
    List<RunningProxy> proxies = new ArrayList<>();
    try (Workspace workspace = Workspace.open(options.home())) {
      try {
        for (Contender contender : present(benchCase)) {
          RunningProxy proxy =
              RunningProxy.start(
                  contender,
                  benchCase.work(),
                  options.home(),
                  workspace,
                  load.upstreamPort(),
                  CORES);
          proxies.add(proxy);
          rounds.put(contender, new ArrayList<>());
          warmUp(proxy, benchCase, load);
        }
        double rate = rate(benchCase, proxies, load);
        for (int i = 1; i <= options.rounds(); i++) {
          for (RunningProxy proxy : proxies) {
            Round round = measureRound(proxy, benchCase, rate, WARMUP_SECONDS, load);
            rounds.computeIfAbsent(proxy.contender(), c -> new ArrayList<>()).add(round);
            show(benchCase, i, proxy.contender(), round);
          }
        }
      } finally {
        proxies.forEach(RunningProxy::close);
      }
    }
    return new CaseResult(benchCase, rounds);
  }

  /** Ends the benchmark at once where a contender cannot do the work at all. */
  private static void warmUp(RunningProxy proxy, BenchCase what, LoadProgram load) {
    String fault = proxy.probe(what.body());
    if (fault == null) {
      UpstreamCounts before = load.counts();
      LoadResult result = load.run(proxy.port(), what, 0, FIRST_WARMUP_SECONDS, 0);
      fault = proxy.workNotDone(result, load.counts().since(before));
    }
    if (fault != null) {
      throw new BenchException(proxy.contender().label() + ", in the warm-up: " + fault);
    }
  }

  /** Requests per second, or 0 for a closed loop. */
  private double rate(BenchCase benchCase, List<RunningProxy> proxies, LoadProgram load) {
    if (benchCase.pace() == Pace.CLOSED_LOOP) {
      return 0;
    }
    if (benchCase.pace() == Pace.RATE_2000) {
      return LOW_RATE;
    }
    Optional<Double> measured =
        results.stream()
            .filter(result -> result.benchCase() == BenchCase.SMALL_EQUAL)
            .map(result -> result.rps(Contender.NGINX))
            .findFirst();
    double maximum =
        measured.orElseGet(() -> {
          RunningProxy nginx =
              proxies.stream()
                  .filter(proxy -> proxy.contender() == Contender.NGINX)
                  .findFirst()
                  .orElseThrow();
          return measureRound(nginx, benchCase, 0, WARMUP_SECONDS, load).rps();
        });
    double rate = Math.rint(maximum * RATE_SHARE);
    out.printf(
        Locale.ROOT,
        "%s: %,.0f requests/s, %.0f %% of nginx's %,.0f%n",
        benchCase.label(),
        rate,
        RATE_SHARE * 100,
        maximum);
    return rate;
  }

  private Round measureRound(
      RunningProxy proxy, BenchCase what, double rate, double warmup, LoadProgram load) {
    Usage[] usage = new Usage[2];
    Set<Long> own = new HashSet<>(proxy.companions());
    own.add(load.pid());
    own.add(ProcessHandle.current().pid());
    UpstreamCounts before = load.counts();
    LoadResult result =
        load.run(
            proxy.port(),
            what,
            warmup,
            options.seconds(),
            rate,
            () -> usage[0] = Usage.now(proxy.pid(), own),
            () -> usage[1] = Usage.now(proxy.pid(), own));
    String fault = proxy.workNotDone(result, load.counts().since(before));
    if (usage[0] == null || usage[1] == null) {
      throw new BenchException(proxy.contender().label() + ": " + fault);
    }
    return Round.of(result, options.seconds(), usage[0], usage[1], CORES, fault);
  }

  private void show(BenchCase benchCase, int number, Contender contender, Round round) {
    @Nullable String fault = round.fault();
    out.printf(
        Locale.ROOT,
        "%s round %d/%d %-8s %,9.0f rps %8.2f µs CPU, p99 %,.0f µs, cores %.0f %% and %.0f %%%s%n",
        benchCase.label(),
        number,
        options.rounds(),
        contender.label(),
        round.rps(),
        round.cpuMicros(),
        round.p99Micros(),
        round.proxyCore() * 100,
        round.loadCore() * 100,
        fault == null ? "" : "; WORK NOT DONE: " + fault);
  }

  private int report(List<Row> before, String versions) {
    String machine = Machine.describe() + (versions.isEmpty() ? "" : "; " + versions);
    List<Row> rows = new ArrayList<>(before);
    results.forEach(result -> rows.addAll(result.rows()));
    Report report = new Report(options.suite().label(), machine, rows);
    out.print(report.toMarkdown());
    if (options.json() != null) {
      report.writeTo(options.json());
    }
    if (options.write()) {
      new BenchmarksPage(options.home().resolve("docs/benchmarks.md"))
          .write(options.suite().label(), Section.of(options, report, results, Clock.systemUTC()));
    }
    boolean done =
        results.stream()
            .allMatch(r -> r.rounds().keySet().stream().allMatch(c -> r.fault(c).isEmpty()));
    return done ? 0 : 1;
  }
}
