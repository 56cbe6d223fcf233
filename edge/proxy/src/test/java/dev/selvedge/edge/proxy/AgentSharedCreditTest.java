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
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bodies of several exchanges, or both bodies of one, over one connection to an agent. */
@Timeout(120)
class AgentSharedCreditTest {

  /** More than share the credit of one connection, 4 MiB, at 256 KiB each. */
  private static final int SLOW_CLIENTS = 24;

  @TempDir Path folder;

  private String agent(String rest) {
    return "routes { route \"r\" { upstream \"up\"; agents \"a\" } }\n"
        + "agent \"a\" { unix-socket path=\""
        + folder.resolve("a")
        + "\"; failure-mode \"closed\"; timeout \"5s\"; "
        + rest
        + " }\n";
  }

  /** Clients that do not read their answers take nothing from one that does. */
  @Test
  void clientsThatReadNothingKeepNobodyElsesAnswer() throws Exception {
    byte[] body = Pattern.of(9, 8_000_000);
    List<RawClient> slow = new ArrayList<>();
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ = BodyAgent.replacer(folder.resolve("a"), RESPONSE_BODY, bytes -> bytes);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                upstream.server().kdl("")
                    + agent(
                        "events \"response_headers\"; response-body \"stream\";"
                            + " inspect-limit \"1GiB\""))) {
      upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n", body);
      for (int i = 0; i < SLOW_CLIENTS; i++) {
        RawClient client = RawClient.connect(proxy.port(), 4_096);
        slow.add(client);
        client.get("/x");
        assertThat(client.read()).isEqualTo('H');
      }
      Await.until("their answers stand still", () -> standsStill(proxy));
      try (RawClient quick = proxy.client()) {
        Answer answer = quick.get("/x").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(body);
      }
      assertThat(proxy.metric("selvedge_agent_timeouts", "")).isZero();
      assertThat(proxy.proxy().dataplane().connections().count())
          .isGreaterThanOrEqualTo(SLOW_CLIENTS);
    } finally {
      for (RawClient client : slow) {
        client.reset();
      }
    }
  }

  /** Nothing moves for a while: what is buffered stays what it was. */
  private static boolean standsStill(RunningProxy proxy) {
    long before = proxy.metric("selvedge_buffered_bytes", "");
    for (int i = 0; i < 20; i++) {
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
      if (proxy.metric("selvedge_buffered_bytes", "") != before) {
        return false;
      }
    }
    return before > 0;
  }

  /** An answer that is decided on first does not take the agent from the request's body. */
  @Test
  void anAnswerBeforeTheEndOfTheRequestLeavesTheAgentAtItsBody() throws Exception {
    ScriptedAgent.Script script =
        (call, event, flags) -> {
          switch (event) {
            case AgentEvent.RequestHeaders _ -> call.decide(Decision.NEEDS_MORE);
            case AgentEvent.ResponseHeaders _ -> call.decide(Decision.ALLOW);
            case AgentEvent.RequestBody _ -> {
              if (Flags.has(flags, Flags.END)) {
                call.decide(Decision.ALLOW);
              }
            }
            default -> {}
          }
        };
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcde");
              connection.exactly(10);
              connection.send("fghij");
            });
        ScriptedAgent agent =
            ScriptedAgent.start(
                folder.resolve("a"), script, REQUEST_HEADERS, REQUEST_BODY, RESPONSE_HEADERS);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                upstream.kdl("")
                    + agent(
                        "events \"request_headers\" \"response_headers\";"
                            + " request-body \"stream\""));
        RawClient client = proxy.client()) {
      client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
      assertThat(client.read()).isEqualTo('H');
      Await.until("it was asked about both heads and one chunk", () -> agent.asked() == 3);
      client.send("67890");
      Answer answer = client.answer('H');
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("abcdefghij");
      client.hangUp();
      proxy.awaitRest();
      Await.until(
          "the permit is back", () -> proxy.metric("selvedge_agent_calls_in_flight", "") == 0);
    }
  }
}
