package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Refuse, never repair (EDGE 2): nothing ambiguous reaches an upstream that records every byte. */
@SuppressWarnings("StringConcatToTextBlock")
class MalformedTest {

  private static final String ROUTE = "routes { route \"all\" { upstream \"up\" } }\n";

  /** How the upstream would see each request that was refused by its head. */
  private static final List<String> REFUSED = new ArrayList<>();

  private static ScriptedUpstream upstream;
  private static RunningProxy proxy;

  @BeforeAll
  static void start() throws Exception {
    upstream = ScriptedUpstream.start(connection -> connection.exactly(1 << 30));
    proxy = RunningProxy.start(1, "", ROUTE + upstream.kdl(""));
  }

  @AfterAll
  static void stop() throws Exception {
    proxy.awaitRest();
    proxy.close();
    Await.until("the upstream has read everything", () -> upstream.open() == 0);
    String reached = upstream.received();
    assertThat(reached).doesNotContain("/smuggled").doesNotContain("\r\n0\r\n\r\n");
    assertThat(REFUSED).hasSizeGreaterThan(200).noneMatch(reached::contains);
    upstream.close();
  }

  @TestFactory
  Stream<DynamicTest> refusesMalformedRequests() {
    return MalformedRequests.all().stream()
        .map(one -> DynamicTest.dynamicTest(printable(one.name()), () -> refuses(one)));
  }

  private static void refuses(MalformedRequests.Case one) throws Exception {
    long counted = proxy.metric("selvedge_failures", "");
    try (RawClient client = proxy.client()) {
      client.send(one.request());
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(one.status());
      assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
      assertThat(answer.field("connection")).isEqualTo("close");
      assertThat(answer.code()).isNotEmpty();
      assertThat(client.closed()).isTrue();
      if (!one.begun()) {
        REFUSED.add("x-request-id: " + answer.field("x-request-id"));
      }
    }
    assertThat(proxy.metric("selvedge_failures", "")).isEqualTo(counted + 1);
  }

  @Test
  void hasAtLeastTwoHundredCases() {
    assertThat(MalformedRequests.all()).hasSizeGreaterThanOrEqualTo(200);
  }

  @TestFactory
  Stream<DynamicTest> answersBadGatewayForMalformedResponses() {
    List<String> heads =
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
            "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX y: b\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 600 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 2x0 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200\tOK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 O\u0000K\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "<html>hello</html>\r\n\r\n",
            "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            "HTTP/1.1 103 Early\r\n\r\n".repeat(40),
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok",
            "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(200) + "\r\n",
            "HTTP/1.1 200 OK\r\nX: " + "y".repeat(40_000));
    return heads.stream()
        .map(head -> DynamicTest.dynamicTest(printable(head), () -> answers502(head)));
  }

  private static void answers502(String response) throws Exception {
    try (ScriptedUpstream lying =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(response);
              connection.head();
            });
        RunningProxy own = RunningProxy.start(1, "", ROUTE + lying.kdl(""));
        RawClient client = own.client()) {
      for (int i = 0; i < 2; i++) {
        Answer answer = client.get("/").answer();
        while (answer.status() == 103) {
          answer = client.answer();
        }
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.code()).isEqualTo("upstream_malformed");
      }
      assertThat(lying.accepted()).isEqualTo(2);
      client.hangUp();
      own.awaitRest();
    }
  }

  @TestFactory
  Stream<DynamicTest> breaksOffAnswersWhoseBodyIsMalformed() {
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    return Stream.of(
            chunked + "2\r\nok\r\nx\r\n",
            chunked + "2\r\nokay\r\n",
            chunked + "2\nok\n0\n\n",
            chunked + "-2\r\nok\r\n",
            chunked + "2 \r\nok\r\n0\r\n\r\n",
            chunked + "fffffffffffffffff\r\nok",
            chunked + "2\r\nok\r\n0\r\nX\r\n\r\n",
            chunked + "2\r\nok\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok")
        .map(answer -> DynamicTest.dynamicTest(printable(answer), () -> brokenOff(answer)));
  }

  /** The client sees the head and maybe data, never an end. */
  private static void brokenOff(String response) throws Exception {
    try (ScriptedUpstream lying =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(response);
            });
        RunningProxy own = RunningProxy.start(1, "", ROUTE + lying.kdl(""));
        RawClient client = own.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      String all = new String(client.rest(), java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThat(all).startsWith("HTTP/1.1 ").doesNotEndWith("0\r\n\r\n");
      if (all.startsWith("HTTP/1.1 200")) {
        int body = all.indexOf("\r\n\r\n") + 4;
        assertThat(all.substring(body)).hasSizeLessThan(12);
      } else {
        assertThat(all).startsWith("HTTP/1.1 502");
      }
      client.hangUp();
      own.awaitRest();
    }
  }

  @Test
  void neverGivesBytesBehindAnAnswerToTheNextRequest() throws Exception {
    for (String surplus :
        List.of(
            "HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
            "HTTP/1.1 304 No\r\nContent-Length: 4\r\n\r\nevil",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"
                + "Content-Length: 4\r\n\r\nevil")) {
      try (ScriptedUpstream lying =
              ScriptedUpstream.start(connection -> {
                if (connection.head().contains("/first")) {
                  connection.send(surplus);
                  connection.head();
                } else {
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
                  connection.head();
                }
              });
          RunningProxy own = RunningProxy.start(1, "", ROUTE + lying.kdl(""));
          RawClient client = own.client()) {
        client.get("/first").answer();
        assertThat(client.get("/second").answer().text()).isEqualTo("good");
        assertThat(lying.accepted()).isEqualTo(2);
      }
    }
  }

  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), 80); i++) {
      char c = text.charAt(i);
      shown.append(c >= ' ' && c < 0x7F ? String.valueOf(c) : String.format("\\x%02x", (int) c));
    }
    return shown.toString();
  }
}
