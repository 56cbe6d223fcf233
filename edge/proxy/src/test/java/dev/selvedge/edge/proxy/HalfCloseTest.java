package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A client that ends its side behind a request still gets the whole answer, however it waits. */
class HalfCloseTest {

  private static final String ROUTE = "routes { route \"all\" { upstream \"up\" } }\n";
  private static final int ANSWER = 20_000_000;

  /** Answers small requests when let go, and others with a body that no socket buffer holds. */
  private static ScriptedUpstream upstream(CountDownLatch go) throws Exception {
    return ScriptedUpstream.start(connection -> {
      for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
        connection.exactly(ScriptedUpstream.length(head));
        if (head.startsWith("GET /wait")) {
          try {
            go.await();
          } catch (InterruptedException stopped) {
            return;
          }
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        } else {
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + ANSWER + "\r\n\r\n");
          connection.send(new byte[ANSWER]);
        }
      }
    });
  }

  @Test
  void deliversToAClientThatEndedWhileReadingWasPaused() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedUpstream up = upstream(go);
        RunningProxy proxy =
            RunningProxy.start(
                1, "", ROUTE + up.kdl("max-connections 1; timeouts { pool-wait \"10s\" }"));
        RawClient first = proxy.client();
        RawClient second = RawClient.connect(proxy.port(), 16 * 1024)) {
      first.get("/wait");
      Await.until("the only connection is taken", () -> up.heads().size() == 1);
      second.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
      second.send(new byte[100_000]);
      second.endOutput();
      Await.until("the second waits", () -> proxy.metric("selvedge_upstream_queue", "") == 1);
      go.countDown();
      assertThat(first.answer().status()).isEqualTo(200);
      assertThat(second.answer().body()).hasSize(ANSWER);
      assertThat(second.closed()).isTrue();
      first.hangUp();
      proxy.awaitRest();
    }
  }

  @Test
  void deliversToAClientThatEndedBehindItsRequest() throws Exception {
    try (ScriptedUpstream up = upstream(new CountDownLatch(0));
        RunningProxy proxy = RunningProxy.start(1, "", ROUTE + up.kdl(""));
        RawClient client = RawClient.connect(proxy.port(), 16 * 1024)) {
      client.get("/");
      client.endOutput();
      assertThat(client.answer().body()).hasSize(ANSWER);
      assertThat(client.closed()).isTrue();
      proxy.awaitRest();
    }
  }
}
