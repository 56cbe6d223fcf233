package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.ChaosClient;
import dev.selvedge.edge.proxy.rig.Leaks;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.UnsteadyUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Upstreams are killed, silenced, restarted, and lie, under load from clients that misbehave too:
 * no answer is wrong or mixed up, none is waited for in vain, nothing leaks, and every count is
 * back to rest afterwards. 10 s, or 60 s with {@code -Dselvedge.soak=true}.
 */
class ChaosTest {

  private static final long SECONDS = Boolean.getBoolean("selvedge.soak") ? 60 : 10;
  private static final int UPSTREAMS = 4;
  private static final int CLIENTS = 24;
  private static final int JOIN_MILLIS = 20_000;

  @Test
  void survivesUpstreamsThatFailAtRandom() throws Exception {
    long seed = Long.getLong("selvedge.seed", System.nanoTime());
    System.out.println("ChaosTest: -Dselvedge.seed=" + seed);
    long pinned = Leaks.pinned();
    try (Leaks leaks = Leaks.watch()) {
      chaos(seed);
      assertThat(leaks.found()).as("leaks, seed " + seed).isEmpty();
    }
    Await.until("pooled memory is free", () -> Leaks.pinned() <= pinned + 16);
  }

  private static void chaos(long seed) throws Exception {
    Random random = new Random(seed);
    List<UnsteadyUpstream> upstreams = new ArrayList<>();
    StringBuilder targets = new StringBuilder();
    for (int i = 0; i < UPSTREAMS; i++) {
      UnsteadyUpstream upstream = UnsteadyUpstream.start(random.nextLong());
      upstreams.add(upstream);
      targets.append("target \"127.0.0.1:").append(upstream.port()).append("\"; ");
    }
    String config =
        """
        routes { route "all" { upstream "up" } }
        upstreams { upstream "up" { %s
          load-balancing "least-connections"; max-connections 20; max-queue 10
          timeouts { connect "500ms"; first-byte "1s"; between-bytes "1s"; write-stall "1s"
            pool-wait "300ms"; idle "500ms" }
        } }
        """
            .formatted(targets);
    ChaosClient.Tally tally = new ChaosClient.Tally();
    Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    try (RunningProxy proxy = RunningProxy.start(2, "", config)) {
      AtomicBoolean stopped = new AtomicBoolean();
      List<Thread> clients = clients(proxy.port(), random, tally, wrong, stopped);
      long end = System.nanoTime() + SECONDS * 1_000_000_000L;
      while (System.nanoTime() < end && wrong.isEmpty()) {
        disturb(upstreams.get(random.nextInt(UPSTREAMS)), random);
      }
      stopped.set(true);
      for (Thread client : clients) {
        client.join(JOIN_MILLIS);
        assertThat(client.isAlive()).as("a client hangs, seed " + seed).isFalse();
      }
      assertThat(wrong).as("seed " + seed).isEmpty();
      atRest(proxy);
      healthy(proxy, upstreams, random);
    } finally {
      for (UnsteadyUpstream upstream : upstreams) {
        upstream.close();
      }
    }
    System.out.println("ChaosTest: " + tally);
    assertThat(tally.right().get()).isGreaterThan(SECONDS * 20);
    assertThat(tally.refused().get()).isPositive();
    assertThat(tally.cut().get()).isPositive();
  }

  private static List<Thread> clients(
      int port,
      Random random,
      ChaosClient.Tally tally,
      Queue<Throwable> wrong,
      AtomicBoolean stopped) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      ChaosClient client = new ChaosClient(port, random.nextLong(), tally);
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.run(stopped::get);
                } catch (java.io.IOException | RuntimeException | AssertionError failed) {
                  wrong.add(failed);
                }
              }));
    }
    return threads;
  }

  /** One more thing happens to one upstream; takes a moment. */
  private static void disturb(UnsteadyUpstream upstream, Random random) throws Exception {
    switch (random.nextInt(4)) {
      case 0 -> {
        upstream.kill();
        pause(random.nextInt(200));
        upstream.revive();
      }
      case 1 -> {
        upstream.accepting(false);
        pause(random.nextInt(300));
        upstream.accepting(true);
      }
      case 2 -> {
        upstream.kill();
        upstream.revive();
      }
      case 3 -> pause(random.nextInt(150));
      default -> throw new AssertionError();
    }
  }

  /** The rhythm of the disturbance, not a wait for anything. */
  private static void pause(int millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  private static void atRest(RunningProxy proxy) throws InterruptedException {
    proxy.awaitRest();
    Await.until(
        "the pool is empty after its idle time",
        () ->
            proxy.metric("selvedge_upstream_connections_open", "") == 0
                && proxy.metric("selvedge_upstream_connections_idle", "") == 0
                && proxy.metric("selvedge_upstream_queue", "") == 0
                && proxy.metric("selvedge_upstream_in_flight", "") == 0
                && proxy.metric("selvedge_client_addresses", "") == 0);
  }

  private static void healthy(RunningProxy proxy, List<UnsteadyUpstream> upstreams, Random random)
      throws Exception {
    for (UnsteadyUpstream upstream : upstreams) {
      upstream.steady();
    }
    ChaosClient.Tally tally = new ChaosClient.Tally();
    new ChaosClient(proxy.port(), random.nextLong(), tally).run(() -> tally.right().get() > 20);
    assertThat(tally.refused().get()).isZero();
    atRest(proxy);
  }
}
