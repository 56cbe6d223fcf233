package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The breaker through the whole proxy, by a clock that jumps. */
class AgentBreakerTest {

  private static final int CLOSED = 0;
  private static final int OPEN = 1;
  private static final int PROBING = 2;

  @TempDir Path folder;

  private Path socket() {
    return folder.resolve("agent");
  }

  private RunningProxy proxy(String breaker) throws Exception {
    return RunningProxy.startWithAgents(
        1,
        "",
        """
        routes { route "all" { echo; agents "a" } }
        agents { agent "a" {
          unix-socket path="%s"
          failure-mode "closed"
          timeout "1s"
          circuit-breaker { %s }
        } }
        """
            .formatted(socket(), breaker));
  }

  private static Answer get(RunningProxy proxy) throws Exception {
    try (RawClient client = proxy.client()) {
      return client.get("/").answer();
    }
  }

  /** A request whose agent says nothing until its deadline. */
  private static void timesOut(RunningProxy proxy, ScriptedAgent agent) throws Exception {
    agent.hold();
    try (RawClient client = proxy.client().get("/")) {
      agent.take();
      proxy.elapse(Duration.ofMillis(1_100));
      assertThat(client.answer().code()).isEqualTo("agent_timeout");
    }
  }

  private static long state(RunningProxy proxy) {
    return proxy.metric("selvedge_agent_breaker_state", "");
  }

  /** Time passes while the agent stays healthy: no question for its health is left unanswered. */
  private static void elapse(RunningProxy proxy, Duration time) throws Exception {
    proxy.elapse(time);
    assertThat(proxy.proxy().awaitAgents(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void opensAtTheFailureThreshold() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = proxy("failure-threshold 2")) {
      timesOut(proxy, agent);
      assertThat(state(proxy)).isEqualTo(CLOSED);
      timesOut(proxy, agent);
      assertThat(state(proxy)).isEqualTo(OPEN);
      int asked = agent.asked();
      assertThat(get(proxy).code()).isEqualTo("agent_breaker_open");
      assertThat(agent.asked()).isEqualTo(asked);
    }
  }

  @Test
  void probesAfterItsTimeout() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = proxy("failure-threshold 1; timeout \"10s\"; success-threshold 1")) {
      timesOut(proxy, agent);
      elapse(proxy, Duration.ofMillis(8_500));
      assertThat(get(proxy).code()).isEqualTo("agent_breaker_open");
      elapse(proxy, Duration.ofSeconds(2));
      agent.hold();
      try (RawClient probe = proxy.client().get("/")) {
        ScriptedAgent.Taken taken = agent.take();
        assertThat(state(proxy)).isEqualTo(PROBING);
        assertThat(get(proxy).code()).as("one probe at a time").isEqualTo("agent_breaker_open");
        taken.decide(Decision.ALLOW);
        assertThat(probe.answer().status()).isEqualTo(200);
      }
      assertThat(state(proxy)).isEqualTo(CLOSED);
    }
  }

  @Test
  void closesAtTheSuccessThreshold() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = proxy("failure-threshold 1; timeout \"1s\"; success-threshold 3")) {
      timesOut(proxy, agent);
      elapse(proxy, Duration.ofMillis(1_100));
      agent.script(ScriptedAgent.always(Decision.ALLOW));
      for (int i = 0; i < 2; i++) {
        assertThat(get(proxy).status()).isEqualTo(200);
        assertThat(state(proxy)).isEqualTo(PROBING);
      }
      assertThat(get(proxy).status()).isEqualTo(200);
      assertThat(state(proxy)).isEqualTo(CLOSED);
    }
  }

  @Test
  void forgetsFailuresOutsideTheWindow() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = proxy("failure-threshold 2; window \"5s\"")) {
      timesOut(proxy, agent);
      elapse(proxy, Duration.ofSeconds(6));
      timesOut(proxy, agent);
      assertThat(state(proxy)).isEqualTo(CLOSED);
      timesOut(proxy, agent);
      assertThat(state(proxy)).isEqualTo(OPEN);
    }
  }

  @Test
  void opensProbesAndCloses() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = proxy("failure-threshold 5; success-threshold 2; timeout \"30s\"")) {
      for (int i = 0; i < 5; i++) {
        timesOut(proxy, agent);
      }
      assertThat(state(proxy)).isEqualTo(OPEN);
      elapse(proxy, Duration.ofSeconds(31));
      timesOut(proxy, agent);
      assertThat(state(proxy)).as("the probe failed").isEqualTo(OPEN);
      elapse(proxy, Duration.ofSeconds(31));
      agent.script(ScriptedAgent.always(Decision.block(403, "no")));
      assertThat(get(proxy).status()).as("a block is an answer").isEqualTo(403);
      assertThat(get(proxy).status()).isEqualTo(403);
      assertThat(state(proxy)).isEqualTo(CLOSED);
    }
  }

  @Test
  void blocksGoneClientsAndFullQueuesAreNoFailures() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.deciding(socket(), Decision.block(403, "no"));
        RunningProxy proxy = proxy("failure-threshold 1")) {
      assertThat(get(proxy).status()).isEqualTo(403);
      agent.hold();
      RawClient gone = proxy.client().get("/");
      agent.take();
      gone.reset();
      Await.until(
          "the permit is back", () -> proxy.metric("selvedge_agent_calls_in_flight", "") == 0);
      assertThat(state(proxy)).isEqualTo(CLOSED);
    }
  }
}
