package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.AgentProcess;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds, deadlines and the breaker against an agent in a process of its own, in real time. */
class AgentProcessIT {

  @TempDir Path folder;

  private Path socket() {
    return folder.resolve("agent");
  }

  private RunningProxy proxy(String keys) throws IOException {
    return RunningProxy.startWithAgents(
        2,
        "",
        """
        routes {
          route "asks" { matches { path "/asks" }; echo; agents "a" }
          route "free" { respond { body "ok" } }
        }
        agents { agent "a" { unix-socket path="%s"; failure-mode "closed"; %s } }
        """
            .formatted(socket(), keys));
  }

  private static Answer get(RunningProxy proxy, String path) {
    try (RawClient client = proxy.client()) {
      return client.get(path).answer();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theCallOverPermitsAndQueueFailsAtOnceAndTheOthersAtTheirDeadline() throws Exception {
    // The call that waited may still be asked, a moment before its deadline: a third failure.
    String bounds =
        "timeout \"1500ms\"; max-concurrent-calls 2; max-queued-calls 1;"
            + " circuit-breaker { failure-threshold 4 }";
    try (AgentProcess agent = AgentProcess.start(socket());
        RunningProxy proxy = proxy(bounds)) {
      List<RawClient> clients = new ArrayList<>();
      long begin = System.nanoTime();
      for (int i = 0; i < 3; i++) {
        clients.add(proxy.client().get("/asks"));
      }
      Await.until("one waits", () -> proxy.metric("selvedge_agent_queue", "") == 1);
      assertThat(get(proxy, "/asks").code()).isEqualTo("agent_queue_full");
      assertThat(System.nanoTime() - begin).isLessThan(Duration.ofMillis(1_500).toNanos());
      for (RawClient client : clients) {
        assertThat(client.answer().code()).isEqualTo("agent_timeout");
        client.close();
      }
      assertThat(System.nanoTime() - begin)
          .isGreaterThan(Duration.ofMillis(1_500).toNanos())
          .isLessThan(Duration.ofSeconds(5).toNanos());
      agent.allow();
      assertThat(get(proxy, "/asks").status()).isEqualTo(200);
    }
  }

  @Test
  void aStoppedProcessOpensTheBreakerAndAContinuedOneClosesIt() throws Exception {
    try (AgentProcess agent = AgentProcess.start(socket());
        RunningProxy proxy =
            proxy(
                "timeout \"100ms\"; circuit-breaker { failure-threshold 2; success-threshold 2;"
                    + " timeout \"400ms\" }")) {
      agent.allow();
      assertThat(get(proxy, "/asks").status()).isEqualTo(200);
      agent.signal("STOP");
      Await.until(
          "the breaker opens", () -> get(proxy, "/asks").code().equals("agent_breaker_open"));
      assertThat(proxy.metric("selvedge_agent_timeouts", "")).isGreaterThanOrEqualTo(2);
      assertThat(get(proxy, "/free").status()).isEqualTo(200);
      agent.signal("CONT");
      Await.until("it probes and closes", () -> get(proxy, "/asks").status() == 200);
      Await.until(
          "it closes",
          () -> {
            get(proxy, "/asks");
            return proxy.metric("selvedge_agent_breaker_state", "") == 0;
          });
    }
  }

  @Test
  void aKilledProcessFailsItsCallsAndAnotherServesWithoutARestartOfTheProxy() throws Exception {
    try (RunningProxy proxy = killed()) {
      assertThat(get(proxy, "/asks").status()).isEqualTo(503);
      assertThat(get(proxy, "/free").status()).isEqualTo(200);
      try (AgentProcess agent = AgentProcess.start(socket())) {
        agent.allow();
        Await.until("it serves again", () -> get(proxy, "/asks").status() == 200);
      }
    }
  }

  /** A proxy whose agent was killed with a call in flight. */
  private RunningProxy killed() throws Exception {
    AgentProcess agent = AgentProcess.start(socket());
    RunningProxy proxy = proxy("timeout \"5s\"; circuit-breaker { failure-threshold 1000 }");
    try (agent;
        RawClient client = proxy.client().get("/asks")) {
      Await.until("it is asked", () -> proxy.metric("selvedge_agent_calls_in_flight", "") == 1);
      agent.signal("KILL");
      assertThat(client.answer().code()).isEqualTo("agent_lost");
    }
    Files.deleteIfExists(socket());
    return proxy;
  }
}
