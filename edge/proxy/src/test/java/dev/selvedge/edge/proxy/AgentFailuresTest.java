package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of requests whose agent does not decide. */
class AgentFailuresTest {

  @TempDir Path folder;

  private static final String ROUTES =
      """
      routes {
        route "closed" { matches { path "/closed" }; echo; agents "closed" }
        route "open" { matches { path "/open" }; echo; agents "open" }
        route "overridden" {
          matches { path "/overridden" }
          echo
          agents { agent "closed" { failure-mode "open" } }
        }
        route "free" { respond { body "ok" } }
      }
      """;

  private Path socket() {
    return folder.resolve("agent");
  }

  private String text() {
    return ROUTES
        + """
        agents {
          agent "closed" { unix-socket path="%1$s"; failure-mode "closed"; timeout "5s" }
          agent "open" { unix-socket path="%1$s"; failure-mode "open"; timeout "5s" }
        }
        """
            .formatted(socket());
  }

  private static Answer get(RunningProxy proxy, String path) throws Exception {
    try (RawClient client = proxy.client()) {
      return client.get(path).answer();
    }
  }

  private static void failsAsDeclared(RunningProxy proxy, String code) throws Exception {
    Answer closed = get(proxy, "/closed");
    assertThat(closed.status()).isEqualTo(503);
    assertThat(closed.code()).isEqualTo(code);
    Answer open = get(proxy, "/open");
    assertThat(open.status()).isEqualTo(200);
    RecordView record =
        Objects.requireNonNull(proxy.record(Objects.requireNonNull(open.field("x-request-id"))));
    assertThat(record.gap()).isTrue();
    assertThat(record.steps())
        .anySatisfy(step -> {
          assertThat(step.step()).isEqualTo(Step.GAP);
          assertThat(step.reference()).isEqualTo(code);
        });
    assertThat(get(proxy, "/free").text()).isEqualTo("ok");
  }

  @Test
  void failureModeDecidesWhereTheAgentDoesNot() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(1, "", text())) {
      failsAsDeclared(proxy, "agent_unavailable");
    }
  }

  @Test
  void routeOverridesTheFailureMode() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(1, "", text())) {
      assertThat(get(proxy, "/closed").status()).isEqualTo(503);
      assertThat(get(proxy, "/overridden").status()).isEqualTo(200);
    }
  }

  @Test
  void servesAgainOnceTheAgentIsThere() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(1, "", text())) {
      assertThat(get(proxy, "/closed").status()).isEqualTo(503);
      try (ScriptedAgent _ = ScriptedAgent.deciding(socket(), Decision.ALLOW)) {
        assertThat(proxy.proxy().awaitAgents(Duration.ofSeconds(10))).isTrue();
        assertThat(get(proxy, "/closed").status()).isEqualTo(200);
      }
      Await.until(
          "the links are down", () -> proxy.metric("selvedge_agent_links_healthy", "") == 0);
      assertThat(get(proxy, "/closed").status()).isEqualTo(503);
    }
  }

  @Test
  void anAgentThatGivesUpHasNotDecided() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = RunningProxy.startWithAgents(1, "", text())) {
      agent.script((call, event, flags) -> call.giveUp("no idea"));
      failsAsDeclared(proxy, "agent_gave_up");
    }
  }

  @Test
  void aLostConnectionIsToldToEachCallAndMadeAgain() throws Exception {
    ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
    try (RunningProxy proxy = RunningProxy.startWithAgents(1, "", text());
        RawClient closed = proxy.client().get("/closed");
        RawClient open = proxy.client().get("/open")) {
      agent.take();
      agent.take();
      agent.close();
      assertThat(closed.answer().code()).isEqualTo("agent_lost");
      assertThat(open.answer().status()).isEqualTo(200);
      try (ScriptedAgent _ = ScriptedAgent.deciding(socket(), Decision.ALLOW)) {
        assertThat(proxy.proxy().awaitAgents(Duration.ofSeconds(10))).isTrue();
        assertThat(get(proxy, "/closed").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aDeadlineThatPassesTakesTheFailureMode() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = RunningProxy.startWithAgents(1, "", text());
        RawClient closed = proxy.client().get("/closed");
        RawClient open = proxy.client().get("/open")) {
      ScriptedAgent.Taken late = agent.take();
      agent.take();
      proxy.elapse(Duration.ofSeconds(6));
      assertThat(closed.answer().code()).isEqualTo("agent_timeout");
      assertThat(open.answer().status()).isEqualTo(200);
      assertThat(proxy.metric("selvedge_agent_timeouts", "")).isEqualTo(2);
      late.decide(Decision.block(403, "too late"));
      agent.script(ScriptedAgent.always(Decision.ALLOW));
      assertThat(get(proxy, "/closed").status()).isEqualTo(200);
    }
  }

  @Test
  void anAgentWithoutBodyModeMayNotAskForTheBody() throws Exception {
    try (ScriptedAgent _ = ScriptedAgent.deciding(socket(), Decision.NEEDS_MORE);
        RunningProxy proxy = RunningProxy.startWithAgents(1, "", text());
        RawClient client = proxy.client()) {
      client.send("POST /closed HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx");
      assertThat(client.answer().code()).isEqualTo("agent_wants_body");
      try (RawClient open = proxy.client()) {
        open.send("POST /open HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx");
        assertThat(open.answer().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void fieldsThatAClientMayNotSendAreNoDecision() throws Exception {
    for (Mutation bad :
        new Mutation[] {
          Mutation.set(Target.REQUEST, "x_user", "me"),
          Mutation.set(Target.REQUEST, "x-long", "v".repeat(9_000)),
          Mutation.add(Target.RESPONSE, "n".repeat(256) + "", "v")
        }) {
      boolean fits = bad.name().length() == 256;
      try (ScriptedAgent _ = ScriptedAgent.deciding(socket(), Decision.ALLOW.with(bad));
          RunningProxy proxy = RunningProxy.startWithAgents(1, "", text())) {
        Answer answer = get(proxy, "/closed");
        assertThat(answer.status()).as(bad.name()).isEqualTo(fits ? 200 : 503);
        assertThat(answer.code()).isEqualTo(fits ? "" : "agent_bad_field");
      }
    }
  }

  @Test
  void aClientThatLeavesEndsTheCall() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = RunningProxy.startWithAgents(1, "", text())) {
      RawClient client = proxy.client().get("/closed");
      agent.take();
      client.reset();
      Await.until(
          "the permit is back", () -> proxy.metric("selvedge_agent_calls_in_flight", "") == 0);
      assertThat(proxy.metric("selvedge_agent_failures", "")).isZero();
      proxy.awaitRest();
    }
  }

  @Test
  void configurationTheAgentRefusesKeepsItFromBeingAsked() throws Exception {
    String text =
        "routes { route \"all\" { echo; agents \"a\" } }\n"
            + ("agents { agent \"a\" { unix-socket path=\"%s\"; failure-mode \"closed\";"
                    + " config { wrong 1 } } }")
                .formatted(socket());
    try (ScriptedAgent agent = ScriptedAgent.deciding(socket(), Decision.ALLOW);
        RunningProxy proxy = RunningProxy.start(1, "", text)) {
      Await.until(
          "the problem is known",
          () ->
              String.valueOf(proxy.proxy().agents().getFirst().problem())
                  .contains("wrong is wrong"));
      assertThat(get(proxy, "/").code()).isEqualTo("agent_unavailable");
      assertThat(agent.asked()).isZero();
    }
  }
}
