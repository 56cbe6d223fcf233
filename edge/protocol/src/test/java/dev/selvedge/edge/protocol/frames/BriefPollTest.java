package dev.selvedge.edge.protocol.frames;

import static io.netty.channel.SelectStrategy.CONTINUE;
import static io.netty.channel.SelectStrategy.SELECT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A look takes a microsecond of the test's clock, and the yield after it as long as is set. */
class BriefPollTest {

  private static final int LOOK_NANOS = 1_000;

  private long now;
  private long yieldNanos;
  private int looks;
  private int readyAtLook;

  private final BriefPoll poll = new BriefPoll(this::clock);

  private long clock() {
    return now;
  }

  private int look() {
    looks++;
    now += LOOK_NANOS + yieldNanos;
    return looks == readyAtLook ? 3 : 0;
  }

  /** One wait: looks until it sleeps or has events; returns how it ended. */
  private int await() throws Exception {
    looks = 0;
    int strategy;
    do {
      strategy = poll.calculateStrategy(this::look, false);
    } while (strategy == CONTINUE);
    return strategy;
  }

  @Test
  void returnsWhatItSees() throws Exception {
    readyAtLook = 7;
    for (int i = 0; i < 1_000; i++) {
      assertThat(await()).isEqualTo(3);
      assertThat(looks).isEqualTo(7);
    }
  }

  @Test
  void looksNoLongerThanItsBound() throws Exception {
    assertThat(await()).isEqualTo(SELECT);
    assertThat(looks).isEqualTo((int) (BriefPoll.POLL_NANOS / LOOK_NANOS) + 1);
  }

  @Test
  void hardlyLooksWhereNothingComesSoon() throws Exception {
    int all = 0;
    int waits = 100 * BriefPoll.REST_MAX;
    for (int i = 0; i < waits; i++) {
      assertThat(await()).isEqualTo(SELECT);
      all += looks;
    }
    assertThat(all / waits).isLessThanOrEqualTo(1);
  }

  @Test
  void looksEachTimeAgainAfterASuccess() throws Exception {
    for (int i = 0; i < 500; i++) {
      await();
    }
    readyAtLook = 2;
    int waits = 0;
    while (await() == SELECT) {
      waits++;
    }
    assertThat(waits).isLessThanOrEqualTo(BriefPoll.REST_MAX);
    assertThat(await()).isEqualTo(3);
  }

  @Test
  void sleepsSoonWhereOthersTakeTheCore() throws Exception {
    yieldNanos = BriefPoll.POLL_NANOS;
    assertThat(await()).isEqualTo(SELECT);
    assertThat(looks).isEqualTo(2);
    assertThat(await()).isEqualTo(SELECT);
    assertThat(looks).isZero();
  }

  @Test
  void neverSleepsWhileTasksWait() throws Exception {
    for (int i = 0; i < 500; i++) {
      assertThat(poll.calculateStrategy(() -> 0, true)).isZero();
    }
  }
}
