package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawAgent;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An agent that keeps to the letter of the protocol and means harm: it wears out nothing of the
 * proxy, and cannot keep it from being asked again or let go.
 */
@Timeout(120)
class AgentHostileTest {

  private static final byte[] NEEDS_MORE = {0x10, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  @TempDir Path folder;

  private RunningProxy proxy(String agent, String system) throws IOException {
    return RunningProxy.startWithAgents(
        1,
        system,
        """
        routes {
          route "bad" {
            matches { path-prefix "/bad" }; echo; agents "bad"; policies { max-body "1GiB" }
          }
          route "good" { matches { path "/good" }; echo; agents "good" }
        }
        agents {
          agent "bad" { unix-socket path="%s"; failure-mode "closed"; %s }
          agent "good" { unix-socket path="%s"; failure-mode "closed"; timeout "5s" }
        }
        """
            .formatted(folder.resolve("bad"), agent, folder.resolve("good")));
  }

  private ScriptedAgent good() throws IOException {
    return ScriptedAgent.deciding(folder.resolve("good"), Decision.ALLOW);
  }

  private static Answer get(RunningProxy proxy, String path) throws IOException {
    try (RawClient client = proxy.client()) {
      return client.get(path).answer();
    }
  }

  private static String code(RunningProxy proxy, String path) {
    try {
      return get(proxy, path).code();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Answers as asked, but for what a test makes of it. */
  private static class Allows implements RawAgent.Script {
    @Override
    public void asked(int call, RawAgent.Wire wire) throws IOException {
      wire.allow(call);
    }
  }

  // ---- leaving

  @Test
  void anAgentThatLeavesAgainAndAgainKeepsNoConnectionsOpen() throws Exception {
    RawAgent.Script leaves =
        new Allows() {
          @Override
          public boolean heard(int type, int call, byte[] payload, RawAgent.Wire wire)
              throws IOException {
            if (type == 0x03) {
              wire.frame(0x83, 0, 0, java.util.Arrays.copyOf(payload, 11));
              wire.frame(0x84, 0, 0);
            }
            return type == 0x03;
          }
        };
    try (RawAgent agent = RawAgent.start(folder.resolve("bad"), leaves);
        ScriptedAgent _ = good();
        RunningProxy proxy =
            RunningProxy.start(
                1,
                "",
                "routes { route \"bad\" { echo; agents \"bad\" } }\nagent \"bad\" { unix-socket"
                    + " path=\""
                    + folder.resolve("bad")
                    + "\"; failure-mode \"closed\" }")) {
      Await.until(
          "it has left ten times",
          () -> proxy.metric("selvedge_agent_connections", "agent=\"bad\"") >= 10);
      assertThat(agent.open()).isLessThanOrEqualTo(3);
    }
  }

  // ---- cancelled calls

  @Test
  void anAgentThatNeverConfirmsACancelIsCutOff() throws Exception {
    RawAgent.Script deaf =
        new RawAgent.Script() {
          @Override
          public void asked(int call, RawAgent.Wire wire) {}

          @Override
          public boolean heard(int type, int call, byte[] payload, RawAgent.Wire wire) {
            return type == 0x05;
          }

          @Override
          public RawAgent.Offer offer() {
            return new RawAgent.Offer(1, 0, 262_144, 4_194_304, 4);
          }
        };
    try (RawAgent _ = RawAgent.start(folder.resolve("bad"), deaf);
        ScriptedAgent _ = good();
        RunningProxy proxy =
            proxy("timeout \"50ms\"; circuit-breaker { failure-threshold 1000 }", "")) {
      for (int i = 0; i < 4; i++) {
        assertThat(get(proxy, "/bad").code()).isEqualTo("agent_timeout");
      }
      assertThat(get(proxy, "/bad").code()).isEqualTo("agent_queue_full");
      Await.until(
          "the connection is dropped and made again",
          () -> proxy.metric("selvedge_agent_connections", "agent=\"bad\"") >= 2);
      Await.until("it is asked again", () -> code(proxy, "/bad").equals("agent_timeout"));
    }
  }

  // ---- floods of what is allowed

  @Test
  void aFloodOfWhatSaysNothingIsCutOff() throws Exception {
    byte[] frames = frames(4_000);
    RawAgent.Script flood =
        new RawAgent.Script() {
          @Override
          public void asked(int call, RawAgent.Wire wire) throws IOException {
            for (int i = 0; i < 100_000; i++) {
              wire.raw(frames);
            }
          }
        };
    try (RawAgent _ = RawAgent.start(folder.resolve("bad"), flood);
        ScriptedAgent _ = good();
        RunningProxy proxy = proxy("timeout \"10s\"", "")) {
      assertThat(get(proxy, "/bad").code()).isEqualTo("agent_protocol");
      assertThat(get(proxy, "/good").status()).isEqualTo(200);
    }
  }

  /** Frames of a type that nobody knows, and grants of no bytes. */
  private static byte[] frames(int count) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(new byte[] {0, 0, 0, 0, (byte) 0xEE, 0, 0, 0, 0, 0});
      all.writeBytes(new byte[] {0, 0, 0, 4, (byte) 0x86, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    }
    return all.toByteArray();
  }

  // ---- credit without reading

  @Test
  void anAgentThatGrantsMuchAndReadsNothingHasNothingKeptForIt() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    RawAgent.Script greedy =
        new RawAgent.Script() {
          @Override
          public void asked(int call, RawAgent.Wire wire) throws IOException {
            wire.frame(0x90, 0, call, NEEDS_MORE);
            try {
              over.await();
            } catch (InterruptedException ended) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public RawAgent.Offer offer() {
            return new RawAgent.Offer(3, 0, 1 << 30, 1 << 30, 1_000);
          }
        };
    try (RawAgent _ = RawAgent.start(folder.resolve("bad"), greedy);
        ScriptedAgent _ = good();
        RunningProxy proxy =
            proxy("timeout \"1s\"; request-body \"stream\"; inspect-limit \"1GiB\"", "");
        RawClient client = proxy.client()) {
      client.send("POST /bad HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
      Thread.ofVirtual()
          .start(() -> {
            try {
              client.send(new byte[100_000_000]);
            } catch (IOException cutOff) {
              // As it should be.
            }
          });
      Answer answer = client.answer();
      assertThat(answer.code()).isEqualTo("agent_timeout");
      RecordView record =
          Objects.requireNonNull(
              proxy.record(Objects.requireNonNull(answer.field("x-request-id"))));
      assertThat(record.bytesIn()).isLessThan(4_000_000);
    } finally {
      over.countDown();
    }
  }

  @Test
  void anAgentThatReadsNoHeadsIsCutOffAndEachRequestIsAnswered() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    RawAgent.Script deaf =
        new RawAgent.Script() {
          @Override
          public void asked(int call, RawAgent.Wire wire) {
            try {
              over.await();
            } catch (InterruptedException ended) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (RawAgent _ = RawAgent.start(folder.resolve("bad"), deaf);
        ScriptedAgent _ = good();
        RunningProxy proxy =
            proxy(
                "timeout \"1ms\"; max-concurrent-calls 10000;"
                    + " circuit-breaker { failure-threshold 10000 }",
                "");
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(clients.submit(() -> areRefused(proxy, 80)));
      }
      for (Future<?> one : all) {
        one.get();
      }
      assertThat(proxy.metric("selvedge_agent_connections_lost", "agent=\"bad\"")).isPositive();
      proxy.awaitRest();
    } finally {
      over.countDown();
    }
  }

  /** By a head that is more than one write to the agent. */
  private static @Nullable Void areRefused(RunningProxy proxy, int requests) throws IOException {
    StringBuilder head = new StringBuilder("GET /bad/").append("q".repeat(7_900));
    head.append(" HTTP/1.1\r\nHost: a\r\n");
    for (String name : List.of("a", "b", "c")) {
      head.append("x-").append(name).append(": ").append("v".repeat(7_900)).append("\r\n");
    }
    String text = head.append("\r\n").toString();
    try (RawClient client = proxy.client()) {
      for (int i = 0; i < requests; i++) {
        assertThat(client.send(text).answer().status()).isEqualTo(503);
      }
    }
    return null;
  }

  // ---- replaced without an end

  /** Wants the body, replaces, and sends the same piece of a result for ever, or once. */
  private static RawAgent.Script pieces(byte[] result, int flags, boolean forEver) {
    return new RawAgent.Script() {
      @Override
      public void asked(int call, RawAgent.Wire wire) throws IOException {
        wire.frame(0x90, 0, call, NEEDS_MORE);
      }

      @Override
      public boolean heard(int type, int call, byte[] payload, RawAgent.Wire wire)
          throws IOException {
        if (type == 0x11) {
          do {
            wire.frame(0x91, flags, call, result);
            pause();
          } while (forEver);
        }
        return false;
      }

      @Override
      public RawAgent.Offer offer() {
        return new RawAgent.Offer(3, 1, 262_144, 4_194_304, 1_000);
      }
    };
  }

  /** Of the agent, that is: it works slowly. */
  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 16", "2, 16", "1, 16"})
  void aResultThatSaysNothingWithMoreToComeDropsTheConnection(int op, int flags) throws Exception {
    byte[] result = {0x11, (byte) op};
    try (RawAgent _ = RawAgent.start(folder.resolve("bad"), pieces(result, flags, true));
        ScriptedAgent _ = good();
        RunningProxy proxy = proxy("timeout \"2s\"; request-body \"hold\"", "");
        RawClient client = proxy.client()) {
      client.send("POST /bad HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345");
      assertThat(client.answer().code()).isEqualTo("agent_protocol");
      Await.until(
          "the connection is dropped",
          () -> proxy.metric("selvedge_agent_connections_lost", "agent=\"bad\"") == 1);
    }
  }

  @Test
  void aResultThatComesByteByByteForEverIsLate() throws Exception {
    byte[] result = {0x11, 1, 'x'};
    try (RawAgent _ = RawAgent.start(folder.resolve("bad"), pieces(result, 0x10, true));
        ScriptedAgent _ = good();
        RunningProxy proxy = proxy("timeout \"1s\"; request-body \"hold\"", "");
        RawClient client = proxy.client()) {
      client.send("POST /bad HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345");
      assertThat(client.answer().code()).isEqualTo("agent_timeout");
      client.hangUp();
      proxy.awaitRest();
    }
  }

  // ---- odd answers

  @ParameterizedTest
  @CsvSource({"100", "101", "199", "600", "999", "0", "65535"})
  void aStatusThatIsNoneDropsTheConnection(int status) throws Exception {
    try (RawAgent _ = RawAgent.start(folder.resolve("bad"), blocks(1, status, "", "words"));
        ScriptedAgent _ = good();
        RunningProxy proxy = proxy("timeout \"5s\"", "")) {
      assertThat(get(proxy, "/bad").code()).isEqualTo("agent_protocol");
    }
  }

  @ParameterizedTest
  @CsvSource({"200", "204", "205", "304", "404", "599"})
  void anAnswerOfAnyStatusLeavesTheConnectionInOrder(int status) throws Exception {
    try (RawAgent _ = RawAgent.start(folder.resolve("bad"), blocks(1, status, "", "words"));
        ScriptedAgent _ = good();
        RunningProxy proxy = proxy("timeout \"5s\"", "");
        RawClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        Answer answer = client.get("/bad").answer();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.field("transfer-encoding")).isNull();
        Answer bare = client.send("HEAD /bad HTTP/1.1\r\nHost: a\r\n\r\n").answer(true);
        assertThat(bare.status()).isEqualTo(status);
      }
      assertThat(client.get("/good").answer().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 302, x-a, b",
    "2, 200, location, /x",
    "2, 302, location, /x|set-cookie: a",
    "1, 403, content-length, 7",
    "1, 403, transfer-encoding, chunked",
    "1, 403, connection, close",
    "1, 403, upgrade, h2c",
    "1, 403, x-request-id, 1",
    "1, 403, expect, 100-continue"
  })
  void anAnswerThatWritesWhatIsNotItsDropsTheConnection(
      int verdict, int status, String name, String value) throws Exception {
    try (RawAgent _ =
            RawAgent.start(
                folder.resolve("bad"),
                blocks(verdict, status, name + "=" + value.replace("|", "\r\n"), ""));
        ScriptedAgent _ = good();
        RunningProxy proxy = proxy("timeout \"5s\"", "")) {
      assertThat(get(proxy, "/bad").code()).isEqualTo("agent_protocol");
    }
  }

  private static RawAgent.Script blocks(int verdict, int status, String field, String body) {
    ByteArrayOutputStream decision = new ByteArrayOutputStream();
    decision.writeBytes(new byte[] {0x10, (byte) verdict, (byte) (status >> 8), (byte) status});
    decision.writeBytes(new byte[10]);
    decision.writeBytes(new byte[] {0, (byte) (field.isEmpty() ? 0 : 1)});
    if (!field.isEmpty()) {
      text(decision, field.substring(0, field.indexOf('=')));
      text(decision, field.substring(field.indexOf('=') + 1));
    }
    decision.writeBytes(new byte[] {0, 0, 0, (byte) body.length()});
    decision.writeBytes(body.getBytes(StandardCharsets.US_ASCII));
    byte[] frame = decision.toByteArray();
    return (call, wire) -> wire.frame(0x90, 0, call, frame);
  }

  private static void text(ByteArrayOutputStream to, String text) {
    to.writeBytes(new byte[] {0, (byte) text.length()});
    to.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
