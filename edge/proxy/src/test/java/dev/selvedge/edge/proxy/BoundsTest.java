package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.Pattern;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Walks the table of bounds (EDGE 4): each is set low and crossed, with one loop and with four; the
 * stated refusal and its metric are seen, the total is the same for both loop counts, and the proxy
 * serves as before afterwards.
 */
class BoundsTest {

  @TempDir Path folder;

  private static final String OWN = "routes { route \"own\" { respond { body \"ok\" } } }\n";
  private static final String ROUTE = "routes { route \"all\" { upstream \"up\" } }\n";

  private static String limits(String limits) {
    return "limits { " + limits + " }";
  }

  private static void healthy(RunningProxy proxy) throws Exception {
    try (RawClient client = proxy.client()) {
      assertThat(client.get("/").answer().status()).isEqualTo(200);
    }
    proxy.awaitRest();
  }

  private static long failures(RunningProxy proxy, String code) {
    return proxy.metric("selvedge_failures", "code=\"" + code + "\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void pausesAcceptingOverMaxConnections(int loops) throws Exception {
    String bound = limits("max-connections 5; max-connections-per-address 5");
    try (RunningProxy proxy = RunningProxy.start(loops, bound, OWN)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        clients.add(proxy.client().get("/"));
      }
      Await.until("accepting has paused", () -> proxy.metric("selvedge_accept_pauses", "") > 0);
      int answered = 0;
      while (!clients.isEmpty()) {
        List<RawClient> ready = clients.stream().filter(BoundsTest::hasAnswer).toList();
        assertThat(proxy.proxy().dataplane().connections().count()).isLessThanOrEqualTo(5);
        for (RawClient client : ready) {
          assertThat(client.answer().status()).isEqualTo(200);
          client.close();
          answered++;
        }
        clients.removeAll(ready);
      }
      assertThat(answered).isEqualTo(12);
      healthy(proxy);
    }
  }

  private static boolean hasAnswer(RawClient client) {
    try {
      return client.socket().getInputStream().available() > 0;
    } catch (java.io.IOException closed) {
      throw new java.io.UncheckedIOException(closed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesConnectionsOverPerAddress(int loops) throws Exception {
    try (RunningProxy proxy =
        RunningProxy.start(loops, limits("max-connections-per-address 3"), OWN)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(proxy.client());
        assertThat(clients.get(i).get("/").answer().status()).isEqualTo(200);
      }
      for (int i = 0; i < 5; i++) {
        try (RawClient refused = proxy.client()) {
          assertThat(refused.closed()).isTrue();
        }
      }
      try (RawClient other = RawClient.connect(proxy.port(), 0, "127.0.0.2")) {
        assertThat(other.get("/").answer().status()).isEqualTo(200);
      }
      assertThat(proxy.metric("selvedge_connections_refused", "per_address")).isEqualTo(5);
      for (RawClient client : clients) {
        assertThat(client.get("/").answer().status()).isEqualTo(200);
        client.close();
      }
      proxy.awaitRest();
      healthy(proxy);
    }
  }

  /** Sends one raw request and expects the refusal, its metric, a close, and health after it. */
  private static void refused(int loops, String bound, String request, int status, String code)
      throws Exception {
    try (RunningProxy proxy = RunningProxy.start(loops, limits(bound), OWN)) {
      for (int i = 0; i < 4; i++) {
        try (RawClient client = proxy.client()) {
          Answer answer = client.send(request).answer();
          assertThat(answer.status()).isEqualTo(status);
          assertThat(answer.code()).isEqualTo(code);
          assertThat(answer.field("connection")).isEqualTo("close");
          assertThat(client.closed()).isTrue();
        }
      }
      assertThat(failures(proxy, code)).isEqualTo(4);
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesHeadOverMaxHead(int loops) throws Exception {
    String fields = ("X-A: " + "a".repeat(200) + "\r\n").repeat(10);
    refused(
        loops,
        "max-head \"1KiB\"; max-target \"512B\"; max-field-value \"512B\"",
        "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n",
        431,
        "head_too_large");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesMoreFieldsThanMaxFields(int loops) throws Exception {
    String head = "GET / HTTP/1.1\r\nHost: a\r\n" + "X-A: b\r\n".repeat(10) + "\r\n";
    refused(loops, "max-fields 10", head, 431, "head_too_large");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesFieldNameOverMaxFieldName(int loops) throws Exception {
    String head = "GET / HTTP/1.1\r\nHost: a\r\n" + "x".repeat(33) + ": b\r\n\r\n";
    refused(loops, "max-field-name \"32B\"", head, 431, "head_too_large");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesFieldValueOverMaxFieldValue(int loops) throws Exception {
    String head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "v".repeat(129) + "\r\n\r\n";
    refused(loops, "max-field-value \"128B\"", head, 431, "head_too_large");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesTargetOverMaxTarget(int loops) throws Exception {
    String head = "GET /" + "t".repeat(128) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    refused(loops, "max-target \"128B\"", head, 414, "target_too_long");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesBodyOverMaxBody(int loops) throws Exception {
    String declared = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n";
    refused(loops, "max-body \"1KiB\"", declared, 413, "body_too_large");
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> connection.exactly(1 << 30));
        RunningProxy proxy =
            RunningProxy.start(loops, limits("max-body \"1KiB\""), ROUTE + upstream.kdl(""));
        RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("200\r\n" + "b".repeat(512) + "\r\n201\r\n" + "b".repeat(513) + "\r\n");
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(client.closed()).isTrue();
      assertThat(failures(proxy, "body_too_large")).isEqualTo(1);
      client.hangUp();
      proxy.awaitRest();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void cutsABodyOverMaxBodyThatIsAnsweredAlready(int loops) throws Exception {
    AtomicLong received = new AtomicLong();
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
              while (connection.read() >= 0) {
                received.incrementAndGet();
              }
            });
        RunningProxy proxy =
            RunningProxy.start(loops, limits("max-body \"1KiB\""), ROUTE + upstream.kdl(""));
        RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      String block = "200\r\n" + "b".repeat(512) + "\r\n";
      client.send(block);
      assertThat(new String(client.exactly(15), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200 OK");
      client.send(block + "1\r\nb\r\n");
      Await.until("it is cut", () -> failures(proxy, "body_too_large") == 1);
      client.hangUp();
      proxy.awaitRest();
      assertThat(received.get()).isLessThanOrEqualTo(1024 + 32);
      assertThat(proxy.metric("selvedge_requests", "status=\"2xx\"")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesBodyOverMaxBodyOfTheRoute(int loops) throws Exception {
    String routes =
        """
        routes {
          route "small" {
            matches { path-prefix "/small" }
            respond { body "ok" }
            policies { max-body "10B" }
          }
          route "own" { respond { body "ok" } }
        }
        """;
    try (RunningProxy proxy = RunningProxy.start(loops, "", routes)) {
      String rest = " HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world";
      try (RawClient client = proxy.client()) {
        assertThat(client.send("POST /small" + rest).answer().status()).isEqualTo(413);
      }
      try (RawClient client = proxy.client()) {
        assertThat(client.send("POST /other" + rest).answer().status()).isEqualTo(200);
      }
      assertThat(failures(proxy, "body_too_large")).isEqualTo(1);
      healthy(proxy);
    }
  }

  /** An upstream that answers with an endless body and counts what it could write. */
  private static ScriptedUpstream endless(AtomicLong written) throws Exception {
    byte[] block = new byte[16 * 1024];
    return ScriptedUpstream.start(connection -> {
      connection.socket().setSendBufferSize(64 * 1024);
      if (connection.head().contains("/fine")) {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        connection.head();
        return;
      }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n");
      while (true) {
        connection.send(block);
        written.addAndGet(block.length);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void pausesReadingOverMaxBufferedPerDirection(int loops) throws Exception {
    AtomicLong written = new AtomicLong();
    try (ScriptedUpstream upstream = endless(written);
        RunningProxy proxy =
            RunningProxy.start(
                loops, limits("max-buffered-per-direction \"32KiB\""), ROUTE + upstream.kdl(""))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(RawClient.connect(proxy.port(), 8 * 1024).get("/"));
      }
      awaitStandstill(written);
      long held = proxy.proxy().dataplane().buffered().count();
      assertThat(held).isPositive().isLessThanOrEqualTo(8 * (32 * 1024 + 2048));
      for (RawClient client : clients) {
        client.close();
      }
      proxy.awaitRest();
    }
  }

  /** A file is not read for a few bytes at a time, but with a small bound there are no more. */
  @ParameterizedTest
  @ValueSource(strings = {"1KiB", "8KiB", "20KiB"})
  void sendsLargeFilesThroughSmallBuffers(String size, @TempDir Path folder) throws Exception {
    byte[] file = Pattern.of(3, 300_000);
    Files.write(folder.resolve("file.bin"), file);
    String route = "routes { route \"s\" { static { root \"%s\" } } }\n".formatted(folder);
    String limits = limits("max-buffered-per-direction \"%s\"".formatted(size));
    try (RunningProxy proxy = RunningProxy.start(1, limits, route);
        RawClient client = proxy.client()) {
      assertThat(client.get("/file.bin").answer().body()).isEqualTo(file);
    }
  }

  private static void awaitStandstill(AtomicLong written) throws InterruptedException {
    long[] last = {-1, 0};
    Await.until(
        "the upstream cannot write any more",
        () -> {
          long now = written.get();
          last[1] = now > 0 && now == last[0] ? last[1] + 1 : 0;
          last[0] = now;
          return last[1] > 100;
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesRequestsOverMaxBuffered(int loops) throws Exception {
    AtomicLong written = new AtomicLong();
    try (ScriptedUpstream upstream = endless(written);
        RunningProxy proxy =
            RunningProxy.start(
                loops,
                limits("max-buffered \"128KiB\"; max-buffered-per-direction \"64KiB\""),
                ROUTE + upstream.kdl(""))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(RawClient.connect(proxy.port(), 8 * 1024).get("/"));
      }
      awaitStandstill(written);
      assertThat(proxy.proxy().dataplane().buffered().count()).isGreaterThan(128 * 1024);
      // On a busy machine the last of those six came to a full proxy already.
      long before = failures(proxy, "buffered_bytes_full");
      try (RawClient client = proxy.client()) {
        Answer answer = client.get("/fine").answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("buffered_bytes_full");
        assertThat(answer.field("retry-after")).isEqualTo("1");
      }
      assertThat(failures(proxy, "buffered_bytes_full")).isEqualTo(before + 1);
      for (RawClient client : clients) {
        client.close();
      }
      proxy.awaitRest();
      try (RawClient client = proxy.client()) {
        assertThat(client.get("/fine").answer().status()).isEqualTo(200);
      }
      proxy.awaitRest();
    }
  }

  /** An upstream that answers when it is let go. */
  private static ScriptedUpstream held(CountDownLatch go) throws Exception {
    return ScriptedUpstream.start(connection -> {
      while (!connection.head().isEmpty()) {
        try {
          go.await();
        } catch (InterruptedException stopped) {
          return;
        }
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    });
  }

  /** Fills a bound of that size with held requests, crosses it, lets go, and expects health. */
  private static void crossed(
      int loops, String system, String routes, String upstreamKdl, int size, String code)
      throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedUpstream upstream = held(go);
        RunningProxy proxy =
            RunningProxy.start(loops, system, routes + upstream.kdl(upstreamKdl))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        clients.add(proxy.client().get("/"));
        int inFlight = i + 1;
        Await.until(
            "the request is in flight",
            () -> proxy.proxy().dataplane().inFlight().count() == inFlight);
      }
      for (int i = 0; i < 4; i++) {
        try (RawClient client = proxy.client()) {
          Answer answer = client.get("/").answer();
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.code()).isEqualTo(code);
          assertThat(answer.field("retry-after")).isEqualTo("1");
        }
      }
      assertThat(failures(proxy, code)).isEqualTo(4);
      go.countDown();
      for (RawClient client : clients) {
        assertThat(client.answer().status()).isEqualTo(200);
        client.close();
      }
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesRequestsOverMaxInFlight(int loops) throws Exception {
    crossed(loops, limits("max-in-flight 5"), ROUTE, "", 5, "in_flight_full");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesRequestsOverMaxInFlightOfTheRoute(int loops) throws Exception {
    String route = "routes { route \"all\" { upstream \"up\"; policies { max-in-flight 4 } } }\n";
    crossed(loops, "", route, "", 4, "route_in_flight_full");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesRequestsOverTheUpstreamQueue(int loops) throws Exception {
    String bounds = "max-connections 3; max-queue 2; timeouts { pool-wait \"10s\" }";
    crossed(loops, "", ROUTE, bounds, 5, "pool_queue_full");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void opensNoMoreUpstreamConnectionsThanMaxConnections(int loops) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedUpstream upstream = held(go);
        RunningProxy proxy =
            RunningProxy.start(
                loops,
                "",
                ROUTE + upstream.kdl("max-connections 3; timeouts { pool-wait \"10s\" }"))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(proxy.client().get("/"));
      }
      Await.until("the others wait", () -> proxy.metric("selvedge_upstream_queue", "") == 17);
      Await.until("the upstream has accepted", () -> upstream.open() == 3);
      go.countDown();
      for (RawClient client : clients) {
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(proxy.metric("selvedge_upstream_connections_open", "")).isLessThanOrEqualTo(3);
      }
      for (RawClient client : clients) {
        client.close();
      }
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesUpgradesOverMaxUpgraded(int loops) throws Exception {
    String route = "routes { route \"all\" { upstream \"up\"; policies { max-upgraded 2 } } }\n";
    String upgrade =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              if (connection.head().contains("upgrade: websocket")) {
                connection.send(
                    "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
                connection.read();
              } else {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                connection.head();
              }
            });
        RunningProxy proxy = RunningProxy.start(loops, "", route + upstream.kdl(""))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        clients.add(proxy.client().send(upgrade));
        assertThat(clients.get(i).answer().status()).isEqualTo(101);
      }
      try (RawClient client = proxy.client()) {
        Answer answer = client.send(upgrade).answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("upgrades_full");
      }
      assertThat(failures(proxy, "upgrades_full")).isEqualTo(1);
      for (RawClient client : clients) {
        client.close();
      }
      proxy.awaitRest();
      healthy(proxy);
    }
  }

  private static String agent(Path socket, String keys) {
    return "routes { route \"own\" { echo; agents \"a\" } }\n"
        + "agents { agent \"a\" { unix-socket path=\"%s\"; failure-mode \"closed\"; %s } }\n"
            .formatted(socket, keys);
  }

  private static long agentFailures(RunningProxy proxy, String code) {
    return proxy.metric("selvedge_agent_failures", "code=\"" + code + "\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void asksAnAgentNoMoreThanMaxConcurrentCallsAtATime(int loops) throws Exception {
    Path socket = folder.resolve("agent");
    String keys = "timeout \"60s\"; max-concurrent-calls 3";
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket, EventType.REQUEST_HEADERS);
        RunningProxy proxy = RunningProxy.startWithAgents(loops, "", agent(socket, keys))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(proxy.client().get("/"));
      }
      Await.until("17 wait", () -> proxy.metric("selvedge_agent_queue", "") == 17);
      for (int i = 0; i < 20; i++) {
        ScriptedAgent.Taken taken = agent.take();
        assertThat(proxy.metric("selvedge_agent_calls_in_flight", "")).isLessThanOrEqualTo(3);
        assertThat(agent.untaken()).isLessThanOrEqualTo(2);
        taken.decide(Decision.ALLOW);
      }
      for (RawClient client : clients) {
        assertThat(client.answer().status()).isEqualTo(200);
        client.close();
      }
      agent.script(ScriptedAgent.always(Decision.ALLOW));
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void callsOverTheQueueOfAnAgentTakeItsFailureModeAtOnce(int loops) throws Exception {
    Path socket = folder.resolve("agent");
    String keys = "timeout \"60s\"; max-concurrent-calls 2; max-queued-calls 3";
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket, EventType.REQUEST_HEADERS);
        RunningProxy proxy = RunningProxy.startWithAgents(loops, "", agent(socket, keys))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        clients.add(proxy.client().get("/"));
      }
      Await.until("3 wait", () -> proxy.metric("selvedge_agent_queue", "") == 3);
      for (int i = 0; i < 4; i++) {
        try (RawClient refused = proxy.client().get("/")) {
          Answer answer = refused.answer();
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.code()).isEqualTo("agent_queue_full");
        }
      }
      assertThat(agentFailures(proxy, "agent_queue_full")).isEqualTo(4);
      assertThat(failures(proxy, "agent_queue_full")).isEqualTo(4);
      agent.take();
      agent.take().decide(Decision.ALLOW);
      Await.until("one more is asked", () -> agent.asked() == 3);
      agent.script(ScriptedAgent.always(Decision.ALLOW));
      for (RawClient client : clients) {
        client.reset();
      }
      healthy(proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void endsACallToAnAgentAtItsDeadline(int loops) throws Exception {
    Path socket = folder.resolve("agent");
    String keys = "timeout \"5s\"; max-concurrent-calls 1; max-queued-calls 2";
    try (ScriptedAgent agent = ScriptedAgent.waiting(socket, EventType.REQUEST_HEADERS);
        RunningProxy proxy = RunningProxy.startWithAgents(loops, "", agent(socket, keys))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(proxy.client().get("/"));
      }
      Await.until("2 wait", () -> proxy.metric("selvedge_agent_queue", "") == 2);
      agent.take();
      proxy.elapse(java.time.Duration.ofMillis(5_100));
      for (RawClient client : clients) {
        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("agent_timeout");
        client.close();
      }
      assertThat(proxy.metric("selvedge_agent_timeouts", "")).isEqualTo(3);
      assertThat(agent.asked()).as("those that waited were not asked").isEqualTo(1);
      agent.script(ScriptedAgent.always(Decision.ALLOW));
      healthy(proxy);
    }
  }
}
