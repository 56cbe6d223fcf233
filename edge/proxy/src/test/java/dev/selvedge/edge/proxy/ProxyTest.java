package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** One request end to end, in the shapes that real clients and servers use. */
class ProxyTest {

  private static final String ROUTE = "routes { route \"all\" { upstream \"up\" } }\n";

  @Test
  void forwardsKeepsAliveAndReusesTheConnection() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("hello");
        RunningProxy proxy = RunningProxy.start(1, "", ROUTE + upstream.kdl(""));
        RawClient client = proxy.client()) {
      for (int i = 0; i < 10; i++) {
        Answer answer = client.get("/a/./b/../c?x=1").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("hello");
        assertThat(answer.field("x-request-id")).hasSize(20);
      }
      assertThat(upstream.accepted()).isEqualTo(1);
      assertThat(upstream.heads().getFirst())
          .startsWith("GET /a/c?x=1 HTTP/1.1\r\nhost: test.example\r\n")
          .contains("x-forwarded-for: 127.0.0.1\r\n", "traceparent: 00-");
    }
  }

  @Test
  void streamsBodiesInBothDirections() throws Exception {
    byte[] body = new byte[3_000_000];
    new java.util.Random(1).nextBytes(body);
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              String head = connection.head();
              byte[] read = connection.exactly(ScriptedUpstream.length(head));
              connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              for (int at = 0; at < read.length; at += 50_000) {
                int size = Math.min(50_000, read.length - at);
                connection.send(Integer.toHexString(size) + ";a=b\r\n");
                connection.send(java.util.Arrays.copyOfRange(read, at, at + size));
                connection.send("\r\n");
              }
              connection.send("0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n");
              connection.head();
            });
        RunningProxy proxy = RunningProxy.start(1, "", ROUTE + upstream.kdl(""));
        RawClient client = proxy.client()) {
      client.send("POST /x HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nContent-Length: 3000000\r\n\r\n");
      client.send(body);
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(body);
      assertThat(answer.field("x-sum")).isEqualTo("1");
      assertThat(answer.field("host")).isNull();
    }
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("one");
        RunningProxy proxy =
            RunningProxy.start(
                2,
                "",
                """
                routes {
                  route "all" { upstream "up" }
                  route "own" { matches { path "/own" }; respond { body "two" } }
                }
                """
                    + upstream.kdl(""));
        RawClient client = proxy.client()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        all.append("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /own HTTP/1.1\r\nHost: a\r\n\r\n");
      }
      client.send(all.toString());
      for (int i = 0; i < 50; i++) {
        assertThat(client.answer().text()).isEqualTo("one");
        assertThat(client.answer().text()).isEqualTo("two");
      }
    }
  }

  @Test
  void tunnelsAfterAnUpgradeBothSidesAgreedOn() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(
                  "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\n"
                      + "Upgrade: websocket\r\n\r\nfirst");
              for (int b = connection.read(); b >= 0; b = connection.read()) {
                connection.send(new byte[] {(byte) (b + 1)});
              }
            });
        RunningProxy proxy = RunningProxy.start(1, "", ROUTE + upstream.kdl(""));
        RawClient client = proxy.client()) {
      client.send(
          "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(101);
      assertThat(new String(client.exactly(5), StandardCharsets.US_ASCII)).isEqualTo("first");
      client.send("HAL");
      assertThat(new String(client.exactly(3), StandardCharsets.US_ASCII)).isEqualTo("IBM");
      client.endOutput();
      assertThat(client.closed()).isTrue();
      proxy.awaitRest();
    }
  }

  @Test
  void answersBeforeTheBodyWasReadAndTheAnswerArrives() throws Exception {
    try (RunningProxy proxy =
            RunningProxy.start(1, "", "routes { route \"no\" { respond { status 403 } } }\n");
        RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
      client.send(new byte[100_000]);
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.field("connection")).isEqualTo("close");
      assertThat(answer.code()).isEqualTo("route_refused");
      assertThat(client.closed()).isTrue();
    }
  }
}
