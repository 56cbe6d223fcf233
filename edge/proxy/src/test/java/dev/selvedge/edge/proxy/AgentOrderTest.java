package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
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
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several agents on one route: who is asked when, whose advice counts, what is changed. */
class AgentOrderTest {

  @TempDir Path folder;

  private Path socket(String name) {
    return folder.resolve(name);
  }

  private String agents(String... names) {
    StringBuilder text = new StringBuilder("agents {\n");
    for (String name : names) {
      text.append(
          "agent \"%s\" { unix-socket path=\"%s\"; failure-mode \"closed\"; timeout \"5s\" }\n"
              .formatted(name, socket(name)));
    }
    return text.append("}\n").toString();
  }

  private static String route(String agents) {
    return "routes { route \"all\" { echo; " + agents + " } }\n";
  }

  private RunningProxy proxy(String route, String... names) throws Exception {
    return RunningProxy.startWithAgents(1, "", route + agents(names));
  }

  private static Decision set(String name, String value) {
    return Decision.ALLOW.with(Mutation.set(Target.REQUEST, name, value));
  }

  private static List<String> steps(RunningProxy proxy, Answer answer) {
    RecordView record =
        Objects.requireNonNull(proxy.record(Objects.requireNonNull(answer.field("x-request-id"))));
    return record.steps().stream()
        .filter(step -> step.step().name().startsWith("AGENT") || step.step() == Step.GAP)
        .map(step -> step.step().text() + " " + step.reference())
        .toList();
  }

  @Test
  void mergesInTheOrderOfTheRoute() throws Exception {
    try (ScriptedAgent a = ScriptedAgent.waiting(socket("a"), EventType.REQUEST_HEADERS);
        ScriptedAgent b = ScriptedAgent.waiting(socket("b"), EventType.REQUEST_HEADERS);
        RunningProxy proxy = proxy(route("agents \"a\" \"b\""), "a", "b");
        RawClient client = proxy.client().get("/")) {
      ScriptedAgent.Taken first = a.take();
      b.take().decide(set("x-both", "b").with(Mutation.add(Target.REQUEST, "x-list", "b")));
      Await.until(
          "b has decided", () -> proxy.metric("selvedge_agent_decisions", "agent=\"b\"") == 1);
      first.decide(set("x-both", "a").with(Mutation.add(Target.REQUEST, "x-list", "a")));
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text())
          .contains("\"x-both\"")
          .contains("\"b\"")
          .doesNotContain("x-both: a");
      assertThat(answer.text().indexOf("\"a\"")).isLessThan(answer.text().lastIndexOf("\"b\""));
      assertThat(steps(proxy, answer))
          .hasSize(5)
          .startsWith("agent_asked a", "agent_asked b")
          .contains("agent_allowed a", "agent_allowed b")
          .endsWith("agent_overrode b");
    }
  }

  @Test
  void asksAnAgentAfterAnother() throws Exception {
    try (ScriptedAgent a = ScriptedAgent.waiting(socket("a"), EventType.REQUEST_HEADERS);
        ScriptedAgent b = ScriptedAgent.waiting(socket("b"), EventType.REQUEST_HEADERS);
        ScriptedAgent c = ScriptedAgent.waiting(socket("c"), EventType.REQUEST_HEADERS);
        RunningProxy proxy =
            proxy(
                route("agents { agent \"a\"; agent \"b\"; agent \"c\" { after \"a\" } }"),
                "a",
                "b",
                "c");
        RawClient client = proxy.client().get("/")) {
      b.take().decide(set("x-b", "1"));
      ScriptedAgent.Taken first = a.take();
      assertThat(c.asked()).isZero();
      first.decide(set("x-a", "1"));
      ScriptedAgent.Taken last = c.take();
      AgentEvent.RequestHeaders seen = (AgentEvent.RequestHeaders) last.event();
      assertThat(seen.head().find(new byte[] {'x', '-', 'a'}, 0)).isNotNegative();
      assertThat(seen.head().find(new byte[] {'x', '-', 'b'}, 0)).isNegative();
      last.decide(set("x-c", "1"));
      assertThat(client.answer().text()).contains("x-a").contains("x-b").contains("x-c");
    }
  }

  @Test
  void anAgentAfterOneThatRefusedIsNotAsked() throws Exception {
    try (ScriptedAgent _ = ScriptedAgent.deciding(socket("a"), Decision.block(403, "no"));
        ScriptedAgent b = ScriptedAgent.deciding(socket("b"), Decision.ALLOW);
        RunningProxy proxy =
            proxy(route("agents { agent \"a\"; agent \"b\" { after \"a\" } }"), "a", "b");
        RawClient client = proxy.client().get("/")) {
      assertThat(client.answer().status()).isEqualTo(403);
      assertThat(b.asked()).isZero();
    }
  }

  @Test
  void aBlockCancelsLaterAgentsAndWaitsForEarlierOnes() throws Exception {
    try (ScriptedAgent a = ScriptedAgent.waiting(socket("a"), EventType.REQUEST_HEADERS);
        ScriptedAgent b = ScriptedAgent.waiting(socket("b"), EventType.REQUEST_HEADERS);
        ScriptedAgent c = ScriptedAgent.waiting(socket("c"), EventType.REQUEST_HEADERS);
        RunningProxy proxy = proxy(route("agents \"a\" \"b\" \"c\""), "a", "b", "c");
        RawClient client = proxy.client().get("/")) {
      c.take();
      ScriptedAgent.Taken first = a.take();
      b.take().decide(Decision.block(403, "from b"));
      Await.until(
          "b has decided",
          () -> proxy.metric("selvedge_agent_decisions", "decision=\"block\"") == 1);
      assertThat(client.socket().getInputStream().available()).isZero();
      first.decide(Decision.block(451, "from a"));
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(451);
      assertThat(answer.text()).isEqualTo("from a");
      assertThat(steps(proxy, answer)).contains("agent_cancelled c");
      Await.until(
          "permits are back", () -> proxy.metric("selvedge_agent_calls_in_flight", "") == 0);
    }
  }

  @Test
  void nothingOfARefusedRequestIsChanged() throws Exception {
    Decision change = set("x-a", "1").with(Mutation.set(Target.RESPONSE, "x-leak", "1"));
    try (ScriptedAgent _ = ScriptedAgent.deciding(socket("a"), change);
        ScriptedAgent _ = ScriptedAgent.deciding(socket("b"), Decision.block(403, "no"));
        RunningProxy proxy = proxy(route("agents \"a\" \"b\""), "a", "b");
        RawClient client = proxy.client().get("/")) {
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.field("x-leak")).isNull();
    }
  }

  @Test
  void theStrictestOfSeveralRefusalsAnswers() throws Exception {
    try (ScriptedAgent _ = ScriptedAgent.deciding(socket("a"), Decision.redirect(302, "/login"));
        ScriptedAgent _ = ScriptedAgent.deciding(socket("b"), Decision.challenge("Bearer"));
        RunningProxy proxy = proxy(route("agents \"a\" \"b\""), "a", "b");
        RawClient client = proxy.client().get("/")) {
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.field("www-authenticate")).isEqualTo("Bearer");
    }
  }

  @Test
  void redirectsWhereAnAgentSays() throws Exception {
    try (ScriptedAgent _ = ScriptedAgent.deciding(socket("a"), Decision.redirect(302, "/login"));
        RunningProxy proxy = proxy(route("agents \"a\""), "a");
        RawClient client = proxy.client().get("/")) {
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(302);
      assertThat(answer.field("location")).isEqualTo("/login");
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void changesOfTheAnswerAreMadeToWhatTheServiceSays() throws Exception {
    Decision change =
        Decision.ALLOW.with(
            Mutation.set(Target.RESPONSE, "content-type", "text/plain"),
            Mutation.add(Target.RESPONSE, "x-checked", "yes"));
    try (ScriptedAgent _ = ScriptedAgent.deciding(socket("a"), change);
        RunningProxy proxy = proxy(route("agents \"a\""), "a");
        RawClient client = proxy.client().get("/")) {
      Answer answer = client.answer();
      assertThat(answer.field("content-type")).isEqualTo("text/plain");
      assertThat(answer.field("x-checked")).isEqualTo("yes");
    }
  }

  @Test
  void pipelinedRequestsAreAskedAboutOneByOne() throws Exception {
    try (ScriptedAgent a = ScriptedAgent.deciding(socket("a"), Decision.ALLOW);
        RunningProxy proxy = proxy(route("agents \"a\""), "a");
        RawClient client = proxy.client()) {
      String get = "GET /%d HTTP/1.1\r\nHost: t\r\n\r\n";
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        all.append(get.formatted(i));
      }
      client.send(all.toString());
      for (int i = 0; i < 50; i++) {
        assertThat(client.answer().text()).contains("/" + i + "\"");
      }
      assertThat(a.asked()).isEqualTo(50);
    }
  }
}
