package dev.selvedge.edge.proxy;

import static dev.selvedge.edge.protocol.EventType.REQUEST_BODY;
import static dev.selvedge.edge.protocol.EventType.REQUEST_HEADERS;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_BODY;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_HEADERS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.BodyAgent;
import dev.selvedge.edge.proxy.rig.BodyUpstream;
import dev.selvedge.edge.proxy.rig.Leaks;
import dev.selvedge.edge.proxy.rig.Pattern;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies past agents where something ends early, is not there, or comes in order. */
@Timeout(120)
class AgentBodyEdgesTest {

  @TempDir Path folder;

  private String agent(String name, String mode, String rest) {
    return "agent \"%s\" { unix-socket path=\"%s\"; failure-mode \"%s\"; timeout \"20s\"; %s }\n"
        .formatted(name, folder.resolve(name), mode, rest);
  }

  private static String route(String agents) {
    return "routes { route \"r\" { upstream \"up\"; agents " + agents + " } }\n";
  }

  private static RunningProxy proxy(BodyUpstream upstream, String rest) throws IOException {
    return RunningProxy.startWithAgents(1, "", upstream.server().kdl("") + rest);
  }

  private static String lower(BodyUpstream.Got got) {
    return got.head().toLowerCase(Locale.ROOT);
  }

  private static byte[] turned(byte[] bytes) {
    byte[] changed = bytes.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] ^= 1;
    }
    return changed;
  }

  /** An agent that wants the body and then says nothing. */
  private ScriptedAgent silent(String name, EventType body, boolean replaces) throws IOException {
    EventType head = body == REQUEST_BODY ? REQUEST_HEADERS : RESPONSE_HEADERS;
    AgentInfo info = AgentInfo.of("silent", head, body);
    return ScriptedAgent.start(
        "unix:" + folder.resolve(name),
        (call, event, flags) -> {
          if (event instanceof AgentEvent.RequestHeaders
              || event instanceof AgentEvent.ResponseHeaders) {
            call.decide(Decision.NEEDS_MORE);
          }
        },
        replaces ? info.replacing(body) : info);
  }

  // ---- answers without a body

  @Test
  void answersWithoutABodyHaveNoBodyEventAndKeepTheirLength() throws Exception {
    AtomicInteger chunks = new AtomicInteger();
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ =
            BodyAgent.replacer(
                folder.resolve("turn"),
                RESPONSE_BODY,
                bytes -> {
                  chunks.incrementAndGet();
                  return turned(bytes);
                });
        RunningProxy proxy =
            proxy(
                upstream,
                route("\"turn\"")
                    + agent(
                        "turn", "closed", "events \"response_headers\"; response-body \"hold\""));
        RawClient client = proxy.client()) {
      upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", new byte[0]);
      Answer head = client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n").answer(true);
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.field("transfer-encoding")).isNull();
      assertThat(lower(upstream.got())).contains("accept-encoding: identity");
      upstream.answer("HTTP/1.1 204 No Content\r\n\r\n", new byte[0]);
      Answer none = client.get("/x").answer();
      assertThat(none.status()).isEqualTo(204);
      assertThat(none.field("content-length")).isNull();
      assertThat(none.field("transfer-encoding")).isNull();
      upstream.answer("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", new byte[0]);
      Answer same = client.get("/x").answer();
      assertThat(same.status()).isEqualTo(304);
      assertThat(same.field("transfer-encoding")).isNull();
      assertThat(chunks).hasValue(0);
      upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", new byte[] {1, 2, 3});
      assertThat(client.get("/x").answer().body()).isEqualTo(turned(new byte[] {1, 2, 3}));
      assertThat(chunks.get()).isPositive();
    }
  }

  // ---- agents lost in the middle of a body

  @Test
  void anInspectorLostInAHeldRequestTakesItsFailureMode() throws Exception {
    for (String mode : new String[] {"closed", "open"}) {
      try (BodyUpstream upstream = BodyUpstream.start();
          ScriptedAgent eye = silent(mode, REQUEST_BODY, false);
          RunningProxy proxy =
              proxy(upstream, route(quoted(mode)) + agent(mode, mode, "request-body \"hold\""));
          RawClient client = proxy.client()) {
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        Await.until("it has seen a chunk", () -> eye.asked() == 2);
        eye.vanish();
        client.send("67890");
        Answer answer = client.answer();
        if (mode.equals("closed")) {
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.code()).isEqualTo("agent_lost");
          assertThat(upstream.untouched()).isTrue();
        } else {
          assertThat(answer.status()).isEqualTo(200);
          assertThat(new String(upstream.got().body(), US_ASCII)).isEqualTo("1234567890");
          String id = String.valueOf(answer.field("x-request-id"));
          assertThat(String.valueOf(proxy.record(id))).contains("gap");
        }
        client.hangUp();
        proxy.awaitRest();
      }
    }
  }

  /** What it had not answered goes on as it was: an open replacer is left out, not the bytes. */
  @Test
  void aReplacerLostInARequestTakesItsFailureMode() throws Exception {
    for (String mode : new String[] {"closed", "open"}) {
      try (BodyUpstream upstream = BodyUpstream.start();
          ScriptedAgent turn = silent(mode, REQUEST_BODY, true);
          RunningProxy proxy =
              proxy(upstream, route(quoted(mode)) + agent(mode, mode, "request-body \"hold\""));
          RawClient client = proxy.client()) {
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        Await.until("it has seen a chunk", () -> turn.asked() == 2);
        turn.vanish();
        client.send("67890");
        Answer answer = client.answer();
        if (mode.equals("closed")) {
          assertThat(answer.status()).isEqualTo(503);
          assertThat(upstream.untouched()).isTrue();
        } else {
          assertThat(answer.status()).isEqualTo(200);
          assertThat(new String(upstream.got().body(), US_ASCII)).isEqualTo("1234567890");
        }
        client.hangUp();
        proxy.awaitRest();
      }
    }
  }

  @Test
  void anAgentLostInAHeldResponseTakesItsFailureMode() throws Exception {
    for (boolean replaces : new boolean[] {false, true}) {
      for (String mode : new String[] {"closed", "open"}) {
        String name = mode + replaces;
        try (BodyUpstream upstream = BodyUpstream.start();
            ScriptedAgent eye = silent(name, RESPONSE_BODY, replaces);
            RunningProxy proxy =
                proxy(
                    upstream,
                    route(quoted(name))
                        + agent(
                            name, mode, "events \"response_headers\"; response-body \"hold\""));
            RawClient client = proxy.client()) {
          byte[] body = Pattern.of(3, 2_000);
          upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", body);
          client.get("/x");
          Await.until("it has seen a chunk", () -> eye.asked() >= 2);
          eye.vanish();
          Answer answer = client.answer();
          if (mode.equals("closed")) {
            assertThat(answer.status()).as(name).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("agent_lost");
          } else {
            assertThat(answer.status()).as(name).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(body);
          }
          client.hangUp();
          proxy.awaitRest();
        }
      }
    }
  }

  private static String quoted(String name) {
    return "\"" + name + "\"";
  }

  // ---- order

  /** EDGE 5: one with {@code after} sees what its predecessors made of the request. */
  @Test
  void anAgentAfterAReplacerSeesWhatThatMadeOfTheBody() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ = BodyAgent.replacer(folder.resolve("one"), REQUEST_BODY, b -> turned(b));
        BodyAgent two =
            BodyAgent.inspector(folder.resolve("two"), REQUEST_BODY, b -> Decision.ALLOW);
        RunningProxy proxy =
            proxy(
                upstream,
                "routes { route \"r\" { upstream \"up\";"
                    + " agents { agent \"one\"; agent \"two\" { after \"one\" } } } }\n"
                    + agent("one", "closed", "request-body \"hold\"")
                    + agent("two", "closed", "request-body \"hold\""));
        RawClient client = proxy.client()) {
      byte[] body = Pattern.of(5, 100_000);
      client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n").send(body);
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(upstream.got().body()).isEqualTo(turned(body));
      assertThat(two.seen()).isEqualTo(turned(body));
      client.hangUp();
      proxy.awaitRest();
    }
  }

  // ---- a connection that ends beneath a held body

  /** The whole body is held: where a reused connection ended unanswered, it is sent again. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100_000})
  void sendsAHeldBodyAgainWhereAReusedConnectionEnded(int size) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    byte[] body = Pattern.of(7, size);
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                byte[] got = connection.exactly(ScriptedUpstream.length(head));
                if (requests.incrementAndGet() == 2) {
                  return;
                }
                String whole = Arrays.equals(got, body) ? "all" : "not all";
                connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + whole.length() + "\r\n\r\n" + whole);
              }
            });
        BodyAgent _ =
            BodyAgent.inspector(folder.resolve("look"), REQUEST_BODY, all -> Decision.ALLOW);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                up.kdl("") + route("\"look\"") + agent("look", "closed", "request-body \"hold\""));
        RawClient client = proxy.client()) {
      String head = "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n";
      for (int i = 0; i < 3; i++) {
        Answer answer = client.send(head).send(body).answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("all");
      }
      assertThat(requests).hasValue(4);
      Await.until("nothing is kept", () -> proxy.metric("selvedge_buffered_bytes", "") == 0);
    }
  }

  /** Where the second connection cannot be made either, nothing of the body stays behind. */
  @Test
  void givesBackAHeldBodyThatNobodyTakes() throws Exception {
    AtomicReference<ScriptedUpstream> self = new AtomicReference<>();
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              connection.exactly(ScriptedUpstream.length(connection.head()));
              self.get().close();
            });
        BodyAgent _ =
            BodyAgent.inspector(folder.resolve("look"), REQUEST_BODY, all -> Decision.ALLOW);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                up.kdl("") + route("\"look\"") + agent("look", "closed", "request-body \"hold\""));
        RawClient client = proxy.client()) {
      self.set(up);
      assertThat(client.get("/x").answer().status()).isEqualTo(200);
      long pinned = Leaks.pinned();
      client.send("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
      assertThat(client.send(new byte[100_000]).answer().status()).isEqualTo(502);
      Await.until("the body's memory is free", () -> Leaks.pinned() <= pinned + 16);
      Await.until("nothing is kept", () -> proxy.metric("selvedge_buffered_bytes", "") == 0);
    }
  }

  // ---- answers whose head waits

  /** Bytes that come one by one cost no buffer each, and are counted like others. */
  @Test
  void anAnswerThatWaitsForItsHeadKeepsWhatItCounts() throws Exception {
    int size = 60_000;
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent slow = ScriptedAgent.waiting(folder.resolve("slow"), RESPONSE_HEADERS);
        RunningProxy proxy =
            proxy(
                upstream,
                route("\"slow\"") + agent("slow", "closed", "events \"response_headers\""));
        RawClient client = proxy.client()) {
      upstream.answer(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          "1\r\na\r\n".repeat(size).concat("0\r\n\r\n").getBytes(US_ASCII));
      long pinned = Leaks.pinned();
      client.get("/x");
      Await.until("all of it waits", () -> proxy.metric("selvedge_buffered_bytes", "") >= size);
      assertThat(Leaks.pinned() - pinned).isLessThan(400_000);
      slow.take().decide(Decision.ALLOW);
      assertThat(client.answer().text()).isEqualTo("a".repeat(size));
      Await.until("nothing is kept", () -> proxy.metric("selvedge_buffered_bytes", "") == 0);
    }
  }

  // ---- senders that send less than a window unasked

  /** They keep to windows of their own, smaller than what an upstream may send unasked. */
  @ParameterizedTest
  @ValueSource(strings = {"hold", "stream"})
  void passesLongAnswersOfTheProxysOwnServices(String mode) throws Exception {
    int size = 1_000_000;
    byte[] file = Pattern.of(5, size);
    Files.write(folder.resolve("file.bin"), file);
    String routes =
        """
        routes {
          route "static" { matches { path-prefix "/s" }; static { root "%s" }; agents "look" }
          route "echo" { echo; agents "look" }
        }
        """
            .formatted(folder);
    try (BodyAgent look =
            BodyAgent.inspector(folder.resolve("look"), RESPONSE_BODY, all -> Decision.ALLOW);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                routes
                    + agent(
                        "look",
                        "closed",
                        "events \"response_headers\"; response-body \"" + mode + "\""));
        RawClient client = proxy.client()) {
      Files.createDirectories(folder.resolve("s"));
      Files.move(folder.resolve("file.bin"), folder.resolve("s/file.bin"));
      Answer served = client.get("/s/file.bin").answer();
      assertThat(served.body()).isEqualTo(file);
      assertThat(look.seen()).isEqualTo(file);
      byte[] sent = new byte[size];
      Arrays.fill(sent, (byte) 'a');
      client.send("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
      Answer echoed = client.send(sent).answer();
      assertThat(echoed.status()).isEqualTo(200);
      assertThat(look.seen()).isEqualTo(echoed.body());
    }
  }

  /** The second pipe's room is the first one's credit: as small as that of a held body. */
  @Test
  void passesLongAnswersOfTheProxyThatOneAgentHoldsAfterAnother() throws Exception {
    byte[] file = Pattern.of(8, 1_000_000);
    Files.createDirectories(folder.resolve("s"));
    Files.write(folder.resolve("s/file.bin"), file);
    String events = "events \"response_headers\"; response-body \"hold\"; ";
    try (BodyAgent _ =
            BodyAgent.early(folder.resolve("brief"), RESPONSE_BODY, 1000, all -> Decision.ALLOW);
        BodyAgent look =
            BodyAgent.inspector(folder.resolve("look"), RESPONSE_BODY, all -> Decision.ALLOW);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                "routes { route \"s\" { static { root \"%s\" }; %s } }\n"
                        .formatted(
                            folder,
                            "agents { agent \"brief\"; agent \"look\" { after \"brief\" } }")
                    + agent("brief", "closed", events)
                    + agent("look", "closed", events));
        RawClient client = proxy.client()) {
      client.send("GET /s/file.bin HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo(file);
      assertThat(look.seen()).isEqualTo(file);
    }
  }

  /** Such an upstream is read no further than a small window, whatever it may send otherwise. */
  @Test
  void passesLongHeldAnswersWhileMemoryIsShort() throws Exception {
    byte[] body = Pattern.of(6, 1_000_000);
    String limits = "limits { max-buffered \"128KiB\"; max-buffered-per-direction \"128KiB\" }";
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent look =
            BodyAgent.inspector(folder.resolve("look"), RESPONSE_BODY, all -> Decision.ALLOW);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                limits,
                upstream.server().kdl("")
                    + route("\"look\"")
                    + agent(
                        "look", "closed", "events \"response_headers\"; response-body \"hold\""));
        RawClient client = proxy.client()) {
      upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", body);
      assertThat(client.get("/x").answer().body()).isEqualTo(body);
      assertThat(look.seen()).isEqualTo(body);
    }
  }
}
