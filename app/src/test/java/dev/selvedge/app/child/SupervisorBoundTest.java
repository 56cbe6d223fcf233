package dev.selvedge.app.child;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.app.FaultyProgram;
import dev.selvedge.kernel.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever asks the supervisor goes on, whatever becomes of its thread. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SupervisorBoundTest {

  private static final Duration BOUND = Duration.ofMillis(50);

  @Test
  void doesNotWaitForAThreadThatStandsStill() throws Exception {
    LinkedBlockingQueue<String> log = new LinkedBlockingQueue<>();
    ChildCommand command = new ChildCommand(FaultyProgram.class.getName());
    CountDownLatch still = new CountDownLatch(1);
    try (Supervisor supervisor =
        Supervisor.start(command, new Metrics(), (level, text, rest) -> log.add(text), BOUND)) {
      supervisor.run(() -> await(still));
      assertThat(supervisor.want(List.of())).isEmpty();
      assertThat(log.poll(10, TimeUnit.SECONDS)).contains("does not answer within 50 ms");
      still.countDown();
    }
    assertThat(log).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
