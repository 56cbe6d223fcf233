package dev.selvedge.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.bench.Main;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The client against its own upstream, and against servers that lie in one way each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoadProgramIT {
  private static final long SMALL = BenchCase.SMALL_EQUAL.body().bytes();

  private LoadProgram load;

  @BeforeAll
  void start() {
    Peers.assume("cc", "taskset");
    load = LoadProgram.start(home(), 1);
  }

  @AfterAll
  void stop() {
    if (load != null) {
      load.close();
    }
  }

  static Path home() {
    return Main.home();
  }

  @Test
  void clientAndUpstreamCountTheSameRequests() {
    for (BenchCase what : BenchCase.values()) {
      UpstreamCounts before = load.counts();
      LoadResult result = load.run(load.upstreamPort(), what, 0.1, 0.3, 0);
      UpstreamCounts seen = load.counts().since(before);
      assertThat(result.fault()).isNull();
      assertThat(result.windowAnswers()).isPositive().isLessThan(result.answers());
      assertThat(seen).isEqualTo(new UpstreamCounts(what.connections(), 0, result.answers(), 0, 0));
    }
  }

  @Test
  void fixedRateSendsExactlyThatMany() {
    LoadResult result = load.run(load.upstreamPort(), BenchCase.SMALL_EQUAL, 0.1, 0.5, 2_000);
    assertThat(result.fault()).isNull();
    assertThat(result.answers()).isEqualTo(1_200);
    assertThat(result.latencies()).isBetween(999L, 1_001L);
    assertThat(result.p50Micros()).isPositive().isLessThanOrEqualTo(result.p99Micros());
    assertThat(result.p99Micros()).isLessThanOrEqualTo(result.p999Micros());
    assertThat(result.p999Micros()).isLessThanOrEqualTo(result.maxMicros() * 1.004);
  }

  @Test
  void countsWrongStatuses() throws Exception {
    try (FakeServer server = FakeServer.start(FakeServer.answer(503, SMALL, SMALL))) {
      LoadResult result = load.run(server.port(), BenchCase.SMALL_EQUAL, 0, 0.2, 0);
      assertThat(result.errors().get("status")).isEqualTo(result.answers()).isPositive();
      assertThat(result.fault()).contains("status");
    }
  }

  @Test
  void countsWrongLengths() throws Exception {
    try (FakeServer server = FakeServer.start(FakeServer.answer(200, SMALL - 1, SMALL - 1))) {
      LoadResult result = load.run(server.port(), BenchCase.SMALL_EQUAL, 0, 0.2, 0);
      assertThat(result.errors().get("length")).isEqualTo(result.answers()).isPositive();
    }
  }

  @Test
  void countsAnswersCutShort() throws Exception {
    try (FakeServer server =
        FakeServer.start(FakeServer.answer(200, SMALL, SMALL - 1).thenClosing())) {
      LoadResult result = load.run(server.port(), BenchCase.SMALL_EQUAL, 0, 0.2, 500);
      assertThat(result.errors().get("closed")).isEqualTo(100);
      assertThat(result.answers()).isZero();
    }
  }

  @Test
  void countsBytesBeyondTheAnswer() throws Exception {
    try (FakeServer server = FakeServer.start(FakeServer.answer(200, SMALL, SMALL + 1))) {
      LoadResult result = load.run(server.port(), BenchCase.SMALL_EQUAL, 0, 0.2, 500);
      assertThat(result.errors().get("head")).isPositive();
    }
  }

  @Test
  void opensAnotherConnectionWhereTheServerAnnouncedItsEnd() throws Exception {
    try (FakeServer server =
        FakeServer.start(FakeServer.answer(200, SMALL, SMALL).announcingItsEnd().thenClosing())) {
      LoadResult result = load.run(server.port(), BenchCase.SMALL_EQUAL, 0, 0.2, 500);
      assertThat(result.fault()).isNull();
      assertThat(result.answers()).isEqualTo(100);
      assertThat(result.reconnects()).isEqualTo(100);
    }
  }

  @Test
  void latencyCountsFromTheMomentARequestWasDue() throws Exception {
    // Stalls once for 300 ms of a 600 ms window: half of the requests were due meanwhile, though
    // all
    // but one of each connection could not even be sent.
    FakeServer.Answer answer = FakeServer.answer(200, SMALL, SMALL).stallingOnce(300);
    try (FakeServer server = FakeServer.start(answer)) {
      LoadResult result = load.run(server.port(), BenchCase.SMALL_EQUAL, 0, 0.6, 1_000);
      assertThat(result.fault()).isNull();
      assertThat(result.latencies()).isEqualTo(600);
      assertThat(result.p90Micros()).isGreaterThan(200_000);
      assertThat(result.maxMicros()).isGreaterThan(290_000);
    }
  }

  @Test
  void saysThatNobodyListens() {
    LoadResult result = load.run(Workspace.freePort(), BenchCase.SMALL_EQUAL, 0, 0.2, 0);
    assertThat(result.fault()).isEqualTo("client errors: 1 connect");
  }

  @Test
  void checksEveryAnswerOfNginxAndHaproxy() {
    for (Contender peer : List.of(Contender.NGINX, Contender.HAPROXY)) {
      Peers.assume(peer.label());
      for (BenchCase benchCase : List.of(BenchCase.SMALL_EQUAL, BenchCase.LARGE_BARE)) {
        try (Workspace workspace = Workspace.open(home());
            RunningProxy proxy =
                RunningProxy.start(
                    peer,
                    benchCase.work(),
                    home(),
                    workspace,
                    load.upstreamPort(),
                    new Round.Cores(0, 1))) {
          assertThat(proxy.probe(benchCase.body())).isNull();
          UpstreamCounts before = load.counts();
          LoadResult result = load.run(proxy.port(), benchCase, 0, 0.3, 0);
          assertThat(result.answers()).isPositive();
          assertThat(proxy.workNotDone(result, load.counts().since(before))).isNull();
        }
      }
    }
  }

  @Test
  void seesWorkThatWasNotDone() throws Exception {
    Peers.assume("nginx");
    try (Workspace workspace = Workspace.open(home());
        RunningProxy proxy =
            RunningProxy.start(
                Contender.NGINX,
                BenchCase.Work.EQUAL,
                home(),
                workspace,
                load.upstreamPort(),
                new Round.Cores(0, 1))) {
      LoadResult claimed = load.run(proxy.port(), BenchCase.SMALL_EQUAL, 0, 0.1, 100);
      UpstreamCounts none = new UpstreamCounts(0, 0, claimed.answers(), claimed.answers(), 0);
      assertThat(proxy.workNotDone(claimed, none)).contains("0 x-request-id");
      UpstreamCounts all =
          new UpstreamCounts(0, 0, claimed.answers(), claimed.answers(), claimed.answers());
      // The same answers claimed a second time: the log has only one line for each two.
      assertThat(proxy.workNotDone(claimed, all)).contains("access log has");
    }
  }
}
