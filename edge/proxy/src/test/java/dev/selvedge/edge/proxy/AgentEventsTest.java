package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Answer;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Field;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent is told about an exchange, and what its advice on the answer does. */
class AgentEventsTest {

  private static final int LARGE = 300_000;

  @TempDir Path folder;

  private Path socket() {
    return folder.resolve("agent");
  }

  private String agent(String keys) {
    return ("agents { agent \"a\" { unix-socket path=\"%s\"; failure-mode \"closed\";"
            + " timeout \"5s\"; %s } }\n")
        .formatted(socket(), keys);
  }

  private static String echo() {
    return "routes { route \"all\" { echo; agents \"a\" } }\n";
  }

  private RunningProxy proxy(String keys) throws Exception {
    return RunningProxy.startWithAgents(1, "", echo() + agent(keys));
  }

  @Test
  void tellsTheRequestAsItLeftTheFilters() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS);
        RunningProxy proxy = proxy("");
        RawClient client = proxy.client()) {
      client.send("GET /a/../b%7E?q=1 HTTP/1.1\r\nHost: T.example\r\nX_Bad: 1\r\nX-A: v\r\n\r\n");
      ScriptedAgent.Taken taken = agent.take();
      AgentEvent.RequestHeaders seen = (AgentEvent.RequestHeaders) taken.event();
      assertThat(seen.head().method()).isEqualTo("GET");
      assertThat(seen.authority()).isEqualTo("t.example");
      assertThat(seen.rawPath()).isEqualTo("/a/../b%7E");
      assertThat(seen.path()).isEqualTo("/b~");
      assertThat(seen.query()).isEqualTo("q=1");
      assertThat(text(seen.context().route())).isEqualTo("all");
      assertThat(seen.context().clientAddress()).containsExactly(127, 0, 0, 1);
      assertThat(seen.context().clientPort()).isEqualTo(client.socket().getLocalPort());
      assertThat(seen.context().httpVersion()).isEqualTo(11);
      assertThat(seen.context().deadlineMicros()).isBetween(1, 5_000_000);
      assertThat(seen.head().find("x-a".getBytes(StandardCharsets.US_ASCII), 0)).isNotNegative();
      assertThat(seen.head().find("x_bad".getBytes(StandardCharsets.US_ASCII), 0)).isNegative();
      assertThat(taken.flags()).isEqualTo(Flags.END | Flags.LAST);
      taken.decide(Decision.ALLOW);
      var answer = client.answer();
      assertThat(answer.field("x-request-id")).isEqualTo(text(seen.context().requestId()));
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void tellsOnlyTheEventsAskedFor() throws Exception {
    Queue<EventType> told = new ConcurrentLinkedQueue<>();
    ScriptedAgent.Script notes =
        (call, event, flags) -> {
          told.add(event.type());
          ScriptedAgent.always(Decision.ALLOW).event(call, event, flags);
        };
    EventType[] all = {
      EventType.REQUEST_HEADERS, EventType.RESPONSE_HEADERS, EventType.REQUEST_COMPLETE
    };
    try (ScriptedAgent _ = ScriptedAgent.start(socket(), notes, all)) {
      String[] keys = {
        "",
        "events \"response_headers\"",
        "events \"request_complete\"",
        "events \"request_headers\" \"response_headers\" \"request_complete\""
      };
      List<List<EventType>> expected =
          List.of(
              List.of(EventType.REQUEST_HEADERS),
              List.of(EventType.REQUEST_HEADERS, EventType.RESPONSE_HEADERS),
              List.of(EventType.REQUEST_HEADERS, EventType.REQUEST_COMPLETE),
              List.of(all));
      for (int i = 0; i < keys.length; i++) {
        told.clear();
        int many = expected.get(i).size();
        try (RunningProxy proxy = proxy(keys[i]);
            RawClient client = proxy.client().get("/")) {
          assertThat(client.answer().status()).isEqualTo(200);
          Await.until("all is told", () -> told.size() >= many);
        }
        assertThat(told).as(keys[i]).containsExactlyElementsOf(expected.get(i));
      }
    }
  }

  @Test
  void handsTheAgentItsConfiguration() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.deciding(socket(), Decision.ALLOW);
        RunningProxy proxy = proxy("config {\n  level 3 deep=#true\n  list { item \"x\" }\n}");
        RawClient client = proxy.client().get("/")) {
      assertThat(client.answer().status()).isEqualTo(200);
      List<ConfigNode> nodes = agent.configuration();
      assertThat(nodes).extracting(ConfigNode::name).containsExactly("level", "list");
      ConfigNode level = nodes.getFirst();
      assertThat(level.arguments().getFirst().text()).isEqualTo("3");
      assertThat(level.properties().getFirst().value().kind()).isEqualTo(ConfigNode.Kind.BOOLEAN);
      assertThat(level.column()).isEqualTo(3);
      assertThat(nodes.getLast().children().getFirst().name()).isEqualTo("item");
    }
  }

  @Test
  void theAnswerWaitsForTheAgentsAskedAboutIt() throws Exception {
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.RESPONSE_HEADERS);
        RunningProxy proxy = proxy("events \"response_headers\"");
        RawClient client = proxy.client().get("/")) {
      ScriptedAgent.Taken context = agent.take();
      assertThat(context.flags() & Flags.NO_REPLY).isNotZero();
      ScriptedAgent.Taken taken = agent.take();
      assertThat(((AgentEvent.ResponseHeaders) taken.event()).head().status()).isEqualTo(200);
      assertThat(client.socket().getInputStream().available()).isZero();
      taken.decide(Decision.ALLOW.with(Mutation.set(Target.RESPONSE, "x-seen", "1")));
      var answer = client.answer();
      assertThat(answer.field("x-seen")).isEqualTo("1");
      assertThat(answer.text()).contains("\"GET\"");
    }
  }

  @Test
  void anAnswerMayBeBlockedOrReplacedBeforeItsFirstByte() throws Exception {
    Decision replaced =
        Decision.of(
            new Verdict.Block(
                new Answer(
                    418,
                    List.of(new Field("content-type", "text/x")),
                    "instead".getBytes(StandardCharsets.US_ASCII))));
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("x".repeat(LARGE));
        ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.RESPONSE_HEADERS);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                "routes { route \"all\" { upstream \"up\"; agents \"a\" } }\n"
                    + upstream.kdl("")
                    + agent("events \"response_headers\""))) {
      try (RawClient client = proxy.client().get("/")) {
        agent.take();
        agent.take().decide(replaced);
        var answer = client.answer();
        assertThat(answer.status()).isEqualTo(418);
        assertThat(answer.text()).isEqualTo("instead");
        assertThat(answer.field("content-type")).isEqualTo("text/x");
      }
      try (RawClient client = proxy.client().get("/")) {
        agent.take();
        agent.take().decide(Decision.ALLOW);
        assertThat(client.answer().text()).isEqualTo("x".repeat(LARGE));
      }
      proxy.awaitRest();
    }
  }

  @Test
  void aClientThatLeavesWhileItsAnswerIsHeldLeavesNothingBehind() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("x".repeat(LARGE));
        ScriptedAgent agent = ScriptedAgent.waiting(socket(), EventType.RESPONSE_HEADERS);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                "routes { route \"all\" { upstream \"up\"; agents \"a\" } }\n"
                    + upstream.kdl("")
                    + agent("events \"response_headers\""))) {
      RawClient client = proxy.client().get("/");
      agent.take();
      agent.take();
      client.reset();
      proxy.awaitRest();
      Await.until(
          "the permit is back", () -> proxy.metric("selvedge_agent_calls_in_flight", "") == 0);
    }
  }

  @Test
  void saysHowTheExchangeEnded() throws Exception {
    try (ScriptedAgent agent =
            ScriptedAgent.waiting(socket(), EventType.REQUEST_HEADERS, EventType.REQUEST_COMPLETE);
        RunningProxy proxy = proxy("events \"request_headers\" \"request_complete\"")) {
      try (RawClient client = proxy.client().get("/")) {
        agent.take().decide(Decision.ALLOW);
        client.answer();
        AgentEvent.RequestComplete end = (AgentEvent.RequestComplete) agent.take().event();
        assertThat(end.status()).isEqualTo(200);
        assertThat(end.responseBytes()).isPositive();
        assertThat(end.failure()).isEmpty();
      }
      try (RawClient client = proxy.client().get("/")) {
        agent.take().decide(Decision.block(403, "no"));
        assertThat(client.answer().status()).isEqualTo(403);
        AgentEvent.RequestComplete end = (AgentEvent.RequestComplete) agent.take().event();
        assertThat(end.status()).isEqualTo(403);
        assertThat(end.failure()).isEqualTo("agent_blocked");
      }
    }
  }

  @Test
  void theRecordKeepsRulesScoresAndTags() throws Exception {
    Audit audit =
        new Audit(
            30, List.of(new Audit.Rule("942100", 25), new Audit.Rule("9", 5)), List.of("sqli"));
    try (ScriptedAgent _ = ScriptedAgent.deciding(socket(), Decision.block(403, "no").with(audit));
        RunningProxy proxy = proxy("");
        RawClient client = proxy.client().get("/")) {
      var answer = client.answer();
      RecordView record =
          Objects.requireNonNull(
              proxy.record(Objects.requireNonNull(answer.field("x-request-id"))));
      assertThat(record.audits())
          .containsExactly(new RecordView.AuditView("a", 30, audit.rules(), audit.tags(), 0));
      assertThat(record.line())
          .contains(
              "\"audits\": [{\"agent\": \"a\", \"score\": 30, \"rules\": [{\"id\": \"942100\","
                  + " \"score\": 25}, {\"id\": \"9\", \"score\": 5}], \"tags\": [\"sqli\"]}]");
    }
  }

  @Test
  void aBlockWithoutWordsIsAProblemDocument() throws Exception {
    try (ScriptedAgent _ =
            ScriptedAgent.deciding(socket(), Decision.of(new Verdict.Block(Answer.of(451))));
        RunningProxy proxy = proxy("");
        RawClient client = proxy.client().get("/")) {
      var answer = client.answer();
      assertThat(answer.status()).isEqualTo(451);
      assertThat(answer.code()).isEqualTo("agent_blocked");
      assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
    }
  }
}
