package dev.selvedge.edge.proxy;

import static dev.selvedge.edge.protocol.EventType.REQUEST_BODY;
import static dev.selvedge.edge.protocol.EventType.REQUEST_HEADERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.BodyUpstream;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The row "spill for held bodies" of EDGE 4, and what a long body costs while it is held. */
@Timeout(120)
class BodyBoundsTest {

  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");

  /**
   * What the machine's other work may cost a request at the 99th percentile: nothing in the soak,
   * which is run on a quiet machine.
   */
  private static final long NOISE_NANOS = SOAK ? 0 : 5_000_000L;

  @TempDir Path folder;

  private String text(BodyUpstream upstream, String more) {
    return """
    routes {
      route "held" {
        matches { path "/held" }
        upstream "up"
        agents "a"
        policies { max-body "1GiB" }
      }
      route "free" { respond { body "ok" }; agents "a" }
    }
    %s
    agents {
      agent "a" {
        unix-socket path="%s"; failure-mode "closed"; timeout "60s"
        request-body "hold"; inspect-limit "1GiB"; %s
      }
    }
    """
        .formatted(upstream.server().kdl(""), folder.resolve("agent"), more);
  }

  /** Asks for bodies, takes them, and leaves their ends to the test. */
  private ScriptedAgent agent() throws IOException {
    ScriptedAgent agent =
        ScriptedAgent.waiting(folder.resolve("agent"), REQUEST_HEADERS, REQUEST_BODY);
    agent.script((call, event, flags) -> {
      boolean end = Flags.has(flags, Flags.END);
      if (event instanceof AgentEvent.RequestHeaders) {
        call.decide(end ? Decision.ALLOW : Decision.NEEDS_MORE);
      } else if (end) {
        agent.leave(call, event, flags);
      }
    });
    return agent;
  }

  private static RawClient post(RunningProxy proxy, int length) throws IOException {
    RawClient client = proxy.client();
    client.send("POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
    return client.send(new byte[length]);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesBodiesOverMaxSpill(int loops) throws Exception {
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent agent = agent();
        RunningProxy proxy =
            RunningProxy.startWithAgents(
                loops, "limits { max-spill \"640KiB\" }", text(upstream, ""))) {
      List<RawClient> held = new ArrayList<>();
      List<ScriptedAgent.Taken> ends = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        held.add(post(proxy, 192 * 1024));
        ends.add(agent.take());
      }
      assertThat(proxy.metric("selvedge_spilled_bytes", ""))
          .isBetween(2L * 100 * 1024, 2L * 192 * 1024);
      try (RawClient client = post(proxy, 700 * 1024)) {
        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("spill_full");
        assertThat(answer.field("retry-after")).isEqualTo("1");
      }
      assertThat(proxy.metric("selvedge_failures", "source=\"limit\",code=\"spill_full\""))
          .isEqualTo(1);
      assertThat(upstream.untouched()).isTrue();
      for (int i = 0; i < 2; i++) {
        ends.get(i).decide(Decision.ALLOW);
        assertThat(held.get(i).answer().status()).isEqualTo(200);
        held.get(i).close();
        assertThat(upstream.got().body()).isEqualTo(new byte[192 * 1024]);
      }
      Await.until("nothing is spilled", () -> proxy.metric("selvedge_spilled_bytes", "") == 0);
      proxy.awaitRest();
    }
  }

  @Test
  void spillsIntoTheFolderThatIsConfigured() throws Exception {
    Path spill = folder.resolve("spill");
    String system = "spill-directory \"" + spill + "\"";
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent agent = agent();
        RunningProxy proxy = RunningProxy.startWithAgents(1, system, text(upstream, ""));
        RawClient client = post(proxy, 1 << 20)) {
      ScriptedAgent.Taken end = agent.take();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spill)))
          .isEqualTo("rwx------");
      assertThat(openBelow(spill)).isEqualTo(1);
      assertThat(spill).isEmptyDirectory();
      end.decide(Decision.block(403, "no"));
      assertThat(client.answer().status()).isEqualTo(403);
      assertThat(upstream.untouched()).isTrue();
      Await.until("the file is closed", () -> openBelow(spill) == 0);
    }
    Files.setPosixFilePermissions(spill, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (BodyUpstream upstream = BodyUpstream.start()) {
      assertThatThrownBy(() -> RunningProxy.start(1, system, text(upstream, "")).close())
          .hasMessageContaining("0700");
    }
  }

  private static int openBelow(Path folder) {
    int count = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : all) {
        try {
          count += Files.readSymbolicLink(descriptor).startsWith(folder) ? 1 : 0;
        } catch (NoSuchFileException closedMeanwhile) {
          count += 0;
        }
      }
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
    return count;
  }

  /**
   * 100 MiB held with 1 MiB of memory; the upstream sees no byte of it before the verdict, none if
   * it is refused; calls about heads on the agent's one connection are not held up by it.
   */
  @Test
  void holdsALongBodyInLittleMemoryAndHoldsNobodyUp() throws Exception {
    String system = "limits { max-buffered \"1MiB\" }";
    try (BodyUpstream upstream = BodyUpstream.start();
        ScriptedAgent agent = agent();
        RunningProxy proxy = RunningProxy.startWithAgents(1, system, text(upstream, ""));
        RawClient headers = proxy.client()) {
      windows(proxy, headers, 10, () -> true);
      long before = windows(proxy, headers, 7, () -> true);
      for (boolean allowed : new boolean[] {false, true}) {
        try (RawClient client = proxy.client()) {
          Thread sender = Thread.ofPlatform().start(() -> sendSlowly(client, 100));
          long during = windows(proxy, headers, 10_000, sender::isAlive);
          ScriptedAgent.Taken end = agent.take();
          assertThat(upstream.untouched()).isTrue();
          assertThat(proxy.metric("selvedge_spilled_bytes", "")).isGreaterThan(99L << 20);
          long without = Math.max(before, windows(proxy, headers, 7, () -> true));
          System.out.printf(
              "p99 of heads: %d us, beside a long body %d us%n", without / 1_000, during / 1_000);
          assertThat(during).as("p99 in ns").isLessThan(2 * without + NOISE_NANOS);
          end.decide(allowed ? Decision.ALLOW : Decision.block(403, "no"));
          assertThat(client.answer().status()).isEqualTo(allowed ? 200 : 403);
          assertThat(upstream.untouched()).isEqualTo(!allowed);
        }
      }
      assertThat(upstream.got().body()).hasSize(100 << 20);
      Await.until("nothing is spilled", () -> proxy.metric("selvedge_spilled_bytes", "") == 0);
    }
  }

  /** The median of the 99th percentiles of so many windows, or as long as they shall go on. */
  private static long windows(
      RunningProxy proxy, RawClient client, int most, BooleanSupplier goesOn) throws IOException {
    List<Long> all = new ArrayList<>();
    while (all.size() < most && goesOn.getAsBoolean()) {
      all.add(heads(proxy, client, 300));
    }
    Collections.sort(all);
    return all.get(all.size() / 2);
  }

  /** Requests about which the agent decides by the head alone: their 99th percentile, in nanos. */
  private static long heads(RunningProxy proxy, RawClient client, int count) throws IOException {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      assertThat(client.get("/free").answer().status()).isEqualTo(200);
      nanos[i] = System.nanoTime() - start;
      assertThat(proxy.metric("selvedge_buffered_bytes", "")).isLessThanOrEqualTo(1 << 20);
    }
    Arrays.sort(nanos);
    return nanos[count * 99 / 100];
  }

  /** So many MiB at 25 MiB a second, so that what is measured beside it is not its CPU time. */
  private static void sendSlowly(RawClient client, int mebibytes) {
    try {
      client.send(
          "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: " + (mebibytes << 20) + "\r\n\r\n");
      byte[] part = new byte[256 * 1024];
      long start = System.nanoTime();
      for (int i = 1; i <= mebibytes * 4; i++) {
        client.send(part);
        long due = start + i * 10_000_000L;
        java.util.concurrent.locks.LockSupport.parkNanos(due - System.nanoTime());
      }
    } catch (IOException ended) {
      throw new AssertionError(ended);
    }
  }
}
