package dev.selvedge.edge.proxy;

import static dev.selvedge.edge.protocol.EventType.REQUEST_BODY;
import static dev.selvedge.edge.protocol.EventType.REQUEST_HEADERS;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_BODY;
import static dev.selvedge.edge.protocol.EventType.RESPONSE_HEADERS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.agent.AgentInfo;
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
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies under {@code stream}, of which bytes have gone out before an agent blocks or is lost: what
 * went out is never made to look whole.
 */
@Timeout(120)
class AgentBodyStreamTest {

  private static final String HEAD_10 = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
  private static final String LOST = "lost";
  private static final int MORE_THAN_A_HEAD = 4096;

  @TempDir Path folder;

  private String agent(String name, String mode, EventType body) {
    String wants =
        body == REQUEST_BODY
            ? "request-body \"stream\""
            : "events \"response_headers\"; response-body \"stream\"";
    return ("agent \"%s\" { unix-socket path=\"%s\"; failure-mode \"%s\"; timeout \"20s\";"
            + " inspect-limit \"200MiB\"; %s }\n")
        .formatted(name, folder.resolve(name), mode, wants);
  }

  private static RunningProxy proxy(BodyUpstream upstream, String agents, String rest)
      throws IOException {
    return RunningProxy.startWithAgents(
        1,
        "",
        upstream.server().kdl("")
            + "routes { route \"r\" { upstream \"up\"; agents "
            + agents
            + "; policies { max-body \"200MiB\" } } }\n"
            + rest);
  }

  private static byte[] turned(byte[] bytes) {
    byte[] changed = bytes.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] ^= 1;
    }
    return changed;
  }

  private static String turned(String text) {
    return new String(turned(text.getBytes(US_ASCII)), US_ASCII);
  }

  /** Wants the body; answers the first chunk where it replaces, and says nothing more. */
  private ScriptedAgent answersOnce(EventType body, boolean replaces) throws IOException {
    EventType head = body == REQUEST_BODY ? REQUEST_HEADERS : RESPONSE_HEADERS;
    AgentInfo info = AgentInfo.of("once", head, body);
    boolean[] answered = new boolean[1];
    return ScriptedAgent.start(
        "unix:" + folder.resolve(LOST),
        (call, event, flags) -> {
          byte[] chunk =
              switch (event) {
                case AgentEvent.RequestBody some -> some.data();
                case AgentEvent.ResponseBody some -> some.data();
                default -> null;
              };
          if (chunk == null) {
            call.decide(Decision.NEEDS_MORE);
          } else if (replaces && !answered[0]) {
            answered[0] = true;
            call.replace(body, turned(chunk));
          }
        },
        replaces ? info.replacing(body) : info);
  }

  // ---- an agent lost

  /** What it answered stays as it made it, what it did not answer goes on as it was. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anOpenAgentLostInARequestIsLeftOut(boolean replaces) throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent lost = answersOnce(REQUEST_BODY, replaces);
        RunningProxy proxy = proxy(upstream, "\"lost\"", agent(LOST, "open", REQUEST_BODY));
        RawClient client = proxy.client()) {
      client.send(HEAD_10 + "12345");
      String first = replaces ? turned("12345") : "12345";
      Await.until("the first bytes are out", () -> upstream.server().received().contains(first));
      lost.vanish();
      client.send("67890");
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(new String(upstream.got().body(), US_ASCII)).isEqualTo(first + "67890");
      String id = String.valueOf(answer.field("x-request-id"));
      assertThat(String.valueOf(proxy.record(id))).contains("gap");
      client.hangUp();
      proxy.awaitRest();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClosedAgentLostInARequestEndsIt(boolean replaces) throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent lost = answersOnce(REQUEST_BODY, replaces);
        RunningProxy proxy = proxy(upstream, "\"lost\"", agent(LOST, "closed", REQUEST_BODY));
        RawClient client = proxy.client()) {
      client.send(HEAD_10 + "12345");
      String first = replaces ? turned("12345") : "12345";
      Await.until("the first bytes are out", () -> upstream.server().received().contains(first));
      lost.vanish();
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.code()).isEqualTo("agent_lost");
      Await.until("the upstream's connection ends", () -> upstream.server().open() == 0);
      assertThat(upstream.server().received()).doesNotContain("67890").contains(first);
      client.hangUp();
      proxy.awaitRest();
    }
  }

  @ParameterizedTest
  @CsvSource({"open,false", "open,true", "closed,false", "closed,true"})
  void anAgentLostInAResponse(String mode, boolean replaces) throws Exception {
    byte[] body = Pattern.of(3, 3_000_000);
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent lost = answersOnce(RESPONSE_BODY, replaces);
        RunningProxy proxy = proxy(upstream, "\"lost\"", agent(LOST, mode, RESPONSE_BODY));
        RawClient client = proxy.client()) {
      upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n", body);
      client.get("/x");
      Await.until("bytes are out", () -> available(client) > 2_000);
      lost.vanish();
      if (mode.equals("open")) {
        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        byte[] got = answer.body();
        assertThat(got).hasSize(body.length);
        int changed = 0;
        while (replaces && changed < got.length && got[changed] == (body[changed] ^ 1)) {
          changed++;
        }
        assertThat(changed > 0).isEqualTo(replaces);
        byte[] expected = body.clone();
        System.arraycopy(turned(body), 0, expected, 0, changed);
        assertThat(got).isEqualTo(expected);
      } else {
        String all = new String(client.rest(), ISO_8859_1);
        assertThat(all).startsWith("HTTP/1.1 200 ").hasSizeLessThan(body.length);
        assertThat(all).as("a chunked body's end").doesNotEndWith("\r\n0\r\n\r\n");
      }
      client.hangUp();
      proxy.awaitRest();
    }
  }

  /** Bytes that wait for the client. */
  private static int available(RawClient client) {
    try {
      return client.socket().getInputStream().available();
    } catch (IOException ended) {
      throw new AssertionError(ended);
    }
  }

  // ---- a blocker within a chain

  /** Replacer, inspector, blocker: the verdict comes when bytes are out on both sides of it. */
  @Test
  void aBlockerInAChainEndsTheRequestAndAnswers() throws Exception {
    byte[] body = Pattern.of(4, 20 << 20);
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ = BodyAgent.replacer(folder.resolve("one"), REQUEST_BODY, b -> turned(b));
        BodyAgent _ =
            BodyAgent.inspector(folder.resolve("eye"), REQUEST_BODY, b -> Decision.ALLOW);
        BodyAgent blocker =
            BodyAgent.early(
                folder.resolve("stop"),
                REQUEST_BODY,
                1_000_000,
                seen -> refusedOnceBytesAreOut(upstream));
        RunningProxy proxy =
            proxy(
                upstream,
                "\"one\" \"eye\" \"stop\"",
                agent("one", "closed", REQUEST_BODY)
                    + agent("eye", "closed", REQUEST_BODY)
                    + agent("stop", "closed", REQUEST_BODY));
        RawClient client = proxy.client()) {
      Thread sender = Thread.ofVirtual().start(() -> post(client, body));
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(418);
      assertThat(answer.text()).isEqualTo("refused");
      byte[] seen = blocker.seen();
      assertThat(seen).isEqualTo(Arrays.copyOf(body, seen.length));
      Await.until("the upstream's connection ends", () -> upstream.server().open() == 0);
      byte[] out = dataOfAnEndlessBody(upstream.server().received());
      assertThat(out.length).isBetween(1, 10 << 20);
      assertThat(out).isEqualTo(turned(Arrays.copyOf(body, out.length)));
      client.hangUp();
      sender.join();
      proxy.awaitRest();
    }
  }

  /** What the upstream has not read when its connection is reset would be lost. */
  private static Decision refusedOnceBytesAreOut(BodyUpstream upstream) {
    try {
      Await.until("bytes are out", () -> upstream.server().received().length() > MORE_THAN_A_HEAD);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return Decision.block(418, "refused");
  }

  /** The bytes of a chunked message that was cut; an end chunk must not be there. */
  private static byte[] dataOfAnEndlessBody(String message) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    int at = message.indexOf("\r\n\r\n") + 4;
    int line = message.indexOf("\r\n", at);
    while (line > 0) {
      int size = Integer.parseInt(message.substring(at, line), 16);
      assertThat(size).as("an end chunk").isPositive();
      int end = Math.min(message.length(), line + 2 + size);
      data.writeBytes(message.substring(line + 2, end).getBytes(ISO_8859_1));
      at = Math.min(message.length(), end + 2);
      line = message.indexOf("\r\n", at);
    }
    return data.toByteArray();
  }

  private static void post(RawClient client, byte[] body) {
    try {
      client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n");
      client.send(body);
    } catch (IOException answeredEarly) {
      assertThat(answeredEarly).isNotNull();
    }
  }

  @Test
  void aBlockerInAChainCutsTheResponseAndNeverEndsIt() throws Exception {
    byte[] body = Pattern.of(5, 20 << 20);
    try (BodyUpstream upstream = BodyUpstream.start();
        BodyAgent _ = BodyAgent.replacer(folder.resolve("one"), RESPONSE_BODY, b -> turned(b));
        BodyAgent _ =
            BodyAgent.inspector(folder.resolve("eye"), RESPONSE_BODY, b -> Decision.ALLOW);
        BodyAgent blocker =
            BodyAgent.early(
                folder.resolve("stop"),
                RESPONSE_BODY,
                1_000_000,
                seen -> Decision.block(418, "refused"));
        RunningProxy proxy =
            proxy(
                upstream,
                "\"one\" \"eye\" \"stop\"",
                agent("one", "closed", RESPONSE_BODY)
                    + agent("eye", "closed", RESPONSE_BODY)
                    + agent("stop", "closed", RESPONSE_BODY));
        RawClient client = proxy.client()) {
      upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n", body);
      client.get("/x");
      String all = new String(client.rest(), ISO_8859_1);
      assertThat(all).startsWith("HTTP/1.1 200 OK");
      byte[] out = dataOfAnEndlessBody(all);
      assertThat(out.length).isBetween(1, 10 << 20);
      assertThat(out).isEqualTo(turned(Arrays.copyOf(body, out.length)));
      byte[] seen = blocker.seen();
      assertThat(seen).isEqualTo(Arrays.copyOf(body, seen.length));
      client.hangUp();
      proxy.awaitRest();
    }
  }

  // ---- HEAD

  /**
   * A replacer may change the length of the body that GET would bring: HEAD must not promise it.
   */
  @Test
  void headNamesALengthOnlyWhereGetHasThatLength() throws Exception {
    for (boolean replaces : new boolean[] {false, true}) {
      try (BodyUpstream upstream = BodyUpstream.start();
          BodyAgent _ =
              replaces
                  ? BodyAgent.replacer(folder.resolve("head"), RESPONSE_BODY, b -> turned(b))
                  : BodyAgent.inspector(
                      folder.resolve("head"), RESPONSE_BODY, b -> Decision.ALLOW);
          RunningProxy proxy = proxy(upstream, "\"head\"", agent("head", "closed", RESPONSE_BODY));
          RawClient client = proxy.client()) {
        upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "12345".getBytes(US_ASCII));
        Answer get = client.get("/x").answer();
        assertThat(get.body()).hasSize(5);
        upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", new byte[0]);
        Answer head = client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n").answer(true);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.field("content-length")).isEqualTo(replaces ? null : "5");
        assertThat(get.field("content-length")).isEqualTo(replaces ? null : "5");
      }
    }
  }
}
