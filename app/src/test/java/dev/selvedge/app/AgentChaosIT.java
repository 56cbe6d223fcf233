package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.app.rig.AgentFault;
import dev.selvedge.app.rig.Cores;
import dev.selvedge.app.rig.FaultyProcess;
import dev.selvedge.app.rig.PacedClients;
import dev.selvedge.app.rig.PacedClients.Sample;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An agent's process with every fault there is, under load: routes that fail closed refuse with the
 * reason, routes that fail open pass and record the gap, routes without the agent do not feel it,
 * and all is well again within 5 s, by the same proxy.
 *
 * <p>The proxy has one core, everything else the other. 5 s of each fault in the build, 60 s in the
 * soak.
 */
class AgentChaosIT {

  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final int PHASE_SECONDS = SOAK ? 60 : 5;
  private static final int CALM_SECONDS = SOAK ? 60 : 3;
  private static final int RECOVERY_SECONDS = 5;

  /** Together 1,000 requests a second. */
  private static final int AGENT_RATE = 300;

  private static final int PLAIN_RATE = 400;
  private static final int MANY = 60;
  private static final int FEW = 16;
  private static final long SLACK_NANOS = 2_000_000;

  @TempDir Path folder;

  @BeforeAll
  static void leaveTheProxysCore() throws Exception {
    Cores.pinThisProgram(1);
  }

  @AfterAll
  static void takeAllCores() throws Exception {
    Cores.freeThisProgram();
  }

  @ParameterizedTest
  @EnumSource
  void staysWithinTheAgentsBounds(AgentFault fault) throws Exception {
    try (FaultyProcess proxy = FaultyProcess.start(folder, fault)) {
      int port = proxy.port();
      try (PacedClients closed = PacedClients.start(port, "/closed", AGENT_RATE, MANY);
          PacedClients open = PacedClients.start(port, "/open", AGENT_RATE, MANY);
          PacedClients plain = PacedClients.start(port, "/plain", PLAIN_RATE, FEW)) {
        warmUp();
        long calm = System.nanoTime();
        pass(CALM_SECONDS);
        long begin = System.nanoTime();
        fault.during(proxy, PHASE_SECONDS);
        long end = System.nanoTime();
        pass(RECOVERY_SECONDS);
        long recovered = System.nanoTime();
        pass(1);
        long last = System.nanoTime();

        String report = report(fault, closed.between(begin, end), plain.between(begin, end));
        System.out.println(report);
        if (fault != AgentFault.ABSENT_AT_START) {
          wellServed(closed.between(calm, begin));
          wellServed(open.between(calm, begin));
        }
        refusedWithReason(closed.between(begin, recovered), fault);
        wellServed(open.between(calm, last));
        gapRecorded(proxy, open.between(begin, end), fault);
        wellServed(plain.between(calm, last));
        long before = PacedClients.p99(plain.between(calm, begin));
        long during = PacedClients.p99(plain.between(begin, end));
        assertThat(during).as(report).isLessThan(Math.max(2 * before, before + SLACK_NANOS));
        wellServed(closed.between(recovered, last));
      }
      assertThat(proxy.alive()).isTrue();
    }
  }

  private static void warmUp() throws InterruptedException {
    pass(SOAK ? 10 : 3);
  }

  private static void pass(int seconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(seconds);
  }

  private static void wellServed(List<Sample> samples) {
    assertThat(samples).isNotEmpty();
    assertThat(samples).filteredOn(s -> s.status() != 200).as("not served").isEmpty();
  }

  private static void refusedWithReason(List<Sample> samples, AgentFault fault) {
    List<Sample> refused = samples.stream().filter(s -> s.status() != 200).toList();
    assertThat(refused).as(fault + " refuses").isNotEmpty();
    assertThat(refused)
        .allSatisfy(s -> {
          assertThat(s.status()).isEqualTo(503);
          assertThat(s.code()).startsWith("agent_");
        });
  }

  /** The record of some request of the phase names the agent and why it was passed without it. */
  private static void gapRecorded(FaultyProcess proxy, List<Sample> samples, AgentFault fault) {
    boolean seen =
        samples.reversed().stream()
            .limit(200)
            .anyMatch(s -> {
              String record = proxy.explain(s.id());
              return record.contains("\"gap\"") && record.contains("agent_");
            });
    assertThat(seen).as(fault + " leaves a gap in a record").isTrue();
  }

  private static String report(AgentFault fault, List<Sample> closed, List<Sample> plain) {
    long refused = closed.stream().filter(s -> s.status() != 200).count();
    return String.format(
        java.util.Locale.ROOT,
        "%s: %d of %d requests refused closed; without the agent p99 %.2f ms of %d requests",
        fault,
        refused,
        closed.size(),
        PacedClients.p99(plain) / 1e6,
        plain.size());
  }
}
