package dev.selvedge.edge.proxy;

import static dev.selvedge.edge.protocol.EventType.REQUEST_BODY;
import static dev.selvedge.edge.protocol.EventType.REQUEST_HEADERS;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_BODY;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_HEADERS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.BodyUpstream;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may do while agents have its request: whoever owns a wait ends it. */
@Timeout(60)
class AgentClientTest {

  private static final String HALF =
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345";
  private static final String UPGRADE =
      "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

  @TempDir Path folder;

  private String rest(String agent) {
    return """
    routes { route "r" { upstream "up"; agents "a" } }
    agent "a" { unix-socket path="%s"; failure-mode "closed"; timeout "5s"; %s }
    """
        .formatted(folder.resolve("a"), agent);
  }

  /** Wants each request's body and allows when it ends. */
  private ScriptedAgent reader() throws IOException {
    ScriptedAgent.Script script =
        (call, event, flags) -> {
          if (event instanceof AgentEvent.RequestHeaders) {
            boolean none = Flags.has(flags, Flags.END);
            call.decide(none ? Decision.ALLOW : Decision.NEEDS_MORE);
          } else if (Flags.has(flags, Flags.END)) {
            call.decide(Decision.ALLOW);
          }
        };
    return ScriptedAgent.start(folder.resolve("a"), script, REQUEST_HEADERS, REQUEST_BODY);
  }

  private static void isAtRest(RunningProxy proxy) throws InterruptedException {
    proxy.awaitRest();
    Await.until(
        "the permit is back",
        () -> proxy.metric("selvedge_agent_calls_in_flight", "agent=\"a\"") == 0);
    assertThat(proxy.metric("selvedge_agent_timeouts", "agent=\"a\"")).isZero();
  }

  /** The client's silence is the client's: the agent, which has all there is, is not timed. */
  @ParameterizedTest
  @ValueSource(strings = {"hold", "stream"})
  void aClientThatStopsInItsBodyIsLate(String mode) throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent agent = reader();
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1, "", upstream.server().kdl("") + rest("request-body \"" + mode + "\""));
        RawClient client = proxy.client()) {
      client.send(HALF);
      Await.until("the agent has what there is", () -> agent.asked() == 2);
      proxy.elapse(Duration.ofSeconds(20));
      proxy.elapse(Duration.ofSeconds(15));
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(408);
      if (mode.equals("hold")) {
        assertThat(upstream.untouched()).isTrue();
      }
      client.hangUp();
      isAtRest(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyThatEndsEarlyNeverReachesTheUpstream(boolean reset) throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent agent = reader();
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1, "", upstream.server().kdl("") + rest("request-body \"hold\""));
        RawClient client = proxy.client()) {
      client.send(HALF);
      Await.until("the agent has what there is", () -> agent.asked() == 2);
      if (reset) {
        client.reset();
      } else {
        client.endOutput();
      }
      isAtRest(proxy);
      assertThat(upstream.untouched()).isTrue();
    }
  }

  /** What follows a held request on its connection waits for it, and loses nothing. */
  @Test
  void aRequestBehindAHeldOneWaitsForIt() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent _ = reader();
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1, "", upstream.server().kdl("") + rest("request-body \"hold\""));
        RawClient client = proxy.client()) {
      client.send(HALF + "67890" + HALF + "abcde" + "GET /y HTTP/1.1\r\nHost: a\r\n\r\n");
      for (String body : new String[] {"1234567890", "12345abcde", ""}) {
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(new String(upstream.got().body(), US_ASCII)).isEqualTo(body);
      }
      client.hangUp();
      isAtRest(proxy);
    }
  }

  /** Agents see the request of an upgrade only; after it bytes pass, whatever they asked for. */
  @Test
  void anUpgradePassesAgentsThatWantBodies() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(
                  "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello");
              connection.exactly(5);
              connection.send("world");
            });
        ScriptedAgent agent =
            ScriptedAgent.start(
                folder.resolve("a"),
                ScriptedAgent.always(Decision.ALLOW),
                REQUEST_HEADERS,
                REQUEST_BODY,
                RESPONSE_HEADERS,
                RESPONSE_BODY);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                upstream.kdl("")
                    + rest(
                        "events \"request_headers\" \"response_headers\";"
                            + " request-body \"hold\"; response-body \"hold\""));
        RawClient client = proxy.client()) {
      client.send(UPGRADE);
      assertThat(client.answer().status()).isEqualTo(101);
      assertThat(new String(client.exactly(5), US_ASCII)).isEqualTo("hello");
      client.send("12345");
      assertThat(new String(client.exactly(5), US_ASCII)).isEqualTo("world");
      assertThat(agent.asked()).isEqualTo(1);
      client.hangUp();
      isAtRest(proxy);
    }
  }

  @Test
  void anUpgradeThatAnAgentBlocksNeverReachesTheUpstream() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent _ = ScriptedAgent.deciding(folder.resolve("a"), Decision.block(403, "no"));
        RunningProxy proxy =
            RunningProxy.startWithAgents(1, "", upstream.server().kdl("") + rest(""));
        RawClient client = proxy.client()) {
      client.send(UPGRADE);
      assertThat(client.answer().status()).isEqualTo(403);
      assertThat(upstream.untouched()).isTrue();
      client.hangUp();
      isAtRest(proxy);
    }
  }
}
