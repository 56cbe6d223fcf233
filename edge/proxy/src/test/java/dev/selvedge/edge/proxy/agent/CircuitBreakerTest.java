package dev.selvedge.edge.proxy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.AgentConfig.Breaker;
import dev.selvedge.edge.proxy.agent.CircuitBreaker.Pass;
import dev.selvedge.edge.proxy.agent.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The breaker as EDGE 5 writes it, with time as an argument. */
class CircuitBreakerTest {

  private static final long SECOND = 1_000_000_000L;

  private long now = 17 * SECOND;

  private static CircuitBreaker breaker(int failures, int successes) {
    return new CircuitBreaker(
        new Breaker(failures, successes, Duration.ofSeconds(30), Duration.ofSeconds(30)));
  }

  private void fail(CircuitBreaker breaker, int times) {
    for (int i = 0; i < times; i++) {
      breaker.failed(breaker.tryPass(now), now);
    }
  }

  private void succeed(CircuitBreaker breaker, int times) {
    for (int i = 0; i < times; i++) {
      breaker.succeeded(breaker.tryPass(now), now);
    }
  }

  @Test
  void opensAtTheThreshold() {
    CircuitBreaker breaker = breaker(3, 2);
    fail(breaker, 2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.REFUSED);
  }

  @Test
  void threeSlowRequestsAmongManyDoNotOpenIt() {
    CircuitBreaker breaker = breaker(3, 2);
    succeed(breaker, 28);
    fail(breaker, 3);
    assertThat(breaker.state()).as("3 of 31").isEqualTo(State.CLOSED);
    fail(breaker, 1);
    assertThat(breaker.state()).as("4 of 32").isEqualTo(State.OPEN);
  }

  @Test
  void forgetsFailuresOutsideTheWindow() {
    CircuitBreaker breaker = breaker(3, 2);
    fail(breaker, 2);
    now += 30 * SECOND + 1;
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    now += 29 * SECOND;
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void probesAtOnceOverANewConnectionButNotMoreThanOnceASecond() {
    CircuitBreaker breaker = breaker(1, 2);
    fail(breaker, 1);
    now += 3 * SECOND;
    breaker.reconnected(now);
    Pass probe = breaker.tryPass(now);
    assertThat(probe).isEqualTo(Pass.PROBE);
    breaker.failed(probe, now);
    breaker.reconnected(now);
    assertThat(breaker.tryPass(now + SECOND - 1)).isEqualTo(Pass.REFUSED);
    now += SECOND;
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.PROBE);
  }

  @Test
  void aNewConnectionChangesNothingWhereItIsClosed() {
    CircuitBreaker breaker = breaker(3, 2);
    fail(breaker, 2);
    breaker.reconnected(now);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void probesOneAtATimeAndCloses() {
    CircuitBreaker breaker = breaker(1, 2);
    fail(breaker, 1);
    now += 30 * SECOND - 1;
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.REFUSED);
    now += 1;
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.PROBE);
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.REFUSED);
    breaker.succeeded(Pass.PROBE, now);
    assertThat(breaker.state()).isEqualTo(State.PROBING);
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.PROBE);
    breaker.abandoned(Pass.PROBE);
    assertThat(breaker.tryPass(now)).as("an abandoned probe is made again").isEqualTo(Pass.PROBE);
    breaker.succeeded(Pass.PROBE, now);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.NORMAL);
  }

  @Test
  void aProbeThatFailsOpensItAnew() {
    CircuitBreaker breaker = breaker(1, 2);
    fail(breaker, 1);
    now += 30 * SECOND;
    breaker.succeeded(breaker.tryPass(now), now);
    breaker.failed(breaker.tryPass(now), now);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    now += 29 * SECOND;
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.REFUSED);
  }

  @Test
  void callsLetPassBeforeItOpenedChangeNothingAfter() {
    CircuitBreaker breaker = breaker(2, 1);
    Pass early = breaker.tryPass(now);
    fail(breaker, 2);
    breaker.succeeded(early, now);
    breaker.failed(early, now);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    now += 30 * SECOND;
    assertThat(breaker.tryPass(now)).isEqualTo(Pass.PROBE);
    breaker.failed(early, now);
    assertThat(breaker.state()).as("only the probe speaks").isEqualTo(State.PROBING);
  }

  @Test
  void startsAfreshOnceClosed() {
    CircuitBreaker breaker = breaker(3, 1);
    fail(breaker, 3);
    now += 30 * SECOND;
    breaker.succeeded(breaker.tryPass(now), now);
    fail(breaker, 2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  /** Against a list of every call: opens exactly when threshold and share are reached. */
  @Test
  void opensAsAListOfAllCallsSays() {
    long seed = Long.getLong("selvedge.seed", 20_261_123L);
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      SplittableRandom random = seeds.split();
      int threshold = random.nextInt(1, 6);
      CircuitBreaker breaker = breaker(threshold, 1);
      ArrayDeque<long[]> calls = new ArrayDeque<>();
      long step = 30 * SECOND / 32;
      now = random.nextLong(1, 1_000) * step;
      for (int i = 0; i < 400 && breaker.state() == State.CLOSED; i++) {
        now += random.nextInt(3) == 0 ? step : 0;
        boolean fails = random.nextInt(8) == 0;
        calls.add(new long[] {now, fails ? 1 : 0});
        if (fails) {
          breaker.failed(Pass.NORMAL, now);
        } else {
          breaker.succeeded(Pass.NORMAL, now);
        }
        calls.removeIf(call -> now - call[0] > 32 * step);
        long failed = calls.stream().mapToLong(call -> call[1]).sum();
        long counted = calls.stream().filter(call -> now - call[0] <= 31 * step).count();
        long failedLately =
            calls.stream()
                .filter(call -> now - call[0] <= 31 * step)
                .mapToLong(call -> call[1])
                .sum();
        boolean opens =
            fails && failed >= threshold && Math.max(failedLately, threshold) * 10 >= counted;
        assertThat(breaker.state() == State.OPEN)
            .as("seed %d, round %d, call %d: %d of %d", seed, round, i, failed, calls.size())
            .isEqualTo(opens);
      }
    }
  }

  @Test
  void letsOneOfManyThreadsProbe() throws InterruptedException {
    CircuitBreaker breaker = breaker(1, 1);
    fail(breaker, 1);
    now += 30 * SECOND;
    AtomicInteger probes = new AtomicInteger();
    CountDownLatch together = new CountDownLatch(1);
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  together.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                if (breaker.tryPass(now) == Pass.PROBE) {
                  probes.incrementAndGet();
                }
              });
    }
    together.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(probes.get()).isEqualTo(1);
  }
}
