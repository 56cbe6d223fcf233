package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.Leaks;
import dev.selvedge.edge.proxy.rig.Pattern;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/**
 * Every way in which an upstream fails has its answer and its code, in the problem document and in
 * the decision record; none makes a client wait for ever, and none is felt by the next request.
 */
class UpstreamFaultsTest {

  private static final String ROUTE =
      "routes { route \"all\" { upstream \"up\"; policies { max-body \"1GiB\" } } }\n";
  private static final String TIMEOUTS =
      "timeouts { connect \"300ms\"; first-byte \"300ms\"; between-bytes \"300ms\""
          + "; write-stall \"300ms\" }";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static RunningProxy proxy(ScriptedUpstream up) throws IOException {
    return RunningProxy.start(1, "", ROUTE + up.kdl(TIMEOUTS));
  }

  private static RunningProxy proxy(int port) throws IOException {
    return RunningProxy.start(
        1,
        "",
        ROUTE
            + "upstreams { upstream \"up\" { target \"127.0.0.1:"
            + port
            + "\"; "
            + TIMEOUTS
            + " } }");
  }

  private static void refused(RunningProxy proxy, Answer answer, int status, String code)
      throws Exception {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
    String id = answer.field("x-request-id");
    assertThat(id).isNotNull();
    RecordView record = proxy.record(String.valueOf(id));
    assertThat(record).isNotNull();
    assertThat(String.valueOf(record)).containsIgnoringCase(code);
  }

  /** One GET meets the fault; the refusal is as stated and everything is at rest after it. */
  private static void meets(ScriptedUpstream.Script fault, int status, String code)
      throws Exception {
    try (ScriptedUpstream up = ScriptedUpstream.start(fault);
        RunningProxy proxy = proxy(up)) {
      try (RawClient client = proxy.client()) {
        refused(proxy, client.get("/").answer(), status, code);
      }
      atRest(proxy);
    }
  }

  private static void atRest(RunningProxy proxy) throws InterruptedException {
    proxy.awaitRest();
    Await.until(
        "no connection is held",
        () ->
            proxy.metric("selvedge_upstream_connections_open", "")
                    == proxy.metric("selvedge_upstream_connections_idle", "")
                && proxy.metric("selvedge_upstream_in_flight", "") == 0);
  }

  /** The answer has begun, so that it can only be cut, visibly. */
  private static void cut(ScriptedUpstream.Script fault) throws Exception {
    try (ScriptedUpstream up = ScriptedUpstream.start(fault);
        RunningProxy proxy = proxy(up)) {
      try (RawClient client = proxy.client()) {
        client.get("/");
        assertThat(isCut(client)).isTrue();
      }
      atRest(proxy);
    }
  }

  private static boolean isCut(RawClient client) throws IOException {
    try {
      client.answer();
      return false;
    } catch (EOFException | java.net.SocketException cut) {
      return true;
    }
  }

  @Test
  void answers502WhereConnectingIsRefused() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    try (RunningProxy proxy = proxy(port);
        RawClient client = proxy.client()) {
      refused(proxy, client.get("/").answer(), 502, "connect_failed");
      assertThat(proxy.metric("selvedge_upstream_connect_failures", "")).isEqualTo(2);
    }
  }

  @Test
  void answers504WhereAConnectNeverCompletes() throws Exception {
    List<Socket> filling = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort());
      try {
        for (int i = 0; i < 10; i++) {
          Socket socket = new Socket();
          filling.add(socket);
          socket.connect(address, 200);
        }
      } catch (java.net.SocketTimeoutException queueIsFull) {
        // As wanted: the kernel drops further connects.
      }
      try (RunningProxy proxy = proxy(full.getLocalPort());
          RawClient client = proxy.client()) {
        refused(proxy, client.get("/").answer(), 504, "connect_timeout");
        // What waited for the connection goes with it.
        long pinned = Leaks.pinned();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n");
        client.send(new byte[65_536]);
        refused(proxy, client.answer(), 504, "connect_timeout");
        Await.until("the body's memory is free", () -> Leaks.pinned() <= pinned + 16);
      }
    } finally {
      for (Socket socket : filling) {
        socket.close();
      }
    }
  }

  @Test
  void answers504WhereNothingIsAnswered() throws Exception {
    meets(
        connection -> connection.socket().getInputStream().readAllBytes(),
        504,
        "first_byte_timeout");
  }

  @Test
  void answers504WhereTheHeadStops() throws Exception {
    meets(
        connection -> {
          connection.head();
          connection.send("HTTP/1.1 200 OK\r\nContent-");
          connection.read();
        },
        504,
        "between_bytes_timeout");
  }

  @Test
  void answers502WhereItClosesInsteadOfAnswering() throws Exception {
    meets(ScriptedUpstream.Connection::head, 502, "upstream_closed");
  }

  @Test
  void answers502WhereItHalfClosesAfterTheRequest() throws Exception {
    meets(
        connection -> {
          connection.head();
          connection.socket().shutdownOutput();
          connection.read();
        },
        502,
        "upstream_closed");
  }

  @Test
  void answers502WhereItClosesInTheHead() throws Exception {
    meets(
        connection -> {
          connection.head();
          connection.send("HTTP/1.1 200 OK\r\nConte");
        },
        502,
        "upstream_truncated");
  }

  @Test
  void answers502WhereItResetsInsteadOfAnswering() throws Exception {
    meets(
        connection -> {
          connection.head();
          connection.reset();
        },
        502,
        "upstream_reset");
  }

  @Test
  void answers502ToAFloodOfInterimAnswers() throws Exception {
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(1000));
              connection.read();
            });
        RunningProxy proxy = proxy(up)) {
      try (RawClient client = proxy.client()) {
        client.get("/");
        Answer answer = client.answer();
        int interim = 0;
        while (answer.status() == 103) {
          interim++;
          answer = client.answer();
        }
        assertThat(interim).isEqualTo(16);
        refused(proxy, answer, 502, "upstream_malformed");
      }
      atRest(proxy);
    }
  }

  @Test
  void cutsWhereTheBodyStops() throws Exception {
    cut(connection -> {
      connection.head();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab");
      connection.read();
    });
  }

  @Test
  void cutsWhereItClosesInASizedBody() throws Exception {
    cut(connection -> {
      connection.head();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + "a".repeat(19_999));
    });
  }

  @Test
  void cutsWhereItClosesInAChunkedBody() throws Exception {
    cut(connection -> {
      connection.head();
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
      connection.socket().shutdownOutput();
      connection.read();
    });
  }

  @Test
  void cutsWhereItResetsInTheBody() throws Exception {
    cut(connection -> {
      connection.head();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + "a".repeat(10_000));
      connection.reset();
    });
  }

  @Test
  void waitsForASlowFirstByteWithinItsTime() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              try {
                never.await(100, java.util.concurrent.TimeUnit.MILLISECONDS);
              } catch (InterruptedException ended) {
                throw new IOException(ended);
              }
              connection.send(OK);
            });
        RunningProxy proxy = proxy(up);
        RawClient client = proxy.client()) {
      assertThat(client.get("/").answer().text()).isEqualTo("ok");
    }
  }

  /** An answer that comes before the body is read arrives, although the upstream then closes. */
  @Test
  void deliversAnEarlyAnswerToALargeUpload() throws Exception {
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
              connection.socket().shutdownOutput();
              connection.exactly(1 << 30);
            });
        RunningProxy proxy = proxy(up);
        RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
      client.send(new byte[100_000]);
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.text()).isEqualTo("big");
      assertThat(answer.field("connection")).isEqualTo("close");
    }
  }

  /** Answers at once, then reads all of the request: both sides get what is theirs. */
  @Test
  void deliversAnAnswerThatComesBeforeTheRequestIsComplete() throws Exception {
    byte[] large = Pattern.of(5, 300_000);
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              String head = connection.head();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + large.length + "\r\n\r\n");
              connection.send(large);
              connection.exactly(ScriptedUpstream.length(head));
            });
        RunningProxy proxy = proxy(up)) {
      try (RawClient client = proxy.client()) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n");
        client.send(new byte[100]);
        assertThat(client.answer().body()).isEqualTo(large);
      }
      atRest(proxy);
    }
  }

  @Test
  void answers504WhereTheUploadIsNotRead() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              try {
                done.await();
              } catch (InterruptedException ended) {
                throw new IOException(ended);
              }
            });
        RunningProxy proxy = proxy(up);
        RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send(new byte[100_000_000]);
                } catch (IOException closed) {
                  // The proxy has answered and closed.
                }
              });
      refused(proxy, client.answer(), 504, "upstream_stalled");
      done.countDown();
      sender.join();
    }
  }

  /** Bytes that nobody asked for end a pooled connection; they answer no later request. */
  @Test
  void closesAPooledConnectionThatSpeaksUnasked() throws Exception {
    Semaphore spoken = new Semaphore(0);
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(OK);
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
              spoken.release();
              connection.read();
            });
        RunningProxy proxy = proxy(up);
        RawClient client = proxy.client()) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.get("/").answer().text()).isEqualTo("ok");
        spoken.acquire();
      }
    }
  }

  /** The same where the bytes come behind the next request, in one turn of the loop. */
  @Test
  void looksForBytesOnAPooledConnectionBeforeItsReuse() throws Exception {
    Semaphore speak = new Semaphore(0);
    Semaphore spoken = new Semaphore(0);
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(OK);
              speak.acquireUninterruptibly();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
              spoken.release();
              connection.read();
            });
        RunningProxy proxy = proxy(up);
        RawClient client = proxy.client()) {
      assertThat(client.get("/").answer().text()).isEqualTo("ok");
      CountDownLatch go = proxy.holdLoop();
      client.get("/");
      speak.release();
      spoken.acquire();
      go.countDown();
      assertThat(client.answer().text()).isEqualTo("ok");
      assertThat(up.accepted()).isEqualTo(2);
      speak.release();
    }
  }

  /** What lies behind an answer is nobody's, also where a request waits for the connection. */
  @Test
  void givesNoConnectionWithUnreadBytesToARequestThatWaits() throws Exception {
    Semaphore asked = new Semaphore(0);
    Semaphore answer = new Semaphore(0);
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              asked.release();
              answer.acquireUninterruptibly();
              connection.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
              connection.head();
            });
        RunningProxy proxy =
            RunningProxy.start(
                1, "", ROUTE + up.kdl("max-connections 1; timeouts { pool-wait \"10s\" }"));
        RawClient first = proxy.client();
        RawClient second = proxy.client()) {
      first.get("/");
      asked.acquire();
      second.get("/");
      Await.until("it waits", () -> proxy.metric("selvedge_upstream_queue", "") == 1);
      answer.release(2);
      assertThat(first.answer().text()).isEqualTo("ok");
      assertThat(second.answer().text()).isEqualTo("ok");
      assertThat(up.accepted()).isEqualTo(2);
    }
  }

  /** Closed at the very moment of reuse: an idempotent request is sent again, and is answered. */
  @Test
  void triesAgainWhereAPooledConnectionClosesAtReuse() throws Exception {
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(OK);
              connection.head();
            });
        RunningProxy proxy = proxy(up);
        RawClient client = proxy.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("/").answer().text()).isEqualTo("ok");
      }
      assertThat(proxy.metric("selvedge_upstream_retries", "")).isPositive();
    }
  }

  /** The same with a method that may not be sent twice: 502, never sent again. */
  @Test
  void doesNotTryAPostAgain() throws Exception {
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(OK);
              connection.head();
            });
        RunningProxy proxy = proxy(up);
        RawClient client = proxy.client()) {
      assertThat(client.get("/").answer().text()).isEqualTo("ok");
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
      refused(proxy, client.answer(), 502, "upstream_closed");
    }
  }

  /** A client that has said all it will say still gets all of its answer, also while it waits. */
  @Test
  void deliversALargeAnswerToAClientThatHalfCloses() throws Exception {
    byte[] large = Pattern.of(3, 3_000_000);
    try (ScriptedUpstream up =
            ScriptedUpstream.start(connection -> {
              String head = connection.head();
              connection.exactly(ScriptedUpstream.length(head));
              connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n");
              connection.send("Content-Length: " + large.length + "\r\n\r\n");
              connection.send(large);
            });
        RunningProxy proxy = proxy(up)) {
      for (int i = 0; i < 10; i++) {
        try (RawClient client = proxy.client()) {
          client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n");
          client.send(new byte[20_000]);
          client.endOutput();
          assertThat(client.answer().body()).isEqualTo(large);
          assertThat(client.closed()).isTrue();
        }
      }
      atRest(proxy);
    }
  }
}
