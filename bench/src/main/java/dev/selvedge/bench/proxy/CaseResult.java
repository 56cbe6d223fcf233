package dev.selvedge.bench.proxy;

import dev.selvedge.bench.proxy.BenchCase.Pace;
import dev.selvedge.bench.report.Metric;
import dev.selvedge.bench.report.Row;
import dev.selvedge.bench.report.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * All rounds of one case, and what they prove. Immutable.
 *
 * <p>Throughput compares proxies only where the proxy was the bottleneck: its core at least 95 %
 * busy and the load's at most 90 %, as medians, on both sides of the ratio (EDGE 9). Otherwise CPU
 * per request decides. A round whose work was not done spoils every row of its contender.
 */
record CaseResult(BenchCase benchCase, Map<Contender, List<Round>> rounds) {
  private static final double PROXY_BUSY_MIN = 0.95;
  private static final double LOAD_BUSY_MAX = 0.90;

  /** A host that takes more than this from a core changes what is measured. */
  private static final double STOLEN_MAX = 0.02;

  /** Strangers that use more than this of a core, likewise. */
  private static final double OTHERS_MAX = 0.05;

  /** CPU µs that a whole agent call may cost the proxy (DESIGN 11: 0.80 of the rate is kept). */
  private static final double WHOLE_CALL_MICROS_MAX = 3.3;

  CaseResult {
    rounds = Map.copyOf(rounds);
  }

  /** The median throughput of a contender. */
  double rps(Contender contender) {
    return spread(contender, Round::rps).median();
  }

  private Contender subject() {
    return benchCase.contenders().getFirst();
  }

  /** Every comparison of ours with a peer that this case makes. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Contender peer : Contender.values()) {
      if (peer.isPeer() && rounds.containsKey(peer) && rounds.containsKey(subject())) {
        if (benchCase.pace() == Pace.CLOSED_LOOP) {
          rows.add(row(Metric.RPS, peer, Round::rps));
        } else {
          rows.add(row(Metric.P99, peer, Round::p99Micros));
        }
        rows.add(row(Metric.CPU, peer, Round::cpuMicros));
        if (benchCase == BenchCase.ONE_AGENT) {
          rows.add(wholeCall(peer));
        }
      }
    }
    return rows;
  }

  /** What asking the agent costs a request: CPU with it less CPU without, round by round. */
  private Row wholeCall(Contender without) {
    List<Round> asked = Objects.requireNonNull(rounds.get(subject()));
    List<Round> plain = Objects.requireNonNull(rounds.get(without));
    List<Double> calls = new ArrayList<>();
    for (int i = 0; i < Math.min(asked.size(), plain.size()); i++) {
      calls.add(asked.get(i).cpuMicros() - plain.get(i).cpuMicros());
    }
    String why =
        whyInvalid(Metric.CPU, subject()).or(() -> whyInvalid(Metric.CPU, without)).orElse("");
    Spread bound = Spread.of(List.of(WHOLE_CALL_MICROS_MAX));
    return Row.of("whole-call", Metric.CPU, "at most 3.3 µs", Spread.of(calls), bound, why);
  }

  private Row row(Metric metric, Contender peer, ToDoubleFunction<Round> figure) {
    String why = whyInvalid(metric, subject()).or(() -> whyInvalid(metric, peer)).orElse("");
    Spread ours = spread(subject(), figure);
    return Row.of(benchCase.label(), metric, peer.label(), ours, spread(peer, figure), why);
  }

  private Optional<String> whyInvalid(Metric metric, Contender contender) {
    Optional<String> fault = fault(contender);
    if (fault.isPresent()) {
      return fault;
    }
    double proxyCore = spread(contender, Round::proxyCore).median();
    double loadCore = spread(contender, Round::loadCore).median();
    double stolen = spread(contender, Round::stolen).median();
    double others = spread(contender, Round::others).median();
    if (stolen > STOLEN_MAX) {
      return Optional.of(say(contender, "the host took %.0f %% of a core", stolen));
    }
    if (others > OTHERS_MAX) {
      return Optional.of(say(contender, "other programs used %.0f %% of a core", others));
    }
    if (metric == Metric.CPU) {
      return Optional.empty();
    }
    if (loadCore > LOAD_BUSY_MAX) {
      return Optional.of(say(contender, "the load's core was %.0f %% busy", loadCore));
    }
    if (metric == Metric.RPS && proxyCore < PROXY_BUSY_MIN) {
      return Optional.of(say(contender, "its core was only %.0f %% busy", proxyCore));
    }
    return Optional.empty();
  }

  /** The first round of a contender whose work was not done. */
  Optional<String> fault(Contender contender) {
    return Objects.requireNonNull(rounds.get(contender)).stream()
        .filter(round -> round.fault() != null)
        .findFirst()
        .map(round -> contender.label() + ": " + round.fault());
  }

  private static String say(Contender contender, String what, double share) {
    return contender.label() + ": " + String.format(Locale.ROOT, what, share * 100);
  }

  private Spread spread(Contender contender, ToDoubleFunction<Round> figure) {
    List<Round> all = Objects.requireNonNull(rounds.get(contender));
    return Spread.of(all.stream().map(figure::applyAsDouble).toList());
  }

  /** Medians and extents of every contender as a Markdown table. */
  String toMarkdown() {
    StringBuilder text =
        new StringBuilder(
            "| "
                + benchCase.label()
                + " | rps | CPU µs/request | p50 µs | p99 µs | p99.9 µs"
                + " | proxy core | load core |\n"
                + "|---|---:|---:|---:|---:|---:|---:|---:|\n");
    for (Contender contender : Contender.values()) {
      if (rounds.containsKey(contender)) {
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %.0f %% | %.0f %% |\n",
                contender.label(),
                spread(contender, Round::rps).text(0),
                spread(contender, Round::cpuMicros).text(2),
                spread(contender, Round::p50Micros).text(0),
                spread(contender, Round::p99Micros).text(0),
                spread(contender, Round::p999Micros).text(0),
                spread(contender, Round::proxyCore).median() * 100,
                spread(contender, Round::loadCore).median() * 100));
      }
    }
    return text.toString();
  }
}
