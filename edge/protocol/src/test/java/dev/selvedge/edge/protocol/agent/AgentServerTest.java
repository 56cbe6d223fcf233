package dev.selvedge.edge.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.Verdict;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents behind real sockets, in this process and in one of their own. */
class AgentServerTest {

  @TempDir Path folder;

  /** Where to listen. */
  String address() {
    return "unix:" + folder.resolve("agent.sock");
  }

  /** Where nobody listens. */
  String nowhere() {
    return address();
  }

  @Test
  void answersAboutRequestAndResponseOfOneCall() throws Exception {
    try (AgentServer server = AgentServer.listen(new TestAgents.Labels(), address());
        ProxySide proxy = ProxySide.ready(server.address())) {
      int id = proxy.open("a", Flags.END);
      assertThat(proxy.told.next())
          .isEqualTo("a request_headers Allow[ x-seen=GET /api/v1/users/12345]");
      proxy.on(() -> {
        proxy.channel.responseHeaders(id, Flags.END, Heads.response(204));
        return 0;
      });
      assertThat(proxy.told.next()).isEqualTo("a response_headers Allow[ x-was=204]");
      proxy.complete(id);
      assertThat(proxy.health()).isEqualTo("health HEALTHY");
      assertThat(proxy.on(proxy.channel::openCalls)).isZero();
    }
  }

  @Test
  void tellsWhereAConfigurationIsWrong() throws Exception {
    try (AgentServer server = AgentServer.listen(new TestAgents.Labels(), address());
        ProxySide proxy = new ProxySide(server.address())) {
      assertThat(proxy.told.next()).isEqualTo("ready labels");
      proxy.configure(List.of(new ConfigNode("colour", 12, 5, List.of(), List.of(), List.of())));
      assertThat(proxy.told.next())
          .isEqualTo("configured [ConfigProblem[line=12, column=5, message=unknown colour]]");
      assertThat(proxy.health()).isEqualTo("health WARMING");
    }
  }

  @Test
  void replacesBodiesByteForByteUnderCredit() throws Exception {
    try (AgentServer server = AgentServer.listen(new TestAgents.Doubling(), address());
        ProxySide proxy = new ProxySide(server.address())) {
      for (int size : new int[] {0, 1, 65_535, 65_536, 1_000_000}) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        byte[] replaced = proxy.bodyCall(server.address(), body).done.get(20, TimeUnit.SECONDS);
        assertThat(replaced).isEqualTo(TestAgents.Doubling.doubled(body));
      }
    }
  }

  @Test
  void anInspectorSeesABodyManyTimesItsCredit() throws Exception {
    try (AgentServer server = AgentServer.listen(new TestAgents.Counting(), address());
        ProxySide proxy = new ProxySide(server.address())) {
      Decision decision =
          proxy.bodyCall(server.address(), new byte[20_000_000]).decision.get(20, TimeUnit.SECONDS);
      assertThat(decision.verdict())
          .isInstanceOfSatisfying(
              Verdict.Block.class,
              block ->
                  assertThat(new String(block.answer().body(), StandardCharsets.UTF_8))
                      .isEqualTo("counted 20000000"));
    }
  }

  @Test
  void takesNoCallsBeforeItIsWarm() throws Exception {
    TestAgents.Slow agent = new TestAgents.Slow();
    try (AgentServer server = AgentServer.listen(agent, address());
        ProxySide proxy = new ProxySide(server.address())) {
      proxy.told.next();
      proxy.configure(List.of());
      assertThat(proxy.health()).isEqualTo("health WARMING");
      proxy.openOnly("early");
      assertThat(proxy.told.next()).isEqualTo("early ended warming");
      agent.warm.countDown();
      assertThat(proxy.told.next()).isEqualTo("configured []");
      assertThat(proxy.health()).isEqualTo("health HEALTHY");
      agent.answer.countDown();
      proxy.openOnly("late");
      assertThat(proxy.told.next()).isEqualTo("late request_headers Allow[] over");
    }
  }

  @Test
  void answersOpenCallsBeforeItLeaves() throws Exception {
    TestAgents.Slow agent = new TestAgents.Slow();
    agent.warm.countDown();
    try (AgentServer server = AgentServer.listen(agent, address());
        ProxySide proxy = ProxySide.ready(server.address())) {
      proxy.openOnly("a");
      PipedOutputStream control = new PipedOutputStream();
      server.endWith(new PipedInputStream(control));
      control.close();
      assertThat(proxy.told.next()).isEqualTo("leaving");
      assertThat(proxy.openOnly("b")).isZero();
      agent.answer.countDown();
      assertThat(proxy.told.next()).isEqualTo("a request_headers Allow[] over");
      assertThat(proxy.told.next()).isEqualTo("lost DRAINED");
      server.await();
    }
  }

  @Test
  void aCancelIsConfirmedWhileTheAgentIsStillBusy() throws Exception {
    TestAgents.Slow agent = new TestAgents.Slow();
    agent.warm.countDown();
    try (AgentServer server = AgentServer.listen(agent, address());
        ProxySide proxy = ProxySide.ready(server.address())) {
      int id = proxy.openOnly("a");
      proxy.on(() -> {
        proxy.channel.cancel(id);
        return 0;
      });
      assertThat(proxy.health()).isEqualTo("health HEALTHY");
      assertThat(proxy.on(proxy.channel::openCalls)).isZero();
      agent.answer.countDown();
    }
  }

  @Test
  void anExceptionGivesTheCallUpAndNothingElse() throws Exception {
    try (AgentServer server = AgentServer.listen(new TestAgents.Broken(), address());
        ProxySide proxy = ProxySide.ready(server.address())) {
      proxy.openOnly("a");
      assertThat(proxy.told.next()).isEqualTo("a ended java.lang.IllegalStateException: a bug");
      assertThat(proxy.health()).isEqualTo("health HEALTHY");
    }
  }

  @Test
  void tellsThatNobodyListens() throws Exception {
    try (ProxySide proxy = new ProxySide(nowhere())) {
      assertThat(proxy.told.next()).isEqualTo("lost CONNECT_FAILED");
    }
  }

  @Test
  void aKilledProcessLosesItsCallsAtOnce() throws Exception {
    Process process = start("labels");
    try (ProxySide proxy = ProxySide.ready(ready(process))) {
      proxy.open("a", Flags.END);
      assertThat(proxy.told.next()).startsWith("a request_headers Allow");
      long killed = System.nanoTime();
      process.destroyForcibly();
      assertThat(proxy.told.next()).isEqualTo("a lost CLOSED_BY_AGENT");
      assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(5));
      assertThat(proxy.told.next()).isEqualTo("lost CLOSED_BY_AGENT");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aProcessEndsWithThePipeOfItsParent() throws Exception {
    Process process = start("labels");
    try {
      ready(process);
      process.getOutputStream().close();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(String agent) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            TestAgents.class.getName(),
            agent,
            address())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Waits for the line {@code ready ADDRESS} and returns the address. */
  private static String ready(Process process) throws Exception {
    String line = process.inputReader(StandardCharsets.UTF_8).readLine();
    assertThat(line).startsWith("ready ");
    return line.substring("ready ".length());
  }
}
