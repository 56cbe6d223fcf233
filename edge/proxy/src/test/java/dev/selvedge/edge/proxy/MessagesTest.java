package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where messages begin and end, and what passes on the way (EDGE 2). */
@SuppressWarnings("StringConcatToTextBlock")
class MessagesTest {

  private static final String ROUTE = "routes { route \"all\" { upstream \"up\" } }\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static final String WIDE = "limits { max-buffered-per-direction \"8MiB\" }";
  private static final int LARGE_BODY = 8_000_000;
  private static final String LARGE =
      "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE_BODY + "\r\n\r\n" + "b".repeat(LARGE_BODY);

  private static RunningProxy proxy(ScriptedUpstream upstream) throws Exception {
    return RunningProxy.start(1, "", ROUTE + upstream.kdl(""));
  }

  /** Answers each request with these bytes and keeps the connection. */
  private static ScriptedUpstream sending(String answer) throws Exception {
    return ScriptedUpstream.start(connection -> {
      for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
        connection.exactly(ScriptedUpstream.length(head));
        connection.send(answer);
      }
    });
  }

  @Test
  void passesInterimAnswersOn() throws Exception {
    try (ScriptedUpstream upstream =
            sending(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
                    + "HTTP/1.1 102 P\r\nConnection: x-a\r\nX-A: 1\r\n\r\n"
                    + OK);
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      for (int i = 0; i < 2; i++) {
        client.get("/");
        Answer early = client.answer();
        assertThat(early.status()).isEqualTo(103);
        assertThat(early.field("link")).isEqualTo("</a>; rel=preload");
        Answer processing = client.answer();
        assertThat(processing.status()).isEqualTo(102);
        assertThat(processing.field("x-a")).isNull();
        assertThat(client.answer().text()).isEqualTo("ok");
      }
      assertThat(upstream.accepted()).isEqualTo(1);
      try (RawClient old = proxy.client()) {
        old.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        assertThat(old.answer().status()).as("HTTP/1.0 knows no interim answers").isEqualTo(200);
      }
    }
  }

  private static final String EXPECTING =
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n";

  @Test
  void passesTheUpstreamsOwnContinueOn() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              String head = connection.head();
              if (head.contains("expect: 100-Continue\r\n")) {
                connection.send("HTTP/1.1 100 Continue\r\nX-From: upstream\r\n\r\n");
                connection.exactly(2);
                connection.send(OK);
              }
            });
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      Answer interim = client.send(EXPECTING).answer();
      assertThat(interim.status()).isEqualTo(100);
      assertThat(interim.field("x-from")).isEqualTo("upstream");
      assertThat(client.send("hi").answer().status()).as("exactly once").isEqualTo(200);
    }
  }

  @Test
  void passesAFinalAnswerInPlaceOfAContinueOn() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno");
              connection.head();
            });
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      Answer answer = client.send(EXPECTING).answer();
      assertThat(answer.status()).isEqualTo(417);
      assertThat(answer.text()).isEqualTo("no");
      assertThat(answer.field("connection")).isEqualTo("close");
    }
  }

  @Test
  void sendsContinueItselfForLocalServices() throws Exception {
    try (RunningProxy proxy =
            RunningProxy.start(
                1,
                "",
                """
                routes {
                  route "echo" { echo }
                  route "no" { matches { path "/no" }; respond { status 403 } }
                }
                """);
        RawClient client = proxy.client()) {
      assertThat(client.send(EXPECTING).answer().status()).isEqualTo(100);
      assertThat(client.send("hi").answer().status()).as("exactly once").isEqualTo(200);
      client.send(EXPECTING.replace("/x", "/no"));
      assertThat(client.answer().status()).as("not asked for a body").isEqualTo(403);
    }
  }

  @Test
  void answersHeadWithoutABodyAndKeepsTheLength() throws Exception {
    try (ScriptedUpstream upstream =
            sending("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-A: b\r\n\r\n");
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        Answer answer = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").answer(true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.field("content-length")).isEqualTo("1000");
      }
      assertThat(upstream.accepted()).isEqualTo(1);
    }
    try (ScriptedUpstream upstream =
            sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      Answer answer = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").answer(true);
      assertThat(answer.field("content-length")).isNull();
      assertThat(client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").answer(true).status())
          .isEqualTo(200);
    }
  }

  @Test
  void answersWithoutABodyFor204And304() throws Exception {
    for (String answer :
        List.of(
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: \"a\"\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n")) {
      try (ScriptedUpstream upstream = sending(answer);
          RunningProxy proxy = proxy(upstream);
          RawClient client = proxy.client()) {
        for (int i = 0; i < 3; i++) {
          Answer seen = client.get("/").answer();
          assertThat(seen.status()).isIn(204, 304);
          assertThat(seen.field("transfer-encoding")).isNull();
          if (answer.contains("77")) {
            assertThat(seen.field("content-length")).isEqualTo("77");
          }
        }
        assertThat(upstream.accepted()).isEqualTo(1);
      }
    }
  }

  @Test
  void speaksHttp10ToOldClients() throws Exception {
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    for (String keep : List.of("", "Connection: keep-alive\r\n")) {
      try (ScriptedUpstream upstream = sending(chunked);
          RunningProxy proxy = proxy(upstream);
          RawClient client = proxy.client()) {
        client.send("GET / HTTP/1.0\r\nHost: a\r\n" + keep + "\r\n");
        String all = new String(client.rest(), StandardCharsets.ISO_8859_1);
        assertThat(all)
            .contains("\r\nconnection: close\r\n")
            .doesNotContain("transfer-encoding")
            .endsWith("\r\n\r\nok");
        assertThat(upstream.heads().getFirst()).startsWith("GET / HTTP/1.1\r\n");
      }
    }
    try (ScriptedUpstream upstream = sending(OK);
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n");
        Answer answer = client.answer();
        assertThat(answer.text()).isEqualTo("ok");
        assertThat(answer.field("connection")).isEqualTo("keep-alive");
      }
      client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
      assertThat(client.answer().field("connection")).isEqualTo("close");
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void resetsOldClientsWhereOnlyTheCloseTellsTheLength() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
              connection.reset();
            });
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
      String seen;
      try {
        seen = new String(client.rest(), StandardCharsets.ISO_8859_1);
      } catch (java.net.SocketException reset) {
        seen = "reset";
      }
      assertThat(seen.equals("reset") || seen.startsWith("HTTP/1.1 502")).as(seen).isTrue();
    }
  }

  /** 10 MB are still being sent when the upstream refuses: the refusal arrives, not a reset. */
  @Test
  void deliversAnEarlyAnswerWhileTheBodyIsStillBeingSent() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.exactly(1000);
              connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nlong");
              connection.exactly(10_000_000);
            });
        RunningProxy proxy = proxy(upstream)) {
      for (int i = 0; i < 5; i++) {
        try (RawClient client = proxy.client()) {
          client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
          Thread sender =
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      client.send(new byte[10_000_000]);
                    } catch (java.io.IOException cut) {
                      // The proxy does not take all of it.
                    }
                  });
          Answer answer = client.answer();
          assertThat(answer.status()).isEqualTo(413);
          assertThat(answer.text()).isEqualTo("long");
          assertThat(answer.field("connection")).isEqualTo("close");
          assertThat(client.closed()).isTrue();
          sender.join();
        }
      }
      proxy.awaitRest();
    }
  }

  @Test
  void endsPipeliningAtClose() throws Exception {
    try (ScriptedUpstream upstream = sending(OK);
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      client.send(
          "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
              + "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
              + "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
              + "GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.answer().field("connection")).isNull();
      assertThat(client.answer().field("connection")).isNull();
      assertThat(client.answer().field("connection")).isEqualTo("close");
      assertThat(client.closed()).isTrue();
      assertThat(upstream.received()).doesNotContain("/never");
    }
  }

  @Test
  void passesTrailersOnlyToThoseWhoTakeThem() throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
            + "X-Sum: 1\r\nContent-Length: 5\r\nAuthorization: x\r\nHost: h\r\nETag: \"e\"\r\n\r\n";
    String body = "2\r\nhi\r\n0\r\nX-Up: 2\r\nHost: evil\r\nCookie: c\r\n\r\n";
    for (boolean takes : List.of(true, false)) {
      try (ScriptedUpstream upstream =
              ScriptedUpstream.start(connection -> {
                connection.head();
                StringBuilder read = new StringBuilder();
                while (!read.toString().endsWith("\r\n\r\n")) {
                  read.append((char) connection.read());
                }
                connection.send(answer);
                connection.head();
              });
          RunningProxy proxy = proxy(upstream);
          RawClient client = proxy.client()) {
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                + (takes ? "TE: trailers\r\n" : "")
                + "\r\n"
                + body);
        Answer seen = client.answer();
        assertThat(seen.text()).isEqualTo("ok");
        assertThat(seen.field("x-sum")).isEqualTo(takes ? "1" : null);
        assertThat(seen.field("etag")).isEqualTo(takes ? "\"e\"" : null);
        assertThat(seen.field("authorization")).isNull();
        assertThat(seen.field("host")).isNull();
        String sent = upstream.received();
        String upstreamBody = sent.substring(sent.indexOf("\r\n\r\n") + 4);
        assertThat(upstreamBody)
            .isEqualTo(takes ? "2\r\nhi\r\n0\r\nx-up: 2\r\n\r\n" : "2\r\nhi\r\n0\r\n\r\n");
        assertThat(sent.contains("\r\nte: trailers\r\n")).isEqualTo(takes);
      }
    }
  }

  @Test
  void answersHalfClosedClients() throws Exception {
    try (ScriptedUpstream upstream = sending(OK);
        RunningProxy proxy = proxy(upstream)) {
      try (RawClient client = proxy.client()) {
        client.get("/").endOutput();
        assertThat(client.answer().text()).isEqualTo("ok");
        assertThat(client.closed()).isTrue();
      }
      try (RawClient client = proxy.client()) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
        client.endOutput();
        assertThat(client.closed()).as("a request cut short gets no 200").isTrue();
      }
      proxy.awaitRest();
    }
  }

  /**
   * Asks for a large answer and reads it slowly, until the proxy has all of it: what the sockets do
   * not hold waits in the proxy.
   *
   * @return bytes read so far
   */
  private static int readUntilAnswered(RunningProxy proxy, RawClient client) throws Exception {
    int read = 1000;
    client.exactly(1000);
    while (proxy.proxy().dataplane().inFlight().count() > 0) {
      client.exactly(1000);
      read += 1000;
    }
    return read;
  }

  @Test
  void deliversAllOfALargeAnswerToAClientThatHalfClosesLate() throws Exception {
    try (ScriptedUpstream upstream = sending(LARGE);
        RunningProxy proxy = RunningProxy.start(1, WIDE, ROUTE + upstream.kdl(""));
        RawClient client = RawClient.connect(proxy.port(), 4096)) {
      client.get("/");
      int read = readUntilAnswered(proxy, client);
      client.endOutput();
      assertThat(read + client.rest().length).isGreaterThan(LARGE_BODY);
      proxy.awaitRest();
    }
  }

  /** The time to linger begins when the answer has left, however slow the client is. */
  @Test
  void deliversAllOfALargeAnswerToASlowClientBeforeItCloses() throws Exception {
    try (ScriptedUpstream upstream = sending(LARGE);
        RunningProxy proxy = RunningProxy.start(1, WIDE, ROUTE + upstream.kdl(""));
        RawClient client = RawClient.connect(proxy.port(), 4096)) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      int read = readUntilAnswered(proxy, client);
      long start = System.nanoTime();
      Await.until("longer than lingering takes", () -> System.nanoTime() - start > 2_200_000_000L);
      assertThat(read + client.rest().length).isGreaterThan(LARGE_BODY);
      proxy.awaitRest();
    }
  }

  @Test
  void doesNotReuseConnectionsThatTheUpstreamCloses() throws Exception {
    for (String answer :
        List.of(
            OK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
      try (ScriptedUpstream upstream = sending(answer);
          RunningProxy proxy = proxy(upstream);
          RawClient client = proxy.client()) {
        for (int i = 1; i <= 3; i++) {
          Answer seen = client.get("/").answer();
          assertThat(seen.text()).isEqualTo("ok");
          assertThat(seen.field("connection")).isNull();
          assertThat(upstream.accepted()).isEqualTo(i);
        }
        Await.until("closed", () -> upstream.open() == 0);
      }
    }
  }

  @Test
  void passesBodiesThatEndWithTheConnectionAsChunks() throws Exception {
    byte[] body = new byte[300_000];
    Arrays.fill(body, (byte) 'x');
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\n\r\n").send(body);
            });
        RunningProxy proxy = proxy(upstream);
        RawClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        Answer answer = client.get("/").answer();
        assertThat(answer.field("transfer-encoding")).isEqualTo("chunked");
        assertThat(answer.body()).isEqualTo(body);
      }
      client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
      Answer old = client.answer();
      assertThat(old.field("transfer-encoding")).isNull();
      assertThat(old.body()).isEqualTo(body);
    }
  }
}
