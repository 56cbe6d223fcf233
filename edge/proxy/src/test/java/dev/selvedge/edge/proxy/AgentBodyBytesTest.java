package dev.selvedge.edge.proxy;

import static dev.selvedge.edge.protocol.EventType.REQUEST_BODY;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_BODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.BodyAgent;
import dev.selvedge.edge.proxy.rig.BodyUpstream;
import dev.selvedge.edge.proxy.rig.Pattern;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bodies past agents, through a real proxy, real sockets and agents of the SDK. */
@Timeout(240)
class AgentBodyBytesTest {

  private static final int PATIENCE_MILLIS = 60_000;
  private static final int[] LENGTHS = {0, 1, 65_535, 65_536, 10 << 20};
  private static final long SEED = Long.getLong("selvedge.seed", 20_261_126L);

  @TempDir Path folder;

  private String agent(String name, String rest) {
    return ("agent \"%s\" { unix-socket path=\"%s\"; failure-mode \"closed\"; timeout \"20s\";"
            + " %s }\n")
        .formatted(name, folder.resolve(name), rest);
  }

  private static String route(String agents) {
    return """
    routes { route "r" { upstream "up"; agents %s; policies { max-body "200MiB" } } }
    """
        .formatted(agents);
  }

  private static byte[] plusOne(byte[] bytes) {
    byte[] changed = bytes.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i]++;
    }
    return changed;
  }

  private static byte[] doubled(byte[] bytes) {
    byte[] changed = new byte[bytes.length * 2];
    for (int i = 0; i < changed.length; i++) {
      changed[i] = bytes[i / 2];
    }
    return changed;
  }

  private static Decision refused(byte[] seen) {
    return Decision.block(418, "refused " + seen.length);
  }

  private static void post(RawClient client, byte[] body, boolean chunked, long seed)
      throws IOException {
    client.send("POST /x HTTP/1.1\r\nHost: a\r\n");
    if (!chunked) {
      client.send("Content-Length: " + body.length + "\r\n\r\n").send(body);
      return;
    }
    client.send("Transfer-Encoding: chunked\r\n\r\n");
    SplittableRandom random = new SplittableRandom(seed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < body.length; ) {
      int count = Math.min(body.length - at, 1 + random.nextInt(random.nextInt(2, 100_000)));
      out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(body, at, count);
      out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      at += count;
    }
    client.send(out.toByteArray()).send("0\r\n\r\n");
  }

  /** Sends on a thread of its own, so that the client reads while it still sends. */
  private static Thread posting(RawClient client, byte[] body, boolean chunked, long seed) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            post(client, body, chunked, seed);
          } catch (IOException answeredEarly) {
            assertThat(answeredEarly).isNotNull();
          }
        });
  }

  // ---- requests

  @Test
  void holdsTheRequestUntilTheVerdict() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent agent =
            BodyAgent.inspector(
                folder.resolve("hold"),
                REQUEST_BODY,
                body ->
                    upstream.untouched() && body.length != 13 ? Decision.ALLOW : refused(body));
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                route("\"hold\"")
                    + upstream.server().kdl("")
                    + agent("hold", "request-body \"hold\"; inspect-limit \"200MiB\""));
        RawClient client = proxy.client()) {
      post(client, new byte[13], false, 0);
      Answer refused = client.answer();
      assertThat(refused.status()).isEqualTo(418);
      assertThat(refused.text()).isEqualTo("refused 13");
      assertThat(upstream.untouched()).isTrue();
      byte[] body = Pattern.of(1, 3_000_000);
      post(client, body, true, SEED);
      assertThat(client.answer().text()).isEqualTo("ok");
      agent.seen();
      assertThat(agent.seen()).isEqualTo(body);
      assertThat(upstream.got().body()).isEqualTo(body);
      client.hangUp();
      proxy.awaitRest();
      Await.until("the file is closed", () -> proxy.metric("selvedge_spilled_bytes", "") == 0);
    }
  }

  /** Done when 5: chain of two replacers, an inspector, a blocker that allows; request side. */
  @Test
  void takesRequestBodiesPastAllKindsOfAgentsByteByByte() throws Exception {
    for (String mode : new String[] {"stream", "hold"}) {
      try (BodyUpstream upstream = BodyUpstream.start();
          BodyAgent _ =
              BodyAgent.replacer(folder.resolve(mode + ".one"), REQUEST_BODY, b -> plusOne(b));
          BodyAgent inspector =
              BodyAgent.inspector(
                  folder.resolve(mode + ".eye"), REQUEST_BODY, b -> Decision.ALLOW);
          BodyAgent _ =
              BodyAgent.replacer(folder.resolve(mode + ".two"), REQUEST_BODY, b -> doubled(b));
          BodyAgent blocker =
              BodyAgent.early(
                  folder.resolve(mode + ".block"), REQUEST_BODY, 1 << 20, b -> Decision.ALLOW);
          RunningProxy proxy =
              RunningProxy.startWithAgents(
                  1,
                  "",
                  route("\"m.one\" \"m.eye\" \"m.two\" \"m.block\"".replace("m.", mode + "."))
                      + upstream.server().kdl("")
                      + agent(mode + ".one", body(mode))
                      + agent(mode + ".eye", body("stream"))
                      + agent(mode + ".two", body(mode))
                      + agent(mode + ".block", body("stream")));
          RawClient client = proxy.client()) {
        client.socket().setSoTimeout(PATIENCE_MILLIS);
        for (int length : LENGTHS) {
          for (boolean chunked : new boolean[] {false, true}) {
            byte[] body = Pattern.of(SEED + length, length);
            posting(client, body, chunked, SEED + length);
            assertThat(client.answer().text()).isEqualTo("ok");
            byte[] arrived = upstream.got().body();
            assertThat(arrived).as(mode + length + chunked).isEqualTo(doubled(plusOne(body)));
            if (length > 0 || chunked) {
              assertThat(inspector.seen()).isEqualTo(body);
              assertThat(blocker.seen()).hasSizeLessThanOrEqualTo((1 << 20) + 65_536);
            }
          }
        }
        client.hangUp();
        proxy.awaitRest();
        Await.until("the file is closed", () -> proxy.metric("selvedge_spilled_bytes", "") == 0);
      }
    }
  }

  private static String body(String mode) {
    return "request-body \"" + mode + "\"; inspect-limit \"200MiB\"";
  }

  @Test
  void aLateBlockEndsTheUpstreamRequestAndAnswers() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ =
            BodyAgent.early(
                folder.resolve("block"), REQUEST_BODY, 1_000_000, AgentBodyBytesTest::refused);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                route("\"block\"") + upstream.server().kdl("") + agent("block", body("stream")));
        RawClient client = proxy.client()) {
      posting(client, new byte[20 << 20], false, 0);
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(418);
      assertThat(answer.field("connection")).isEqualTo("close");
      assertThat(upstream.server().received().length()).isBetween(1, 10 << 20);
      Await.until("the upstream's connection ends", () -> upstream.server().open() == 0);
      client.hangUp();
      proxy.awaitRest();
    }
  }

  @Test
  void answersExpectContinueItselfUnderHold() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ =
            BodyAgent.inspector(folder.resolve("hold"), REQUEST_BODY, b -> Decision.ALLOW);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                route("\"hold\"") + upstream.server().kdl("") + agent("hold", body("hold")));
        RawClient client = proxy.client()) {
      client.send(
          "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(100);
      client.send("abc");
      assertThat(client.answer().status()).isEqualTo(200);
      BodyUpstream.Got got = upstream.got();
      assertThat(got.body()).isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
      assertThat(got.head().toLowerCase(Locale.ROOT)).doesNotContain("expect");
    }
  }

  /** An agent that is silent at the end of the body runs into its own deadline. */
  @Test
  void aSilentAgentTakesItsFailureMode() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent _ =
            ScriptedAgent.start(
                folder.resolve("hold"),
                (call, event, flags) -> {
                  if (event instanceof AgentEvent.RequestHeaders) {
                    call.decide(Decision.NEEDS_MORE);
                  }
                },
                EventType.REQUEST_HEADERS,
                REQUEST_BODY);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                route("\"hold\"") + upstream.server().kdl("") + agent("hold", body("hold")));
        RawClient client = proxy.client()) {
      client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
      Await.until("the bytes are held", () -> proxy.metric("selvedge_buffered_bytes", "") >= 5);
      proxy.elapse(Duration.ofSeconds(25));
      client.send("67890");
      Await.until("the bytes are held", () -> proxy.metric("selvedge_buffered_bytes", "") >= 10);
      proxy.elapse(Duration.ofSeconds(25));
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.code()).isEqualTo("agent_timeout");
      assertThat(upstream.untouched()).isTrue();
      client.hangUp();
      proxy.awaitRest();
    }
  }

  // ---- responses

  private static String response(String mode) {
    return "events \"response_headers\"; response-body \"" + mode + "\"; inspect-limit \"200MiB\"";
  }

  private static RawClient get(RawClient client) throws IOException {
    return client.send(
        "GET /x HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip\r\n\r\n");
  }

  @Test
  void takesResponseBodiesPastAllKindsOfAgentsByteByByte() throws Exception {
    for (String mode : new String[] {"stream", "hold"}) {
      try (BodyUpstream upstream = BodyUpstream.start();
          BodyAgent _ =
              BodyAgent.replacer(
                  folder.resolve("r" + mode + ".one"), RESPONSE_BODY, b -> plusOne(b));
          BodyAgent inspector =
              BodyAgent.inspector(
                  folder.resolve("r" + mode + ".eye"), RESPONSE_BODY, b -> Decision.ALLOW);
          BodyAgent _ =
              BodyAgent.replacer(
                  folder.resolve("r" + mode + ".two"), RESPONSE_BODY, b -> doubled(b));
          BodyAgent blocker =
              BodyAgent.early(
                  folder.resolve("r" + mode + ".block"),
                  RESPONSE_BODY,
                  1 << 20,
                  b -> Decision.ALLOW);
          RunningProxy proxy =
              RunningProxy.startWithAgents(
                  1,
                  "",
                  route("\"m.one\" \"m.eye\" \"m.two\" \"m.block\"".replace("m.", "r" + mode + "."))
                      + upstream.server().kdl("")
                      + agent("r" + mode + ".one", response(mode))
                      + agent("r" + mode + ".eye", response("stream"))
                      + agent("r" + mode + ".two", response(mode))
                      + agent("r" + mode + ".block", response("stream")));
          RawClient client = proxy.client()) {
        client.socket().setSoTimeout(PATIENCE_MILLIS);
        for (int length : LENGTHS) {
          for (boolean chunked : new boolean[] {false, true}) {
            byte[] body = Pattern.of(SEED + length, length);
            answer(upstream, body, chunked);
            Answer answer = get(client).answer();
            assertThat(answer.body()).as(mode + length + chunked).isEqualTo(doubled(plusOne(body)));
            BodyUpstream.Got got = upstream.got();
            assertThat(got.head()).contains("accept-encoding: identity").doesNotContain("range:");
            if (length > 0 || chunked) {
              assertThat(inspector.seen()).isEqualTo(body);
              assertThat(blocker.seen()).hasSizeLessThanOrEqualTo((1 << 20) + 65_536);
              assertThat(answer.field("etag")).isNull();
              assertThat(answer.field("accept-ranges")).isNull();
            }
          }
        }
        client.hangUp();
        proxy.awaitRest();
        Await.until("the file is closed", () -> proxy.metric("selvedge_spilled_bytes", "") == 0);
      }
    }
  }

  private static void answer(BodyUpstream upstream, byte[] body, boolean chunked) {
    String head = "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nAccept-Ranges: bytes\r\n";
    if (!chunked) {
      upstream.answer(head + "Content-Length: " + body.length + "\r\n\r\n", body);
    } else if (body.length == 0) {
      upstream.answer(head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", body);
    } else {
      byte[] framed = new byte[body.length + 7];
      System.arraycopy(body, 0, framed, 0, body.length);
      System.arraycopy(
          "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0, framed, body.length, 7);
      upstream.answer(
          head + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length) + "\r\n",
          framed);
    }
  }

  @Test
  void blocksAHeldResponseBeforeItsFirstByteAndResetsAStreamingOne() throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ =
            BodyAgent.inspector(
                folder.resolve("hold"), RESPONSE_BODY, AgentBodyBytesTest::refused);
        BodyAgent _ =
            BodyAgent.early(
                folder.resolve("cut"), RESPONSE_BODY, 300_000, AgentBodyBytesTest::refused);
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                1,
                "",
                """
                routes {
                  route "h" { matches { path "/h" }; upstream "up"; agents "hold" }
                  route "c" { matches { path "/c" }; upstream "up"; agents "cut" }
                }
                """
                    + upstream.server().kdl("")
                    + agent("hold", response("hold"))
                    + agent("cut", response("stream")))) {
      byte[] body = Pattern.of(9, 2_000_000);
      answer(upstream, body, false);
      try (RawClient client = proxy.client()) {
        Answer answer = client.get("/h").answer();
        assertThat(answer.status()).isEqualTo(418);
        assertThat(answer.text()).isEqualTo("refused 2000000");
        Answer head = client.send("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n").answer(true);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.field("content-length")).isEqualTo("2000000");
      }
      try (RawClient client = proxy.client()) {
        client.get("/c");
        byte[] all = client.rest();
        assertThat(new String(all, 0, 15, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(all.length).isLessThan(body.length);
      }
      proxy.awaitRest();
    }
  }
}
