package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which target answers. */
class UpstreamsTest {

  private static final String ROUTE = "routes { route \"all\" { upstream \"up\" } }\n";

  private static String kdl(String further, ScriptedUpstream[] targets, int... weights) {
    StringBuilder text = new StringBuilder("upstreams { upstream \"up\" { ");
    for (int i = 0; i < targets.length; i++) {
      text.append("target \"127.0.0.1:%d\" weight=%d; ".formatted(targets[i].port(), weights[i]));
    }
    return ROUTE + text + further + " } }\n";
  }

  private static ScriptedUpstream[] named(String names) throws Exception {
    ScriptedUpstream[] targets = new ScriptedUpstream[names.length()];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = ScriptedUpstream.answering(names.substring(i, i + 1));
    }
    return targets;
  }

  private static String answers(RunningProxy proxy, int count) throws Exception {
    StringBuilder answers = new StringBuilder();
    try (RawClient client = proxy.client()) {
      for (int i = 0; i < count; i++) {
        answers.append(client.get("/").answer().text());
      }
    }
    return answers.toString();
  }

  @Test
  void sharesRequestsByWeight() throws Exception {
    ScriptedUpstream[] targets = named("abc");
    try (ScriptedUpstream a = targets[0];
        ScriptedUpstream b = targets[1];
        ScriptedUpstream c = targets[2]) {
      try (RunningProxy proxy = RunningProxy.start(1, "", kdl("", targets, 5, 1, 1))) {
        assertThat(answers(proxy, 14)).as("smooth").isEqualTo("aabacaa".repeat(2));
      }
      try (RunningProxy proxy = RunningProxy.start(1, "", kdl("", targets, 1, 1, 1))) {
        assertThat(answers(proxy, 9)).isEqualTo("abcabcabc");
      }
      try (RunningProxy proxy = RunningProxy.start(1, "", kdl("", targets, 1, 2, 1))) {
        assertThat(answers(proxy, 8)).isEqualTo("bacbbacb");
      }
      assertThat(a.accepted() + b.accepted() + c.accepted()).as("pooled").isEqualTo(9);
    }
  }

  /**
   * Requests that the targets hold until they are let go are spread evenly over all loops: counts
   * are shared.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void choosesTheTargetWithFewestExchangesUnderLeastConnections(int loops) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    ScriptedUpstream.Script holding =
        connection -> {
          for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
            if (head.startsWith("GET /hold")) {
              try {
                go.await();
              } catch (InterruptedException stopped) {
                return;
              }
            }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          }
        };
    List<RawClient> clients = new ArrayList<>();
    try (ScriptedUpstream one = ScriptedUpstream.start(holding);
        ScriptedUpstream two = ScriptedUpstream.start(holding)) {
      String text =
          kdl("load-balancing \"least-connections\"", new ScriptedUpstream[] {one, two}, 1, 3);
      try (RunningProxy proxy = RunningProxy.start(loops, "", text)) {
        for (int i = 1; i <= 16; i++) {
          clients.add(proxy.client().get("/hold"));
          int sent = i;
          Await.until(
              "request " + i + " arrived", () -> one.heads().size() + two.heads().size() == sent);
        }
        assertThat(one.heads()).hasSize(4);
        assertThat(two.heads()).hasSize(12);
        go.countDown();
        for (RawClient client : clients) {
          assertThat(client.answer().status()).isEqualTo(200);
          client.close();
        }
        proxy.awaitRest();
      }
    }
  }

  /** A slow target gets no second request while the others are idle. */
  @Test
  void leavesBusyTargetsAloneUnderLeastConnections() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedUpstream slow =
            ScriptedUpstream.start(connection -> {
              connection.head();
              try {
                go.await();
              } catch (InterruptedException stopped) {
                return;
              }
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
              connection.head();
            });
        ScriptedUpstream fast = ScriptedUpstream.answering("fast")) {
      String text =
          kdl("load-balancing \"least-connections\"", new ScriptedUpstream[] {slow, fast}, 1, 1);
      try (RunningProxy proxy = RunningProxy.start(1, "", text);
          RawClient first = proxy.client();
          RawClient second = proxy.client()) {
        int sent = 0;
        first.get("/");
        while (slow.heads().isEmpty()) {
          int before = ++sent;
          Await.until("arrived", () -> slow.heads().size() + fast.heads().size() == before);
          if (slow.heads().isEmpty()) {
            assertThat(first.answer().text()).isEqualTo("fast");
            first.get("/");
          }
        }
        for (int i = 0; i < 10; i++) {
          assertThat(second.get("/").answer().text()).isEqualTo("fast");
        }
        go.countDown();
        assertThat(first.answer().text()).isEqualTo("slow");
      }
    }
  }
}
