package dev.selvedge.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selvedge.bench.report.Metric;
import dev.selvedge.bench.report.Row;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CaseResultTest {
  private static final Round OURS = round(90_000, 11, 400, 0.99, 0.88, 0, 0, null);
  private static final Round THEIRS = round(75_000, 13.2, 500, 0.98, 0.80, 0, 0, null);

  @Test
  void closedLoopComparesThroughputAndCpuWithEveryPeer() {
    Map<Contender, List<Round>> rounds =
        Map.of(
            Contender.SELVEDGE, List.of(OURS, OURS, OURS),
            Contender.NGINX, List.of(THEIRS, THEIRS, THEIRS),
            Contender.HAPROXY, List.of(OURS, OURS, OURS));
    List<Row> rows = new CaseResult(BenchCase.SMALL_EQUAL, rounds).rows();

    assertThat(rows)
        .extracting(row -> row.peer() + " " + row.metric().label())
        .containsExactly("nginx rps", "nginx cpu", "haproxy rps", "haproxy cpu");
    assertThat(rows).allMatch(Row::valid).allMatch(row -> row.rounds() == 3);
    assertThat(rows.get(0).ratio()).isCloseTo(1.2, within(1e-9));
    assertThat(rows.get(1).ratio()).isCloseTo(1.2, within(1e-9));
  }

  @Test
  void fixedRateComparesTheTail() {
    List<Row> rows = rows(BenchCase.SMALL_FIXED_RATE, OURS, THEIRS);
    assertThat(rows).extracting(Row::metric).containsExactly(Metric.P99, Metric.CPU);
    assertThat(rows.getFirst().ratio()).isCloseTo(1.25, within(1e-9));
  }

  @Test
  void fixedRateNeedsNoFullCore() {
    Round calm = round(15_000, 20, 300, 0.25, 0.20, 0, 0, null);
    assertThat(rows(BenchCase.SMALL_FIXED_RATE, calm, calm)).allMatch(Row::valid);
  }

  @Test
  void throughputProvesNothingWhereTheLoadWasFull() {
    Round full = round(75_000, 13.2, 500, 0.98, 0.91, 0, 0, null);
    List<Row> rows = rows(BenchCase.SMALL_EQUAL, OURS, full);
    assertThat(rows.get(0).why()).isEqualTo("nginx: the load's core was 91 % busy");
    assertThat(rows.get(1).valid()).isTrue();
  }

  @Test
  void throughputProvesNothingWhereTheProxyWasNotFull() {
    Round idle = round(75_000, 13.2, 500, 0.94, 0.80, 0, 0, null);
    List<Row> rows = rows(BenchCase.SMALL_EQUAL, idle, THEIRS);
    assertThat(rows.get(0).why()).isEqualTo("selvedge: its core was only 94 % busy");
    assertThat(rows.get(1).valid()).isTrue();
  }

  @Test
  void nothingIsProvedOnAMachineThatOthersUse() {
    Round shared = round(75_000, 13.2, 500, 0.98, 0.80, 0, 0.20, null);
    Round stolen = round(75_000, 13.2, 500, 0.98, 0.80, 0.10, 0, null);
    assertThat(rows(BenchCase.SMALL_EQUAL, OURS, shared))
        .extracting(Row::why)
        .containsOnly("nginx: other programs used 20 % of a core");
    assertThat(rows(BenchCase.SMALL_EQUAL, OURS, stolen))
        .extracting(Row::why)
        .containsOnly("nginx: the host took 10 % of a core");
  }

  @Test
  void oneRoundOfWorkNotDoneSpoilsEveryRow() {
    Round undone = round(75_000, 13.2, 500, 0.98, 0.80, 0, 0, "access log has 1 lines for 2");
    Map<Contender, List<Round>> rounds =
        Map.of(
            Contender.SELVEDGE, List.of(OURS, OURS),
            Contender.NGINX, List.of(THEIRS, undone));
    CaseResult result = new CaseResult(BenchCase.SMALL_EQUAL, rounds);
    assertThat(result.rows())
        .extracting(Row::why)
        .containsOnly("nginx: access log has 1 lines for 2");
    assertThat(result.fault(Contender.NGINX)).isPresent();
    assertThat(result.fault(Contender.SELVEDGE)).isEmpty();
  }

  @Test
  void missingPeerMakesNoRow() {
    assertThat(
            new CaseResult(BenchCase.SMALL_EQUAL, Map.of(Contender.SELVEDGE, List.of(OURS))).rows())
        .isEmpty();
  }

  private static List<Row> rows(BenchCase benchCase, Round ours, Round nginx) {
    return new CaseResult(
            benchCase, Map.of(Contender.SELVEDGE, List.of(ours), Contender.NGINX, List.of(nginx)))
        .rows();
  }

  private static Round round(
      double rps,
      double cpu,
      double p99,
      double proxyCore,
      double loadCore,
      double stolen,
      double others,
      @Nullable String fault) {
    return new Round(rps, cpu, p99 / 2, p99, p99 * 2, proxyCore, loadCore, stolen, others, fault);
  }
}
