package dev.selvedge.edge.proxy;

import static dev.selvedge.edge.protocol.EventType.REQUEST_BODY;
import static dev.selvedge.edge.protocol.EventType.REQUEST_HEADERS;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_BODY;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.BodyAgent;
import dev.selvedge.edge.proxy.rig.BodyUpstream;
import dev.selvedge.edge.proxy.rig.Pattern;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the keys of agents say about bodies, each shown to act. */
@Timeout(120)
class AgentBodiesTest {

  private static final byte[] BODY = "0123456789".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  private String agent(String name, String rest) {
    return ("agent \"%s\" { unix-socket path=\"%s\"; failure-mode \"closed\"; timeout \"20s\";"
            + " %s }\n")
        .formatted(name, folder.resolve(name), rest);
  }

  private String routes(String agents) {
    return "routes { route \"r\" { upstream \"up\"; agents %s } }\n".formatted(agents);
  }

  private static Decision refused(byte[] seen) {
    return Decision.block(418, "refused " + seen.length);
  }

  @Test
  void requestBodyModeDecidesWhatTheUpstreamGetsBeforeTheVerdict() throws Exception {
    for (String mode : new String[] {"none", "stream", "hold"}) {
      String keys = "events \"request_headers\"; request-body \"" + mode + "\"";
      try (BodyUpstream upstream = BodyUpstream.start();
          ScriptedAgent agent =
              ScriptedAgent.waiting(folder.resolve(mode), REQUEST_HEADERS, REQUEST_BODY);
          RunningProxy proxy =
              RunningProxy.startWithAgents(
                  1, "", routes('"' + mode + '"') + upstream.server().kdl("") + agent(mode, keys));
          RawClient client = proxy.client()) {
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
        ScriptedAgent.Taken head = agent.take();
        head.decide(Decision.NEEDS_MORE);
        if (mode.equals("none")) {
          assertThat(client.answer().code()).isEqualTo("agent_wants_body");
          assertThat(upstream.untouched()).isTrue();
          continue;
        }
        AgentEvent.RequestBody first = (AgentEvent.RequestBody) agent.take().event();
        assertThat(first.data()).isEqualTo("01234".getBytes(StandardCharsets.US_ASCII));
        if (mode.equals("stream")) {
          Await.until("its head is there", () -> !upstream.untouched());
        }
        client.send("56789");
        assertThat(Flags.has(agent.take().flags(), Flags.END)).isTrue();
        assertThat(upstream.untouched()).isEqualTo(mode.equals("hold"));
        head.decide(Decision.ALLOW);
        assertThat(upstream.got().body()).isEqualTo(BODY);
        assertThat(client.answer().text()).isEqualTo("ok");
      }
    }
  }

  @Test
  void responseBodyModeDecidesWhatTheClientGetsBeforeTheVerdict() throws Exception {
    for (String mode : new String[] {"none", "stream", "hold"}) {
      String keys = "events \"response_headers\"; response-body \"" + mode + "\"";
      try (BodyUpstream upstream = BodyUpstream.start();
          ScriptedAgent agent =
              ScriptedAgent.waiting(folder.resolve(mode), RESPONSE_HEADERS, RESPONSE_BODY);
          RunningProxy proxy =
              RunningProxy.startWithAgents(
                  1, "", routes('"' + mode + '"') + upstream.server().kdl("") + agent(mode, keys));
          RawClient client = proxy.client()) {
        upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", BODY);
        client.get("/x");
        ScriptedAgent.Taken head = agent.take();
        while (!(head.event() instanceof AgentEvent.ResponseHeaders)) {
          head = agent.take();
        }
        head.decide(Decision.NEEDS_MORE);
        if (mode.equals("none")) {
          assertThat(client.answer().code()).isEqualTo("agent_wants_body");
          continue;
        }
        assertThat(Flags.has(agent.take().flags(), Flags.END)).isTrue();
        if (mode.equals("stream")) {
          char first = (char) client.read();
          head.decide(Decision.ALLOW);
          assertThat(client.answer(first).body()).isEqualTo(BODY);
        } else {
          assertThat(client.socket().getInputStream().available()).isZero();
          head.decide(Decision.block(451, "not this"));
          Answer answer = client.answer();
          assertThat(answer.status()).isEqualTo(451);
          assertThat(answer.text()).isEqualTo("not this");
        }
      }
    }
  }

  /** A body of exactly the limit is shown whole, of one that is longer not a byte beyond it. */
  @Test
  void inspectLimitBoundsWhatTheAgentSees() throws Exception {
    String keys = "request-body \"hold\"; inspect-limit \"100KB\";" + " body-over-limit \"pass\"";
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent eye = BodyAgent.inspector(folder.resolve("eye"), REQUEST_BODY, b -> refused(b));
        BodyAgent _ =
            BodyAgent.replacer(folder.resolve("hand"), REQUEST_BODY, b -> new byte[b.length]);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                routes("\"eye\" \"hand\"")
                    + upstream.server().kdl("")
                    + agent("eye", keys)
                    + agent("hand", keys))) {
      try (RawClient client = proxy.client()) {
        posting(client, "/x", new byte[100_000], true);
        assertThat(client.answer().status()).isEqualTo(418);
        assertThat(eye.seen()).hasSize(100_000);
      }
      byte[] longer = Pattern.of(3, 150_000);
      try (RawClient client = proxy.client()) {
        posting(client, "/x", longer, true);
        assertThat(client.answer().status()).isEqualTo(200);
        byte[] expected = longer.clone();
        java.util.Arrays.fill(expected, 0, 100_000, (byte) 0);
        BodyUpstream.Got got = upstream.got();
        assertThat(got.body()).isEqualTo(expected);
      }
      proxy.awaitRest();
    }
  }

  @Test
  void bodyOverLimitBlocksOrPasses() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ =
            BodyAgent.inspector(folder.resolve("block"), REQUEST_BODY, b -> Decision.ALLOW);
        BodyAgent _ = BodyAgent.inspector(folder.resolve("pass"), REQUEST_BODY, b -> refused(b));
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                """
                routes {
                  route "b" { matches { path "/b" }; upstream "up"; agents "block" }
                  route "p" { matches { path "/p" }; upstream "up"; agents "pass" }
                }
                """
                    + upstream.server().kdl("")
                    + agent("block", "request-body \"hold\"; inspect-limit \"100KB\"")
                    + agent(
                        "pass",
                        "request-body \"hold\"; inspect-limit \"100KB\";"
                            + " body-over-limit \"pass\""))) {
      for (boolean chunked : new boolean[] {false, true}) {
        byte[] body = Pattern.of(5, 100_001);
        try (RawClient client = proxy.client()) {
          posting(client, "/b", body, chunked);
          Answer answer = client.answer();
          assertThat(answer.status()).isEqualTo(413);
          assertThat(answer.code()).isEqualTo("body_over_inspect_limit");
        }
        try (RawClient client = proxy.client()) {
          posting(client, "/p", body, chunked);
          Answer answer = client.answer();
          assertThat(answer.status()).isEqualTo(200);
          assertThat(upstream.got().body()).isEqualTo(body);
          String id = Objects.requireNonNull(answer.field("x-request-id"));
          assertThat(Objects.requireNonNull(proxy.record(id)).gap()).isTrue();
        }
      }
      proxy.awaitRest();
    }
  }

  private static void posting(RawClient client, String path, byte[] body, boolean chunked)
      throws IOException {
    client.send("POST " + path + " HTTP/1.1\r\nHost: a\r\n");
    if (chunked) {
      client.send("Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length) + "\r\n");
      client.send(body).send("\r\n0\r\n\r\n");
    } else {
      client.send("Content-Length: " + body.length + "\r\n\r\n").send(body);
    }
  }
}
