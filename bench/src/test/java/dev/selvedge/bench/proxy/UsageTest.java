package dev.selvedge.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UsageTest {
  @Test
  void readsACoreAsProcDocumentsIt() {
    assertThat(Usage.Core.parse("cpu1 100 20 30 4000 50 6 7 8 9 10"))
        .isEqualTo(new Usage.Core(163, 4050, 8));
  }

  @Test
  void readsATaskWhoseNameLooksLikeFields() {
    String stat = "42 (a) R 1 (b) S 7 42 42 0 -1 4194304 1 2 3 4 100 20 3 4 20 0 1 0 99";
    assertThat(Usage.Task.parse(stat)).isEqualTo(new Usage.Task(42, 7, 127));
  }

  @Test
  void countsTheWholeTreeOfTheProxyAndStrangersApart() {
    List<Usage.Task> tasks =
        List.of(
            new Usage.Task(1, 0, 5),
            new Usage.Task(10, 1, 1_000), // the benchmark, parent of the proxy
            new Usage.Task(20, 10, 30), // the proxy
            new Usage.Task(21, 20, 400), // its worker
            new Usage.Task(30, 10, 2_000), // the load
            new Usage.Task(40, 1, 7)); // a stranger
    Usage usage = Usage.of(List.of(), tasks, 20, Set.of(10L, 30L));
    assertThat(usage.proxyTicks()).isEqualTo(430);
    assertThat(usage.otherTicks()).isEqualTo(12);
  }

  @Test
  void comparesTwoMoments() {
    Usage from = new Usage(List.of(new Usage.Core(100, 900, 0), new Usage.Core(0, 0, 0)), 50, 10);
    Usage to =
        new Usage(List.of(new Usage.Core(580, 920, 0), new Usage.Core(400, 50, 50)), 530, 35);
    assertThat(to.busySince(from, 0)).isEqualTo(0.96);
    assertThat(to.busySince(from, 1)).isEqualTo(400.0 / 450);
    assertThat(to.stolenSince(from, 1)).isEqualTo(0.1);
    assertThat(to.othersSince(from)).isEqualTo(0.05);
    assertThat(to.proxyMicrosSince(from)).isEqualTo(4_800_000);
  }

  @Test
  void seesItsOwnProcessHere() {
    long self = ProcessHandle.current().pid();
    Usage usage = Usage.now(self, Set.of());
    assertThat(usage.cores()).isNotEmpty();
    assertThat(usage.proxyTicks()).isPositive();
  }
}
