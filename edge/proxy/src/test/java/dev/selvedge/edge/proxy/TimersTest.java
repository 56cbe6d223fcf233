package dev.selvedge.edge.proxy;

import static dev.selvedge.edge.proxy.TimerRig.HOUR;
import static dev.selvedge.edge.proxy.TimerRig.OK;
import static dev.selvedge.edge.proxy.TimerRig.TWENTY_SECONDS;
import static dev.selvedge.edge.proxy.TimerRig.UPGRADE;
import static dev.selvedge.edge.proxy.TimerRig.allFailures;
import static dev.selvedge.edge.proxy.TimerRig.await;
import static dev.selvedge.edge.proxy.TimerRig.beginBody;
import static dev.selvedge.edge.proxy.TimerRig.echoing;
import static dev.selvedge.edge.proxy.TimerRig.endless;
import static dev.selvedge.edge.proxy.TimerRig.failures;
import static dev.selvedge.edge.proxy.TimerRig.healthy;
import static dev.selvedge.edge.proxy.TimerRig.post;
import static dev.selvedge.edge.proxy.TimerRig.reading;
import static dev.selvedge.edge.proxy.TimerRig.recorded;
import static dev.selvedge.edge.proxy.TimerRig.refused;
import static dev.selvedge.edge.proxy.TimerRig.routes;
import static dev.selvedge.edge.proxy.TimerRig.sendAll;
import static dev.selvedge.edge.proxy.TimerRig.sendBody;
import static dev.selvedge.edge.proxy.TimerRig.start;
import static dev.selvedge.edge.proxy.TimerRig.stuckAfter;
import static dev.selvedge.edge.proxy.TimerRig.timeouts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import dev.selvedge.kernel.FailureCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Walks the timers of EDGE 3: each is set low and crossed on real sockets; the stated status or
 * close, the code in the decision record and the metric are seen, and the proxy serves and comes to
 * rest afterwards.
 */
class TimersTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsAHeadThatIsNotFinished(int loops) throws Exception {
    String own = routes("").replace("upstream \"up\"", "respond { body \"ok\" }");
    try (RunningProxy proxy = RunningProxy.start(loops, timeouts("head \"300ms\""), own)) {
      try (RawClient client = proxy.client()) {
        Answer answer = client.send("GET / HTTP/1.1\r\nHost: a\r\nX-").answer();
        refused(proxy, answer, FailureCode.HEAD_TIMEOUT);
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.closed()).isTrue();
      }
      try (RawClient client = proxy.client()) {
        assertThat(client.get("/").answer().status()).isEqualTo(200);
        assertThat(client.send("G").answer().status()).isEqualTo(408);
        assertThat(client.closed()).isTrue();
      }
      try (RawClient silent = proxy.client()) {
        assertThat(silent.closed()).isTrue();
      }
      assertThat(failures(proxy, FailureCode.HEAD_TIMEOUT)).isEqualTo(2);
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void closesIdleClientConnections(int loops) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              await(go);
              connection.send(OK);
            });
        RunningProxy proxy =
            start(
                loops,
                timeouts("keep-alive \"300ms\""),
                upstream,
                timeouts("first-byte \"24h\""))) {
      try (RawClient client = proxy.client()) {
        assertThat(client.get("/own").answer().status()).isEqualTo(200);
        assertThat(client.closed()).isTrue();
      }
      assertThat(proxy.metric("selvedge_client_idle_timeouts", "")).isEqualTo(1);
      try (RawClient waiting = proxy.client().get("/")) {
        Await.until("the request arrived", () -> upstream.heads().size() == 1);
        proxy.elapse(HOUR);
        go.countDown();
        assertThat(waiting.answer().status()).isEqualTo(200);
      }
      assertThat(allFailures(proxy)).isZero();
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsARequestBodyThatStalls(int loops) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("ok");
        RunningProxy proxy = start(loops, timeouts("request-body \"300ms\""), upstream, "")) {
      try (RawClient client = proxy.client()) {
        Answer answer = client.send(post(100) + "0123456789").answer();
        refused(proxy, answer, FailureCode.BODY_TIMEOUT);
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.closed()).isTrue();
      }
      Await.until("the upstream connection is closed", () -> upstream.open() == 0);
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsARequestBodyThatTrickles(int loops) throws Exception {
    try (ScriptedUpstream upstream = reading(100_000);
        RunningProxy proxy = start(loops, "", upstream, "");
        RawClient client = proxy.client()) {
      beginBody(client, upstream, 100_000);
      sendBody(client, upstream, 15_000);
      proxy.elapse(TWENTY_SECONDS);
      sendBody(client, upstream, 15_000);
      assertThat(allFailures(proxy)).isZero();
      proxy.elapse(TWENTY_SECONDS);
      refused(proxy, client.answer(), FailureCode.BODY_TOO_SLOW);
      assertThat(client.closed()).isTrue();
      client.hangUp();
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void cutsAClientThatDoesNotRead(int loops) throws Exception {
    AtomicLong written = new AtomicLong();
    try (ScriptedUpstream upstream = endless(written);
        RunningProxy proxy = start(loops, timeouts("client-write \"300ms\""), upstream, "")) {
      try (RawClient client = RawClient.connect(proxy.port(), 8 * 1024)) {
        Answer head = client.get("/").answer(true);
        assertThat(head.status()).isEqualTo(200);
        Await.until("the client is cut", () -> failures(proxy, FailureCode.CLIENT_STALLED) == 1);
        recorded(proxy, head, FailureCode.CLIENT_STALLED, 200);
        assertThat(proxy.metric("selvedge_client_stalls", "")).isEqualTo(1);
        proxy.awaitRest();
      }
      Await.until("the upstream connection is closed", () -> upstream.open() == 0);
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void closesIdleTunnels(int loops) throws Exception {
    try (ScriptedUpstream upstream = echoing();
        RunningProxy proxy = start(loops, timeouts("upgraded-idle \"300ms\""), upstream, "")) {
      try (RawClient client = proxy.client()) {
        Answer answer = client.send(UPGRADE).answer();
        assertThat(answer.status()).isEqualTo(101);
        assertThat(client.closed()).isTrue();
        recorded(proxy, answer, FailureCode.UPGRADED_IDLE, 101);
      }
      Await.until("the upstream connection is closed", () -> upstream.open() == 0);
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsTheWaitForAPoolConnection(int loops) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              while (!connection.head().isEmpty()) {
                await(go);
                connection.send(OK);
              }
            });
        RunningProxy proxy =
            start(loops, "", upstream, "max-connections 1; timeouts { pool-wait \"300ms\" }")) {
      try (RawClient first = proxy.client().get("/");
          RawClient second = proxy.client()) {
        Await.until("the first has arrived", () -> upstream.heads().size() == 1);
        Answer answer = second.get("/").answer();
        refused(proxy, answer, FailureCode.POOL_WAIT_TIMEOUT);
        assertThat(answer.field("retry-after")).isEqualTo("1");
        assertThat(proxy.metric("selvedge_upstream_queue", "")).isZero();
        go.countDown();
        assertThat(first.answer().status()).isEqualTo(200);
        assertThat(second.get("/").answer().status()).isEqualTo(200);
      }
      assertThat(upstream.accepted()).isLessThanOrEqualTo(2);
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsConnecting(int loops) throws Exception {
    List<Socket> fillers = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      fill(full, fillers);
      String up =
          "upstreams { upstream \"up\" { target \"127.0.0.1:"
              + full.getLocalPort()
              + "\"; timeouts { connect \"300ms\" } } }\n";
      try (RunningProxy proxy = RunningProxy.start(loops, "", routes("") + up);
          RawClient client = proxy.client()) {
        refused(proxy, client.get("/").answer(), FailureCode.CONNECT_TIMEOUT);
        assertThat(proxy.metric("selvedge_upstream_retries", "")).isEqualTo(1);
        assertThat(client.get("/own").answer().status()).isEqualTo(200);
        Await.until(
            "permits are back", () -> proxy.metric("selvedge_upstream_connections_open", "") == 0);
        client.hangUp();
        healthy(proxy);
      }
    } finally {
      for (Socket filler : fillers) {
        filler.close();
      }
    }
  }

  /** Connects until the server's queue is full and the system drops what comes. */
  private static void fill(ServerSocket full, List<Socket> fillers) throws IOException {
    while (fillers.size() < 64) {
      Socket socket = new Socket();
      fillers.add(socket);
      try {
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()), 200);
      } catch (SocketTimeoutException dropped) {
        return;
      }
    }
    throw new AssertionError("the queue never filled");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsAWriteThatStalls(int loops) throws Exception {
    int size = 48 * 1024 * 1024;
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              await(end);
            });
        RunningProxy proxy =
            start(
                loops,
                "limits { max-body \"64MiB\" }",
                upstream,
                timeouts("write-stall \"300ms\""))) {
      try (RawClient client = proxy.client()) {
        client.send(post(size));
        sendAll(client, size, new AtomicLong());
        refused(proxy, client.answer(), FailureCode.UPSTREAM_STALLED);
        assertThat(client.closed()).isTrue();
      }
      end.countDown();
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsTheWaitForTheFirstByte(int loops) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedUpstream upstream = stuckAfter("", end);
        RunningProxy proxy = start(loops, "", upstream, timeouts("first-byte \"300ms\""));
        RawClient client = proxy.client()) {
      refused(proxy, client.get("/").answer(), FailureCode.FIRST_BYTE_TIMEOUT);
      assertThat(client.get("/own").answer().status()).isEqualTo(200);
      assertThat(upstream.accepted()).isEqualTo(1);
      Await.until(
          "its connection is closed",
          () -> proxy.metric("selvedge_upstream_connections_open", "") == 0);
      client.hangUp();
      end.countDown();
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsAnAnswerThatStalls(int loops) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    try (ScriptedUpstream upstream = stuckAfter(half, end);
        RunningProxy proxy = start(loops, "", upstream, timeouts("between-bytes \"300ms\""))) {
      try (RawClient client = proxy.client()) {
        Answer head = client.get("/").answer(true);
        assertThat(head.status()).isEqualTo(200);
        assertThat(client.rest()).hasSize(5);
        recorded(proxy, head, FailureCode.BETWEEN_BYTES_TIMEOUT, 200);
      }
      end.countDown();
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n"})
  void endsAHeadOfAnAnswerThatStalls(String part) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedUpstream upstream = stuckAfter(part, end);
        RunningProxy proxy = start(1, "", upstream, timeouts("between-bytes \"300ms\""));
        RawClient client = proxy.client()) {
      Answer answer = client.get("/").answer();
      refused(
          proxy,
          answer.status() == 103 ? client.answer() : answer,
          FailureCode.BETWEEN_BYTES_TIMEOUT);
      end.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void closesIdlePooledConnections(int loops) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("ok");
        RunningProxy proxy = start(loops, "", upstream, timeouts("idle \"300ms\""));
        RawClient client = proxy.client()) {
      assertThat(client.get("/").answer().status()).isEqualTo(200);
      Await.until("the connection is closed", () -> upstream.open() == 0);
      assertThat(proxy.metric("selvedge_upstream_connections_idle", "")).isZero();
      Await.until(
          "its permit is back", () -> proxy.metric("selvedge_upstream_connections_open", "") == 0);
      assertThat(client.get("/").answer().status()).isEqualTo(200);
      assertThat(upstream.accepted()).isEqualTo(2);
      assertThat(allFailures(proxy)).isZero();
      client.hangUp();
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsAnExchangeAtItsTotalTimeout(int loops) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedUpstream upstream = stuckAfter("", end);
        RunningProxy proxy =
            RunningProxy.start(loops, "", routes("total-timeout \"300ms\"") + upstream.kdl(""))) {
      try (RawClient client = proxy.client()) {
        refused(proxy, client.get("/").answer(), FailureCode.TOTAL_TIMEOUT);
        assertThat(client.get("/own").answer().status()).isEqualTo(200);
      }
      end.countDown();
      healthy(proxy);
    }
  }

  @Test
  void cutsAnAnswerAtTheTotalTimeout() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    String half = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    try (ScriptedUpstream upstream = stuckAfter(half, end);
        RunningProxy proxy =
            RunningProxy.start(1, "", routes("total-timeout \"300ms\"") + upstream.kdl(""))) {
      try (RawClient client = proxy.client()) {
        assertThrows(EOFException.class, () -> client.get("/").answer());
      }
      assertThat(failures(proxy, FailureCode.TOTAL_TIMEOUT)).isEqualTo(1);
      end.countDown();
      healthy(proxy);
    }
  }
}
