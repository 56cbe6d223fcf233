package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tried again once and only where the request cannot have been acted on (EDGE 2, retry). */
@SuppressWarnings("StringConcatToTextBlock")
class RetryTest {

  private static final String ROUTE = "routes { route \"all\" { upstream \"up\" } }\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String WARM = "GET /warm HTTP/1.1\r\nHost: a\r\n\r\n";

  private static String targets(int... ports) {
    return targets("", ports);
  }

  private static String targets(String further, int... ports) {
    StringBuilder text = new StringBuilder(ROUTE + "upstreams { upstream \"up\" { ");
    for (int port : ports) {
      text.append("target \"127.0.0.1:").append(port).append("\"; ");
    }
    return text + further + " } }\n";
  }

  private final List<Socket> dead = new ArrayList<>();

  /** A port that is taken but refuses connections, until the test ends. */
  private int deadPort() throws IOException {
    Socket taken = new Socket();
    taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    dead.add(taken);
    return taken.getLocalPort();
  }

  @AfterEach
  void freePorts() throws IOException {
    for (Socket taken : dead) {
      taken.close();
    }
  }

  private static long retries(RunningProxy proxy) {
    return proxy.metric("selvedge_upstream_retries", "");
  }

  /** Answers /warm; closes without an answer at the head of everything else. */
  private static ScriptedUpstream stale(boolean always) throws IOException {
    return ScriptedUpstream.start(connection -> {
      boolean warm = false;
      for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
        if (head.startsWith("GET /warm")) {
          warm = true;
        } else if (warm || always) {
          return;
        } else {
          connection.exactly(ScriptedUpstream.length(head));
        }
        connection.send(OK);
      }
    });
  }

  @Test
  void triesAStalePooledConnectionAgainForIdempotentMethods() throws Exception {
    for (String method : List.of("GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "PUT")) {
      try (ScriptedUpstream upstream = stale(false);
          RunningProxy proxy = RunningProxy.start(1, "", targets(upstream.port()));
          RawClient client = proxy.client()) {
        assertThat(client.send(WARM).answer().status()).isEqualTo(200);
        client.send(method + " /x HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.answer(method.equals("HEAD")).status()).as(method).isEqualTo(200);
        assertThat(upstream.accepted()).isEqualTo(2);
        assertThat(upstream.heads().stream().filter(head -> head.contains(" /x "))).hasSize(2);
        assertThat(retries(proxy)).isEqualTo(1);
      }
    }
  }

  @Test
  void neverTriesOtherMethodsAgain() throws Exception {
    for (String request :
        List.of(
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            "PATCH /x HTTP/1.1\r\nHost: a\r\n\r\n",
            "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            "GET /x HTTP/1.1\r\n"
                + "Host: a\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "2\r\n"
                + "hi\r\n"
                + "0\r\n\r\n")) {
      try (ScriptedUpstream upstream = stale(false);
          RunningProxy proxy = RunningProxy.start(1, "", targets(upstream.port()));
          RawClient client = proxy.client()) {
        assertThat(client.send(WARM).answer().status()).isEqualTo(200);
        Answer answer = client.send(request).answer();
        assertThat(answer.status()).as(request).isEqualTo(502);
        assertThat(answer.code()).isIn("upstream_closed", "upstream_reset");
        assertThat(upstream.accepted()).isEqualTo(1);
        assertThat(retries(proxy)).isZero();
      }
    }
  }

  @Test
  void neverTriesAFreshConnectionAgain() throws Exception {
    try (ScriptedUpstream upstream = stale(true);
        RunningProxy proxy = RunningProxy.start(1, "", targets(upstream.port()));
        RawClient client = proxy.client()) {
      assertThat(client.get("/x").answer().status()).isEqualTo(502);
      assertThat(upstream.heads()).hasSize(1);
      assertThat(retries(proxy)).isZero();
    }
  }

  @Test
  void neverTriesTwice() throws Exception {
    try (ScriptedUpstream upstream = stale(true);
        RunningProxy proxy = RunningProxy.start(1, "", targets(upstream.port()));
        RawClient client = proxy.client()) {
      assertThat(client.send(WARM).answer().status()).isEqualTo(200);
      assertThat(client.get("/x").answer().status()).isEqualTo(502);
      assertThat(upstream.accepted()).isEqualTo(2);
      assertThat(retries(proxy)).isEqualTo(1);
      client.hangUp();
      proxy.awaitRest();
    }
    try (RunningProxy proxy =
            RunningProxy.start(1, "", targets(deadPort(), deadPort(), deadPort()));
        RawClient client = proxy.client()) {
      Answer answer = client.get("/x").answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.code()).isEqualTo("connect_failed");
      assertThat(retries(proxy)).isEqualTo(1);
      assertThat(proxy.metric("selvedge_upstream_connect_failures", "")).isEqualTo(2);
      client.hangUp();
      proxy.awaitRest();
    }
  }

  @Test
  void neverTriesAgainAfterAByteOfAnAnswer() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(OK);
              connection.head();
              connection.send("H");
            });
        RunningProxy proxy = RunningProxy.start(1, "", targets(upstream.port()));
        RawClient client = proxy.client()) {
      assertThat(client.send(WARM).answer().status()).isEqualTo(200);
      Answer answer = client.get("/x").answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.code()).isEqualTo("upstream_truncated");
      assertThat(upstream.accepted()).isEqualTo(1);
      assertThat(retries(proxy)).isZero();
    }
  }

  @Test
  void triesAnotherTargetWhereConnectingFailed() throws Exception {
    for (String balancing : List.of("round-robin", "least-connections")) {
      try (ScriptedUpstream alive = ScriptedUpstream.answering("ok")) {
        String text = targets("load-balancing \"" + balancing + "\"", deadPort(), alive.port());
        try (RunningProxy proxy = RunningProxy.start(1, "", text);
            RawClient client = proxy.client()) {
          for (int i = 0; i < 6; i++) {
            client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(client.answer().text()).isEqualTo("ok");
          }
          assertThat(retries(proxy)).isBetween(3L, 6L);
          assertThat(alive.received()).contains("\r\n\r\nhi");
          client.hangUp();
          proxy.awaitRest();
        }
      }
    }
  }

  /**
   * The second connection is slow to come: what the client sends of its body meanwhile reaches the
   * upstream whole.
   */
  @Test
  void losesNothingOfABodyThatArrivesBetweenTwoTries() throws Exception {
    for (boolean chunked : List.of(false, true)) {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          RunningProxy proxy = RunningProxy.start(1, "", targets(server.getLocalPort()));
          RawClient client = proxy.client()) {
        client.send(WARM);
        List<Socket> fillers = new ArrayList<>();
        try (Socket first = server.accept()) {
          readHead(first);
          first.getOutputStream().write(OK.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          assertThat(client.answer().status()).isEqualTo(200);
          fillers.addAll(fill(server.getLocalPort()));
          String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: 5";
          client.send("PUT /x HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
          readHead(first);
        }
        Await.until("tried again", () -> retries(proxy) == 1);
        client.send(chunked ? "5\r\nhello\r\n0\r\n\r\n" : "hello");
        Socket second = null;
        while (second == null) {
          Socket accepted = server.accept();
          if (fillers.stream().anyMatch(f -> f.getLocalPort() == accepted.getPort())) {
            accepted.close();
          } else {
            second = accepted;
          }
        }
        try (Socket answering = second) {
          assertThat(readHead(answering)).startsWith("PUT /x ");
          answering.setSoTimeout(5_000);
          byte[] expected =
              (chunked ? "5\r\nhello\r\n0\r\n\r\n" : "hello")
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
          assertThat(answering.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
          answering
              .getOutputStream()
              .write(OK.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          assertThat(client.answer().text()).isEqualTo("ok");
        }
        for (Socket filler : fillers) {
          filler.close();
        }
        client.hangUp();
        proxy.awaitRest();
      }
    }
  }

  /** Fills the backlog of a server that does not accept, so that the next connect has to wait. */
  private static List<Socket> fill(int port) throws IOException {
    List<Socket> fillers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Socket socket = new Socket();
      try {
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        fillers.add(socket);
      } catch (java.net.SocketTimeoutException full) {
        socket.close();
        return fillers;
      }
    }
    return fillers;
  }

  private static String readHead(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = socket.getInputStream().read();
      if (b < 0) {
        throw new IOException("ended in a head: " + head);
      }
      head.append((char) b);
    }
    return head.toString();
  }
}
