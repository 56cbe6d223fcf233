package dev.selvedge.app.child;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.app.child.ChildPlan.State;
import dev.selvedge.app.child.ChildPlan.Step;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A plan under a clock that only the test moves. */
class ChildPlanTest {

  private static final long MILLI = 1_000_000L;

  private long now = -5_000 * MILLI;
  private final ChildPlan plan = new ChildPlan(now, new Random(1));

  /** All that is due up to that time, one event of the clock after the other. */
  private List<Step> during(Duration time) {
    List<Step> steps = new ArrayList<>();
    long end = now + time.toNanos();
    do {
      for (Step step = plan.next(now); step != Step.NOTHING; step = plan.next(now)) {
        steps.add(step);
      }
      now = Math.min(Math.max(plan.dueAt(), now + 1), end);
    } while (now < end);
    return steps;
  }

  private void start() {
    assertThat(during(Duration.ofMillis(1))).containsExactly(Step.SPAWN);
    plan.answered(now, HealthReport.State.HEALTHY);
    assertThat(plan.state()).isEqualTo(State.HEALTHY);
  }

  /** Healthy for that long. */
  private void live(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 500) {
      assertThat(during(Duration.ofMillis(500))).isSubsetOf(Step.ASK);
      plan.answered(now, HealthReport.State.HEALTHY);
    }
  }

  /** Dies; how long until it is started again. */
  private long deathToStart() {
    plan.exited(now, "died");
    long from = now;
    while (plan.next(now) != Step.SPAWN) {
      now = plan.dueAt();
    }
    return (now - from) / MILLI;
  }

  @Test
  void asksOftenUntilItIsHealthyAndThenTwiceASecond() {
    assertThat(during(Duration.ofMillis(1))).containsExactly(Step.SPAWN);
    assertThat(plan.state()).isEqualTo(State.STARTING);
    assertThat(during(Duration.ofSeconds(1))).hasSizeBetween(19, 21).containsOnly(Step.ASK);
    plan.answered(now, HealthReport.State.WARMING);
    assertThat(plan.state()).isEqualTo(State.STARTING);
    plan.answered(now, HealthReport.State.HEALTHY);
    assertThat(during(Duration.ofMillis(1_100))).containsExactly(Step.ASK, Step.ASK);
  }

  @Test
  void killsAChildThatIsSilentForTwoSeconds() {
    start();
    live(Duration.ofSeconds(3));
    List<Step> steps = during(Duration.ofMillis(2_600));
    assertThat(steps).endsWith(Step.KILL).containsOnlyOnce(Step.KILL);
    assertThat(plan.state()).isEqualTo(State.KILLING);
    assertThat(plan.reason()).contains("no answer");
    plan.exited(now, "ended with code 137");
    assertThat(plan.state()).isEqualTo(State.WAITING);
    assertThat(plan.reason()).as("the cause, not its effect").contains("no answer");
  }

  @Test
  void killsAChildThatFallsSilentBeforeItIsHealthy() {
    during(Duration.ofMillis(1));
    plan.answered(now, HealthReport.State.WARMING);
    assertThat(during(Duration.ofMillis(2_200))).contains(Step.KILL);
  }

  @Test
  void killsAChildThatIsNotHealthyInTime() {
    during(Duration.ofMillis(1));
    for (long i = ChildPlan.START_MAX.toSeconds(); i > 1; i--) {
      assertThat(during(Duration.ofSeconds(1))).doesNotContain(Step.KILL);
      plan.answered(now, HealthReport.State.WARMING);
    }
    assertThat(during(Duration.ofMillis(1_200))).contains(Step.KILL);
  }

  @Test
  void replacesAChildThatSaysItIsNotHealthy() {
    start();
    plan.answered(now, HealthReport.State.UNHEALTHY);
    assertThat(plan.next(now)).isEqualTo(Step.KILL);
  }

  @Test
  void startsAtOnceAfterAGoodLife() {
    start();
    live(Duration.ofSeconds(11));
    assertThat(deathToStart()).isZero();
    assertThat(plan.restarts()).isEqualTo(1);
  }

  @Test
  void backsOffLongerAfterEachShortLife() {
    start();
    long[] most = {50, 100, 200, 400};
    for (long bound : most) {
      assertThat(deathToStart()).isBetween(bound / 2, bound);
    }
  }

  @Test
  void holdsACrashLoopLongerEachTime() {
    start();
    for (int i = 0; i < 4; i++) {
      deathToStart();
    }
    long[] holds = {2_000, 4_000, 8_000, 16_000, 30_000, 30_000};
    for (long hold : holds) {
      plan.exited(now, "died");
      assertThat(plan.state()).isEqualTo(State.HELD);
      assertThat(plan.reason()).isEqualTo("died");
      long from = now;
      while (plan.next(now) != Step.SPAWN) {
        now = plan.dueAt();
      }
      assertThat((now - from) / MILLI).isEqualTo(hold);
      for (int i = 0; i < 4 && hold == 30_000; i++) {
        plan.exited(now, "died");
        while (plan.next(now) != Step.SPAWN) {
          now = plan.dueAt();
        }
      }
    }
  }

  @Test
  void forgivesSilenceThatItSleptThroughItself() {
    start();
    live(Duration.ofSeconds(1));
    now += Duration.ofSeconds(60).toNanos();
    assertThat(plan.next(now)).isEqualTo(Step.ASK);
    assertThat(plan.state()).isEqualTo(State.HEALTHY);
    assertThat(during(Duration.ofMillis(2_600))).contains(Step.KILL);
  }

  @Test
  void leavesInPeaceAndIsKilledOnlyIfItDoesNot() {
    start();
    plan.leave(now);
    assertThat(plan.next(now)).isEqualTo(Step.RELEASE);
    assertThat(during(ChildPlan.LEAVE_MAX.minusMillis(1))).isEmpty();
    assertThat(during(Duration.ofMillis(10))).containsExactly(Step.KILL);
    plan.exited(now, "killed");
    assertThat(plan.state()).isEqualTo(State.GONE);
    assertThat(during(Duration.ofMinutes(5))).isEmpty();
  }

  @Test
  void oneThatHasNoProcessIsGoneAtOnce() {
    start();
    plan.exited(now, "died");
    plan.leave(now);
    assertThat(plan.state()).isEqualTo(State.GONE);
  }

  @Test
  void oneThatIsBeingKilledIsGoneWithItsProcess() {
    start();
    plan.refused(now, "no");
    assertThat(plan.next(now)).isEqualTo(Step.KILL);
    plan.leave(now);
    plan.exited(now, "killed");
    assertThat(plan.state()).isEqualTo(State.GONE);
  }

  /** Whatever is told whenever: never two processes, and always a next moment. */
  @Test
  void neverStartsAProcessBesideALivingOne() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      ChildPlan any = new ChildPlan(0, random);
      long clock = 0;
      boolean alive = false;
      for (int i = 0; i < 500; i++) {
        clock += random.nextLong(Duration.ofSeconds(3).toNanos());
        for (Step step = any.next(clock); step != Step.NOTHING; step = any.next(clock)) {
          if (step == Step.SPAWN) {
            assertThat(alive).as("seed " + seed).isFalse();
            alive = true;
          }
        }
        assertThat(any.dueAt()).as("seed " + seed).isGreaterThan(clock);
        switch (random.nextInt(4)) {
          case 0 -> {
            if (alive) {
              any.exited(clock, "died");
              alive = false;
            }
          }
          case 1 -> any.refused(clock, "refused");
          default -> {
            HealthReport.State[] all = HealthReport.State.values();
            if (alive) {
              any.answered(clock, all[random.nextInt(all.length)]);
            }
          }
        }
      }
    }
  }
}
