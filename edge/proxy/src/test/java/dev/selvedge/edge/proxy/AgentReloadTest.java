package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a reload does to agents: unchanged ones stay, changed ones are new, old ones end in peace.
 */
class AgentReloadTest {

  @TempDir Path folder;

  private String text(String agentKeys, String further) {
    return """
    %s
    routes { route "all" { echo; agents "a"; policies { max-in-flight 50 } } }
    agents { agent "a" { unix-socket path="%s"; failure-mode "closed"; timeout "5s"; %s } }
    """
        .formatted(further, folder.resolve("agent"), agentKeys);
  }

  private String whole(String agentKeys, String further) {
    return RunningProxy.text(2, "", text(agentKeys, further));
  }

  private static Answer get(RunningProxy proxy) throws Exception {
    try (RawClient client = proxy.client()) {
      return client.get("/").answer();
    }
  }

  @Test
  void anUnchangedAgentKeepsLinksAndBreaker() throws Exception {
    String breaker = "circuit-breaker { failure-threshold 1; timeout \"1h\" }";
    try (ScriptedAgent agent =
            ScriptedAgent.waiting(folder.resolve("agent"), EventType.REQUEST_HEADERS);
        RunningProxy proxy = RunningProxy.startWithAgents(2, "", text(breaker, ""))) {
      try (RawClient client = proxy.client().get("/")) {
        agent.take();
        proxy.elapse(Duration.ofSeconds(6));
        assertThat(client.answer().code()).isEqualTo("agent_timeout");
      }
      proxy.reload(whole(breaker, "// moved by a line\n\n"));
      assertThat(get(proxy).code()).isEqualTo("agent_breaker_open");
      assertThat(proxy.metric("selvedge_agent_connections", "")).isEqualTo(2);
    }
  }

  @Test
  void aChangedAgentIsNewAndTheOldOneAnswersWhatItWasAsked() throws Exception {
    try (ScriptedAgent agent =
            ScriptedAgent.waiting(folder.resolve("agent"), EventType.REQUEST_HEADERS);
        RunningProxy proxy = RunningProxy.startWithAgents(2, "", text("", ""));
        RawClient before = proxy.client().get("/")) {
      ScriptedAgent.Taken old = agent.take();
      proxy.reload(whole("max-concurrent-calls 7", ""));
      assertThat(proxy.proxy().agents().getFirst().healthy()).isTrue();
      agent.script(ScriptedAgent.always(Decision.ALLOW));
      assertThat(get(proxy).status()).isEqualTo(200);
      old.decide(Decision.ALLOW.with(Mutation.set(Target.REQUEST, "x-old", "answered")));
      assertThat(before.answer().text()).contains("answered");
      assertThat(proxy.metric("selvedge_agent_connections", "")).isEqualTo(4);
      assertThat(proxy.metric("selvedge_agent_connections_lost", "")).isZero();
    }
  }

  @Test
  void noRequestFailsWhileReloadsReplaceTheAgent() throws Exception {
    try (ScriptedAgent _ = ScriptedAgent.deciding(folder.resolve("agent"), Decision.ALLOW);
        RunningProxy proxy = RunningProxy.startWithAgents(2, "", text("", ""))) {
      Thread reloads =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 1; i <= 20; i++) {
                  try {
                    proxy.reload(whole("max-concurrent-calls " + i, ""));
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                }
              });
      try (RawClient client = proxy.client()) {
        while (reloads.isAlive()) {
          assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
      }
      reloads.join();
      assertThat(proxy.metric("selvedge_agent_connections", "")).isEqualTo(42);
    }
  }

  @Test
  void aRemovedAgentIsLetGo() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.deciding(folder.resolve("agent"), Decision.ALLOW);
        RunningProxy proxy = RunningProxy.startWithAgents(2, "", text("", ""))) {
      assertThat(get(proxy).status()).isEqualTo(200);
      proxy.reload(RunningProxy.text(2, "", "routes { route \"all\" { echo } }"));
      assertThat(get(proxy).status()).isEqualTo(200);
      assertThat(agent.asked()).isEqualTo(1);
      assertThat(proxy.proxy().agents()).isEmpty();
      Await.until(
          "its links are gone", () -> proxy.metric("selvedge_agent_links_healthy", "") == 0);
    }
  }
}
