package dev.selvedge.edge.proxy;

import static dev.selvedge.edge.proxy.TimerRig.HOUR;
import static dev.selvedge.edge.proxy.TimerRig.OK;
import static dev.selvedge.edge.proxy.TimerRig.SWITCHING;
import static dev.selvedge.edge.proxy.TimerRig.TWENTY_SECONDS;
import static dev.selvedge.edge.proxy.TimerRig.UPGRADE;
import static dev.selvedge.edge.proxy.TimerRig.allFailures;
import static dev.selvedge.edge.proxy.TimerRig.await;
import static dev.selvedge.edge.proxy.TimerRig.awaitStandstill;
import static dev.selvedge.edge.proxy.TimerRig.beginBody;
import static dev.selvedge.edge.proxy.TimerRig.echoing;
import static dev.selvedge.edge.proxy.TimerRig.endless;
import static dev.selvedge.edge.proxy.TimerRig.post;
import static dev.selvedge.edge.proxy.TimerRig.reading;
import static dev.selvedge.edge.proxy.TimerRig.refused;
import static dev.selvedge.edge.proxy.TimerRig.routes;
import static dev.selvedge.edge.proxy.TimerRig.sendAll;
import static dev.selvedge.edge.proxy.TimerRig.sendBody;
import static dev.selvedge.edge.proxy.TimerRig.start;
import static dev.selvedge.edge.proxy.TimerRig.timeouts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import dev.selvedge.kernel.FailureCode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sets time forward while a timer has no right to fire: the other side is the one that pauses, or
 * bytes still pass. The other half of {@link TimersTest}.
 */
class PausesTest {

  @Test
  void bytesDoNotProlongAHead() throws Exception {
    String own = routes("").replace("upstream \"up\"", "respond { body \"ok\" }");
    try (RunningProxy proxy = RunningProxy.start(1, timeouts("head \"30s\""), own);
        RawClient client = proxy.client()) {
      Await.until("accepted", () -> proxy.metric("selvedge_client_connections_open", "") == 1);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n");
      proxy.elapse(TWENTY_SECONDS);
      assertThat(allFailures(proxy)).isZero();
      client.send("X-A: b\r\n");
      proxy.elapse(TWENTY_SECONDS);
      assertThat(client.answer().status()).isEqualTo(408);
    }
  }

  @Test
  void aStalledUpstreamIsNotTheClientsFault() throws Exception {
    int size = 48 * 1024 * 1024;
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              await(go);
              connection.exactly(size);
              connection.send(OK);
            });
        RunningProxy proxy =
            start(
                1,
                timeouts("request-body \"1s\"") + "; limits { max-body \"64MiB\" }",
                upstream,
                timeouts("write-stall \"24h\"; first-byte \"24h\""));
        RawClient client = proxy.client()) {
      AtomicLong sent = new AtomicLong();
      client.send(post(size));
      sendAll(client, size, sent);
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(size);
      proxy.elapse(HOUR);
      assertThat(allFailures(proxy)).isZero();
      go.countDown();
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"request-body-min-rate \"1KiB\"", "request-body-min-rate \"0B\""})
  void letsARequestBodyPassAtItsRate(String rate) throws Exception {
    int step = rate.contains("0B") ? 100 : 31_000;
    try (ScriptedUpstream upstream = reading(6 * step);
        RunningProxy proxy = start(1, timeouts(rate), upstream, "");
        RawClient client = proxy.client()) {
      beginBody(client, upstream, 6 * step);
      for (int i = 0; i < 6; i++) {
        proxy.elapse(TWENTY_SECONDS);
        sendBody(client, upstream, step);
      }
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(allFailures(proxy)).isZero();
    }
  }

  @Test
  void theRateDoesNotPutTheStallOff() throws Exception {
    try (ScriptedUpstream upstream = reading(100_000);
        RunningProxy proxy = start(1, timeouts("request-body \"20s\""), upstream, "");
        RawClient client = proxy.client()) {
      beginBody(client, upstream, 100_000);
      proxy.elapse(Duration.ofSeconds(15));
      sendBody(client, upstream, 50_000);
      proxy.elapse(Duration.ofSeconds(16));
      assertThat(allFailures(proxy)).isZero();
      proxy.elapse(Duration.ofSeconds(5));
      refused(proxy, client.answer(), FailureCode.BODY_TIMEOUT);
    }
  }

  @Test
  void aClientThatReadsSlowlyIsNotCut() throws Exception {
    AtomicLong written = new AtomicLong();
    try (ScriptedUpstream upstream = endless(written);
        RunningProxy proxy = start(1, timeouts("client-write \"30s\""), upstream, "");
        RawClient client = RawClient.connect(proxy.port(), 8 * 1024)) {
      client.get("/").answer(true);
      for (int i = 0; i < 5; i++) {
        awaitStandstill(written);
        proxy.elapse(TWENTY_SECONDS);
        client.exactly(8 * 1024 * 1024);
      }
      assertThat(allFailures(proxy)).isZero();
    }
  }

  @Test
  void aTunnelThatIsUsedStaysOpen() throws Exception {
    try (ScriptedUpstream upstream = echoing();
        RunningProxy proxy = start(1, timeouts("upgraded-idle \"30s\""), upstream, "");
        RawClient client = proxy.client()) {
      assertThat(client.send(UPGRADE).answer().status()).isEqualTo(101);
      for (int i = 0; i < 5; i++) {
        proxy.elapse(TWENTY_SECONDS);
        assertThat(client.send("a").read()).isEqualTo('a');
      }
      assertThat(allFailures(proxy)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"write-stall \"1s\"", "first-byte \"1s\""})
  void aClientThatPausesIsNotTheUpstreamsFault(String timer) throws Exception {
    try (ScriptedUpstream upstream = reading(20_000);
        RunningProxy proxy =
            start(
                1,
                timeouts("request-body \"24h\"; request-body-min-rate \"0B\""),
                upstream,
                timeouts(timer));
        RawClient client = proxy.client()) {
      beginBody(client, upstream, 20_000);
      sendBody(client, upstream, 10_000);
      proxy.elapse(HOUR);
      sendBody(client, upstream, 9_999);
      proxy.elapse(HOUR);
      client.send("x");
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(allFailures(proxy)).isZero();
    }
  }

  @Test
  void anInterimAnswerInPartsLeavesTheWaitForTheFirstByte() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 103 Early\r\n");
              first.countDown();
              await(second);
              connection.send("Link: a\r\n\r\n");
              await(go);
              connection.send(OK);
            });
        RunningProxy proxy =
            start(1, "", upstream, timeouts("between-bytes \"1s\"; first-byte \"60s\""));
        RawClient client = proxy.client()) {
      client.get("/");
      first.await();
      proxy.elapse(Duration.ZERO);
      second.countDown();
      assertThat(client.answer().status()).isEqualTo(103);
      proxy.elapse(TWENTY_SECONDS);
      go.countDown();
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatDoesNotReadIsNotTheUpstreamsFault() throws Exception {
    int blocks = 3000;
    byte[] block = new byte[16 * 1024];
    AtomicLong written = new AtomicLong();
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              for (int i = 0; i < blocks; i++) {
                connection.send("4000\r\n").send(block).send("\r\n");
                written.addAndGet(block.length);
              }
              connection.send("0\r\n\r\n");
            });
        RunningProxy proxy =
            start(
                1, timeouts("client-write \"24h\""), upstream, timeouts("between-bytes \"10s\""));
        RawClient client = RawClient.connect(proxy.port(), 8 * 1024)) {
      client.get("/");
      awaitStandstill(written);
      assertThat(written.get()).isLessThan((long) blocks * block.length);
      proxy.elapse(HOUR);
      assertThat(client.answer().body()).hasSize(blocks * block.length);
      assertThat(allFailures(proxy)).isZero();
    }
  }

  @Test
  void theTotalTimeoutEndsWithAnUpgrade() throws Exception {
    try (ScriptedUpstream upstream = echoing();
        RunningProxy proxy =
            RunningProxy.start(
                1,
                timeouts("upgraded-idle \"24h\""),
                routes("total-timeout \"10s\"") + upstream.kdl(""));
        RawClient client = proxy.client()) {
      assertThat(client.send(UPGRADE).answer().status()).isEqualTo(101);
      proxy.elapse(HOUR);
      assertThat(client.send("a").read()).isEqualTo('a');
    }
  }

  @Test
  void theLingerBeginsWhenTheAnswerHasLeft() throws Exception {
    String body = "x".repeat(10_000);
    String own = routes("").replace("upstream \"up\"", "respond { body \"" + body + "\" }");
    try (RunningProxy proxy = RunningProxy.start(1, "", own);
        RawClient client = RawClient.connect(proxy.port(), 8 * 1024)) {
      int requests = 0;
      while (proxy.proxy().dataplane().buffered().count() < 11_000) {
        client.get("/");
        requests++;
        proxy.elapse(Duration.ZERO);
      }
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      proxy.elapse(Duration.ZERO);
      proxy.elapse(TWENTY_SECONDS);
      for (int i = 0; i <= requests; i++) {
        assertThat(client.answer().text()).isEqualTo(body);
      }
      assertThat(client.closed()).isTrue();
      client.hangUp();
      proxy.awaitRest();
    }
  }

  @Test
  void theEndOfATunnelFollowsItsLastByte() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicLong read = new AtomicLong();
    CountDownLatch ended = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send(SWITCHING);
              await(go);
              while (connection.exactly(1024).length > 0) {
                read.addAndGet(1024);
              }
              ended.countDown();
            });
        RunningProxy proxy = start(1, "", upstream, "");
        RawClient client = proxy.client()) {
      assertThat(client.send(UPGRADE).answer().status()).isEqualTo(101);
      long sent = 0;
      while (proxy.proxy().dataplane().buffered().count() == 0) {
        client.send(new byte[4096]);
        sent += 4096;
        proxy.elapse(Duration.ZERO);
      }
      client.endOutput();
      proxy.elapse(Duration.ZERO);
      go.countDown();
      Await.until("the end arrived", () -> ended.getCount() == 0);
      assertThat(read.get()).isEqualTo(sent);
      assertThat(client.closed()).isTrue();
    }
  }
}
