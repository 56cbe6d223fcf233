package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawAgent;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import dev.selvedge.edge.proxy.rig.ToldLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent that breaks the protocol: the call takes its failure mode, the record and the answer say
 * why, the connection is dropped and made again, and another agent's route does not notice.
 */
class AgentBadInputTest {

  @TempDir Path folder;

  private static final byte[] ALLOW = {0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  private static final byte[] NEEDS_MORE = {0x10, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  private static byte[] setting(String name, String value) {
    byte[] n = name.getBytes(StandardCharsets.ISO_8859_1);
    byte[] v = value.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[14 + 6 + n.length + v.length];
    all[0] = 0x10;
    all[5] = 1;
    all[17 - 1] = 0;
    all[17] = (byte) n.length;
    System.arraycopy(n, 0, all, 18, n.length);
    all[18 + n.length + 1] = (byte) v.length;
    System.arraycopy(v, 0, all, 20 + n.length, v.length);
    return all;
  }

  private static Map<String, RawAgent.Script> scripts() {
    Map<String, RawAgent.Script> scripts = new LinkedHashMap<>();
    scripts.put("garbage", (call, wire) -> wire.raw(new byte[4_096]));
    scripts.put(
        "an oversized frame",
        (call, wire) ->
            wire.raw(
                (byte) 0x7F,
                (byte) 0,
                (byte) 0,
                (byte) 0,
                (byte) 0x90,
                (byte) 0,
                (byte) 0,
                (byte) 0,
                (byte) 0,
                (byte) 1));
    scripts.put("an unknown call", (call, wire) -> wire.frame(0x90, 0, call + 7, ALLOW));
    scripts.put("a cut decision", (call, wire) -> wire.frame(0x90, 0, call, (byte) 0x10));
    scripts.put(
        "the wrong event",
        (call, wire) -> {
          byte[] wrong = ALLOW.clone();
          wrong[0] = 0x12;
          wire.frame(0x90, 0, call, wrong);
        });
    scripts.put("needs_more without a body", (call, wire) -> wire.frame(0x90, 0, call, NEEDS_MORE));
    scripts.put("an illegal name", (call, wire) -> wire.frame(0x90, 0, call, setting("X A", "v")));
    scripts.put("Host", (call, wire) -> wire.frame(0x90, 0, call, setting("host", "v")));
    scripts.put(
        "framing", (call, wire) -> wire.frame(0x90, 0, call, setting("content-length", "1")));
    scripts.put("an id", (call, wire) -> wire.frame(0x90, 0, call, setting("x-request-id", "1")));
    scripts.put(
        "an illegal value", (call, wire) -> wire.frame(0x90, 0, call, setting("x-a", "a\nb")));
    scripts.put("an unknown critical", (call, wire) -> wire.frame(0xEE, 1, call));
    scripts.put("a second welcome", (call, wire) -> wire.frame(0x81, 0, 0, new byte[30]));
    return scripts;
  }

  @TestFactory
  Stream<DynamicTest> takesTheFailureModeAndDropsTheConnection() {
    return scripts().entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> drops(entry.getValue())));
  }

  private String text(Path bad, Path good) {
    return """
    routes {
      route "bad" { matches { path "/bad" }; echo; agents "bad" }
      route "good" { matches { path "/good" }; echo; agents "good" }
    }
    agents {
      agent "bad" {
        unix-socket path="%s"; failure-mode "closed"; timeout "5s"
        circuit-breaker { failure-threshold 1000 }
      }
      agent "good" { unix-socket path="%s"; failure-mode "closed"; timeout "5s" }
    }
    """
        .formatted(bad, good);
  }

  private static Answer get(RunningProxy proxy, String path) throws Exception {
    try (RawClient client = proxy.client()) {
      return client.get(path).answer();
    }
  }

  private void drops(RawAgent.Script script) throws Exception {
    Path bad = folder.resolve("bad-" + System.nanoTime());
    Path good = folder.resolve("good-" + System.nanoTime());
    try (RawAgent _ = RawAgent.start(bad, script);
        ScriptedAgent _ = ScriptedAgent.deciding(good, Decision.ALLOW);
        RunningProxy proxy = RunningProxy.startWithAgents(1, "", text(bad, good))) {
      Answer answer = get(proxy, "/bad");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.code()).isEqualTo("agent_protocol");
      Await.until(
          "the connection is dropped",
          () -> proxy.metric("selvedge_agent_connections_lost", "agent=\"bad\"") == 1);
      assertThat(get(proxy, "/good").status()).isEqualTo(200);
      Await.until(
          "the connection is made again",
          () -> proxy.metric("selvedge_agent_connections", "agent=\"bad\"") == 2);
      proxy.awaitRest();
    }
  }

  @org.junit.jupiter.api.Test
  void aSecondDecisionDropsTheConnectionAfterTheFirstCounted() throws Exception {
    Path bad = folder.resolve("bad");
    Path good = folder.resolve("good");
    RawAgent.Script twice =
        (call, wire) -> {
          wire.allow(call);
          wire.allow(call);
        };
    try (RawAgent _ = RawAgent.start(bad, twice);
        ScriptedAgent _ = ScriptedAgent.deciding(good, Decision.ALLOW);
        RunningProxy proxy = RunningProxy.startWithAgents(1, "", text(bad, good))) {
      assertThat(get(proxy, "/bad").status()).isEqualTo(200);
      Await.until(
          "the connection is dropped and made again",
          () -> proxy.metric("selvedge_agent_connections", "agent=\"bad\"") == 2);
      assertThat(get(proxy, "/good").status()).isEqualTo(200);
    }
  }

  /** Which rule was broken is in no record: the log says it, once a minute at most. */
  @org.junit.jupiter.api.Test
  void theLogSaysOnceWhichRuleWasBroken() throws Exception {
    Path bad = folder.resolve("bad");
    RawAgent.Script host = (call, wire) -> wire.frame(0x90, 0, call, setting("host", "v"));
    try (ToldLines told = ToldLines.listen();
        RawAgent _ = RawAgent.start(bad, host);
        ScriptedAgent _ = ScriptedAgent.deciding(folder.resolve("good"), Decision.ALLOW);
        RunningProxy proxy =
            RunningProxy.startWithAgents(1, "", text(bad, folder.resolve("good")))) {
      for (int broken = 1; broken <= 3; broken++) {
        assertThat(get(proxy, "/bad").code()).isEqualTo("agent_protocol");
        long connections = broken + 1L;
        Await.until(
            "the connection is made again",
            () -> proxy.metric("selvedge_agent_connections", "agent=\"bad\"") == connections);
        Await.until(
            "it is healthy",
            () -> proxy.metric("selvedge_agent_links_healthy", "agent=\"bad\"") == 1);
      }
      assertThat(told.lines())
          .containsOnlyOnce("agent bad broke the protocol: forbidden_field: host");
      assertThat(told.lines().stream().filter(line -> line.contains("broke"))).hasSize(1);
    }
  }

  @org.junit.jupiter.api.Test
  void aFloodFromOneAgentIsCutOffAndAnotherAnswersMeanwhile() throws Exception {
    Path bad = folder.resolve("bad");
    Path good = folder.resolve("good");
    RawAgent.Script flood =
        (call, wire) -> {
          for (int i = 0; i < 1_000_000; i++) {
            wire.allow(call);
          }
        };
    try (RawAgent _ = RawAgent.start(bad, flood);
        ScriptedAgent _ = ScriptedAgent.deciding(good, Decision.ALLOW);
        RunningProxy proxy = RunningProxy.startWithAgents(1, "", text(bad, good))) {
      get(proxy, "/bad");
      for (int i = 0; i < 100; i++) {
        assertThat(get(proxy, "/good").status()).isEqualTo(200);
      }
      Await.until(
          "the connection is dropped",
          () -> proxy.metric("selvedge_agent_connections_lost", "agent=\"bad\"") >= 1);
    }
  }
}
