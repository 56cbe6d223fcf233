package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import dev.selvedge.kernel.FailureCode;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What tests of timers share: configurations, upstreams that stall, what is expected. Stateless.
 */
final class TimerRig {

  private TimerRig() {}

  static final Duration HOUR = Duration.ofHours(1);

  static final Duration TWENTY_SECONDS = Duration.ofSeconds(20);

  static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  static final String UPGRADE =
      "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

  static final String SWITCHING =
      "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

  static String timeouts(String timeouts) {
    return "timeouts { " + timeouts + " }";
  }

  /** Routes to "up", with "/own" answered by the proxy itself so that its health can be asked. */
  static String routes(String policies) {
    return """
    routes {
      route "all" { upstream "up"; policies { %s } }
      route "own" { matches { path "/own" }; respond { body "fine" } }
    }
    """
        .formatted(policies);
  }

  static RunningProxy start(
      int loops, String system, ScriptedUpstream upstream, String upstreamTimeouts)
      throws Exception {
    return RunningProxy.start(loops, system, routes("") + upstream.kdl(upstreamTimeouts));
  }

  static String post(int length) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
  }

  /** Expects a refusal with that code, its record and its count. */
  static void refused(RunningProxy proxy, Answer answer, FailureCode code) throws Exception {
    assertThat(answer.status()).isEqualTo(code.status());
    assertThat(answer.code()).isEqualTo(code.code());
    recorded(proxy, answer, code, code.status());
  }

  static void recorded(RunningProxy proxy, Answer answer, FailureCode code, int status)
      throws Exception {
    String id = Objects.requireNonNull(answer.field("x-request-id"));
    Await.until("the record is kept", () -> proxy.record(id) != null);
    RecordView record = Objects.requireNonNull(proxy.record(id));
    assertThat(record.failure()).isEqualTo(code);
    assertThat(record.status()).isEqualTo(status);
    assertThat(failures(proxy, code)).isEqualTo(1);
  }

  static long failures(RunningProxy proxy, FailureCode code) {
    return proxy.metric("selvedge_failures", "code=\"" + code.code() + "\"");
  }

  static long allFailures(RunningProxy proxy) {
    return proxy.metric("selvedge_failures", "");
  }

  static void healthy(RunningProxy proxy) throws Exception {
    try (RawClient client = proxy.client()) {
      assertThat(client.get("/own").answer().text()).isEqualTo("fine");
    }
    proxy.awaitRest();
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends bodies in the background, counting what the system took. */
  static void sendAll(RawClient client, long bytes, AtomicLong sent) {
    byte[] block = new byte[16 * 1024];
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (sent.get() < bytes) {
              client.send(block);
              sent.addAndGet(block.length);
            }
          } catch (IOException closed) {
            // The proxy has answered and closed.
          }
        });
  }

  static void awaitStandstill(AtomicLong count) throws InterruptedException {
    long[] last = {-1, 0};
    Await.until(
        "nothing moves any more",
        () -> {
          long now = count.get();
          last[1] = now > 0 && now == last[0] ? last[1] + 1 : 0;
          last[0] = now;
          return last[1] > 100;
        });
  }

  /** An upstream that reads bodies byte by byte, so that a test sees what arrived. */
  static ScriptedUpstream reading(int length) throws Exception {
    return ScriptedUpstream.start(connection -> {
      connection.head();
      for (int i = 0; i < length; i++) {
        if (connection.read() < 0) {
          return;
        }
      }
      connection.send(OK);
      connection.head();
    });
  }

  static void sendBody(RawClient client, ScriptedUpstream upstream, int bytes) throws Exception {
    int before = upstream.received().length();
    client.send("x".repeat(bytes));
    Await.until("the bytes arrived", () -> upstream.received().length() == before + bytes);
  }

  static void beginBody(RawClient client, ScriptedUpstream upstream, int length) throws Exception {
    client.send(post(length));
    Await.until("the head arrived", () -> upstream.heads().size() == 1);
  }

  /** An upstream that sends blocks without end, once it is let go. */
  static ScriptedUpstream endless(AtomicLong written) throws Exception {
    byte[] block = new byte[16 * 1024];
    return ScriptedUpstream.start(connection -> {
      connection.head();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n");
      while (true) {
        connection.send(block);
        written.addAndGet(block.length);
      }
    });
  }

  /** An upstream that upgrades and sends every byte back. */
  static ScriptedUpstream echoing() throws Exception {
    return ScriptedUpstream.start(connection -> {
      connection.head();
      connection.send(SWITCHING);
      for (int b = connection.read(); b >= 0; b = connection.read()) {
        connection.send(new byte[] {(byte) b});
      }
    });
  }

  /** An upstream that sends the text and then nothing, until the test ends. */
  static ScriptedUpstream stuckAfter(String text, CountDownLatch end) throws Exception {
    return ScriptedUpstream.start(connection -> {
      connection.head();
      connection.send(text);
      await(end);
    });
  }
}
