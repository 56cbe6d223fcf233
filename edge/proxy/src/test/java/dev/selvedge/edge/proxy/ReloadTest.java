package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.proxy.exchange.Route;
import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reload under load fails no request, and one that cannot be had changes nothing (EDGE 7). */
class ReloadTest {

  @TempDir private Path folder;

  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final long SECONDS = SOAK ? 60 : 5;
  private static final int CLIENTS = 16;

  /** Each connection takes a port of this machine for a minute, and each reload ends some. */
  private static final long PAUSE_NANOS = SOAK ? 50_000_000 : 10_000_000;

  private static final int ANSWERS_BETWEEN = SOAK ? 1_000 : 50;

  private static String config(String listeners, String system, ScriptedUpstream... targets) {
    StringBuilder all = new StringBuilder();
    for (ScriptedUpstream target : targets) {
      all.append("target \"127.0.0.1:").append(target.port()).append("\"; ");
    }
    return """
    system { worker-threads 2; access-log "off"; limits { %s } }
    listeners { listener "web" { address "127.0.0.1:0" }; %s }
    routes {
      route "own" { matches { path-prefix "/own" }; respond { body "own" } }
      route "up" { matches { path-prefix "/" }; upstream "up" }
    }
    upstreams { upstream "up" { %s } }
    """
        .formatted(system, listeners, all);
  }

  private static final String SECOND = "listener \"second\" { address \"127.0.0.1:0\" }";

  @Test
  void failsNoRequestUnderLoad() throws Exception {
    try (ScriptedUpstream one = ScriptedUpstream.answering("first");
        ScriptedUpstream two = ScriptedUpstream.answering("other");
        RunningProxy proxy = RunningProxy.start(config("", "", one))) {
      List<String> good =
          List.of(
              config("", "max-in-flight 500", two),
              config(SECOND, "", one, two),
              config(SECOND, "max-fields 50", one),
              config("", "", two, one));
      AtomicBoolean stopped = new AtomicBoolean();
      AtomicLong answered = new AtomicLong();
      Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(i);
        boolean keep = i % 4 != 0;
        clients.add(
            Thread.ofVirtual()
                .start(() -> load(proxy.port(), keep, random, stopped, answered, wrong)));
      }
      long end = System.nanoTime() + SECONDS * 1_000_000_000L;
      int reloads = 0;
      while (System.nanoTime() < end && wrong.isEmpty()) {
        proxy.reload(good.get(reloads++ % good.size()));
        refusedReload(proxy, one);
        long goal = answered.get() + ANSWERS_BETWEEN;
        Await.until("load goes on", () -> answered.get() >= goal || !wrong.isEmpty());
      }
      stopped.set(true);
      for (Thread client : clients) {
        client.join(10_000);
        assertThat(client.isAlive()).isFalse();
      }
      assertThat(wrong).isEmpty();
      assertThat(reloads).isGreaterThan(5);
      System.out.println("ReloadTest: " + reloads + " reloads, " + answered + " answers");
      proxy.awaitRest();
    }
  }

  /** A listener on an address that is taken: the reload fails as a whole. */
  private static void refusedReload(RunningProxy proxy, ScriptedUpstream taken) {
    Set<String> before = proxy.proxy().addresses().keySet();
    String bad =
        config("listener \"bad\" { address \"127.0.0.1:" + taken.port() + "\" }", "", taken);
    assertThatThrownBy(() -> proxy.reload(bad)).isInstanceOf(IOException.class);
    assertThat(proxy.proxy().addresses().keySet()).isEqualTo(before);
  }

  private static void load(
      int port,
      boolean keep,
      Random random,
      AtomicBoolean stopped,
      AtomicLong answered,
      Queue<Throwable> wrong) {
    try {
      while (!stopped.get()) {
        try (RawClient client = RawClient.connect(port)) {
          boolean open = true;
          while (open && !stopped.get()) {
            boolean own = random.nextBoolean();
            Answer answer = client.get(own ? "/own" : "/x").answer();
            String text = answer.text();
            boolean right = own ? text.equals("own") : text.equals("first") || text.equals("other");
            if (answer.status() != 200 || !right) {
              throw new AssertionError(answer.status() + " " + text);
            }
            answered.incrementAndGet();
            open = keep && !"close".equals(answer.field("connection"));
          }
        }
        if (!keep) {
          // A client's own pause.
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    } catch (IOException | RuntimeException | AssertionError failed) {
      wrong.add(failed);
    }
  }

  @Test
  void finishesWhatIsInFlightOnTheOldConfiguration() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedUpstream slow =
            ScriptedUpstream.start(connection -> {
              connection.head();
              asked.countDown();
              awaitQuietly(go);
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
              connection.head();
            });
        ScriptedUpstream next = ScriptedUpstream.answering("next");
        RunningProxy proxy = RunningProxy.start(config("", "", slow));
        RawClient client = proxy.client()) {
      client.get("/x");
      asked.await();
      proxy.reload(config("", "", next));
      try (RawClient other = proxy.client()) {
        assertThat(other.get("/x").answer().text()).isEqualTo("next");
      }
      go.countDown();
      assertThat(client.answer().text()).isEqualTo("slow");
      assertThat(client.get("/x").answer().text()).isEqualTo("next");
      Await.until("the retired connection is closed", () -> slow.open() == 0);
    }
  }

  /** The routes are half made when it fails: not even a bound of theirs may have changed. */
  @Test
  void changesNothingWhereTheLastServiceCannotBeMade() throws Exception {
    Path root = Files.createDirectory(folder.resolve("gone"));
    Path spill = folder.resolve("spill");
    try (ScriptedUpstream up = ScriptedUpstream.answering("first");
        RunningProxy proxy = RunningProxy.start(config("", "", up));
        RawClient client = proxy.client()) {
      String own = "respond { body \"own\" }";
      Config bad =
          RunningProxy.parse(
              config("", "", up)
                  .replace("limits {", "spill-directory \"" + spill + "\"; limits {")
                  .replace(":" + up.port() + "\"", ":" + up.port() + "\" weight=2")
                  .replace(own, own + "; policies { max-in-flight 1; max-upgraded 0 }")
                  .replace(
                      "route \"up\"",
                      "route \"z\" { static { root \"" + root + "\" } }\nroute \"up\""));
      Files.delete(root);
      assertThatThrownBy(() -> proxy.proxy().reload(bad)).isInstanceOf(IOException.class);
      Route route = proxy.proxy().dataplane().snapshot().routes()[0];
      assertThat(route.inFlight().limit()).isEqualTo(Long.MAX_VALUE);
      assertThat(route.upgraded().limit()).isEqualTo(1000);
      assertThat(client.get("/x").answer().text()).isEqualTo("first");
      assertThat(proxy.metric("selvedge_upstream_connections_open", "upstream=\"up\""))
          .as("the gauge is still that of the upstream in force")
          .isEqualTo(1);
    }
  }

  @Test
  void keepsTheConnectionsOfARemovedListener() throws Exception {
    try (ScriptedUpstream up = ScriptedUpstream.answering("first");
        RunningProxy proxy = RunningProxy.start(config(SECOND, "", up));
        RawClient client = RawClient.connect(proxy.port("second"))) {
      assertThat(client.get("/own").answer().status()).isEqualTo(200);
      proxy.reload(config("", "", up));
      assertThat(client.get("/own").answer().text()).isEqualTo("own");
    }
  }

  /** A request that is on the wire when the drain half-closes idle connections is answered. */
  @Test
  void answersARequestThatArrivesAsTheDrainHalfCloses() throws Exception {
    for (int round = 0; round < 20; round++) {
      String system = "drain-delay \"0s\"";
      try (RunningProxy proxy =
              RunningProxy.start(1, system, "routes { route \"r\" { respond { body \"ok\" } } }");
          RawClient client = proxy.client()) {
        assertThat(client.get("/").answer().status()).isEqualTo(200);
        // The loop is held until the request has arrived and the drain's tasks are queued.
        CountDownLatch go = proxy.holdLoop();
        client.get("/");
        Thread drain = Thread.ofVirtual().start(() -> drainQuietly(proxy));
        Await.until("draining", () -> proxy.proxy().dataplane().draining());
        go.countDown();
        Answer answer = client.answer();
        assertThat(answer.text()).isEqualTo("ok");
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.closed()).isTrue();
        client.hangUp();
        drain.join();
      }
    }
  }

  /** Who still comes during the delay is served, and told to come elsewhere next time. */
  @Test
  void acceptsDuringTheDelayAndClosesAfterEachAnswer() throws Exception {
    String system = "drain-delay \"2s\"";
    try (RunningProxy proxy =
            RunningProxy.start(1, system, "routes { route \"r\" { respond { body \"ok\" } } }");
        RawClient kept = proxy.client()) {
      assertThat(kept.get("/").answer().field("connection")).isNull();
      Thread drain = Thread.ofVirtual().start(() -> drainQuietly(proxy));
      Await.until("draining", () -> proxy.proxy().dataplane().draining());
      assertThat(kept.get("/").answer().field("connection")).isEqualTo("close");
      try (RawClient late = proxy.client()) {
        assertThat(late.get("/").answer().field("connection")).isEqualTo("close");
      }
      drain.join();
    }
  }

  private static void drainQuietly(RunningProxy proxy) {
    try {
      proxy.proxy().drain();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
