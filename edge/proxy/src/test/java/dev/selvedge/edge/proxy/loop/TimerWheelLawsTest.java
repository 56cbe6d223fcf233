package dev.selvedge.edge.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.kernel.Clock;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The wheel fires what a list of deadlines would, no earlier and at most one tick later. */
class TimerWheelLawsTest {

  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);
  private static final long TICK = 1L << TimerWheel.TICK_SHIFT;

  /** Time that a test moves. */
  private static final class TestClock implements Clock {
    private long now = 5 * TICK + 17;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public long epochMillis() {
      return now / 1_000_000;
    }
  }

  /** Remembers when it should fire and when it did. */
  private static final class Probe extends TimerWheel.Timer {
    private long wanted = Long.MAX_VALUE;
    private int fired;
    private long early;

    @Override
    protected void expired(long nowNanos) {
      early = Math.max(early, wanted - nowNanos);
      wanted = Long.MAX_VALUE;
      fired++;
    }
  }

  private final TestClock clock = new TestClock();
  private final TimerWheel wheel = new TimerWheel(new EmbeddedChannel().eventLoop(), clock);

  private void arm(Probe probe, long in) {
    probe.wanted = clock.now + in;
    wheel.arm(probe, probe.wanted);
  }

  private void move(long nanos) {
    clock.now += nanos;
    wheel.advance(clock.now);
  }

  /** Small steps, steps over the whole wheel, deadlines near and far, moved, removed. */
  @Test
  void firesAsAListOfDeadlinesWould() {
    for (int round = 0; round < 20; round++) {
      SplittableRandom random = new SplittableRandom(SEED + round);
      Probe[] probes = new Probe[50];
      java.util.Arrays.setAll(probes, i -> new Probe());
      for (int step = 0; step < 3_000; step++) {
        Probe probe = probes[random.nextInt(probes.length)];
        switch (random.nextInt(6)) {
          case 0, 1 -> arm(probe, random.nextLong(1L << 20 + random.nextInt(20)));
          case 2 -> {
            wheel.disarm(probe);
            probe.wanted = Long.MAX_VALUE;
          }
          case 3 -> {
            wheel.remove(probe);
            probe.wanted = Long.MAX_VALUE;
          }
          case 4 -> move(random.nextLong(4 * TICK));
          default -> move(random.nextInt(40) == 0 ? random.nextLong(5_000 * TICK) : TICK);
        }
        for (Probe one : probes) {
          assertThat(one.early).as("fired early, seed %d", SEED + round).isLessThanOrEqualTo(0);
          assertThat(clock.now - one.wanted)
              .as("late at step %d, seed %d", step, SEED + round)
              .isLessThanOrEqualTo(TICK);
          assertThat(one.armed()).isEqualTo(one.wanted != Long.MAX_VALUE);
        }
      }
      for (Probe one : probes) {
        wheel.remove(one);
      }
      assertThat(wheel.size()).isZero();
    }
  }

  @Test
  void movesADeadlineLaterWithoutFiringAtTheFirst() {
    Probe probe = new Probe();
    arm(probe, 10 * TICK);
    for (int i = 0; i < 100; i++) {
      move(5 * TICK);
      arm(probe, 10 * TICK);
    }
    assertThat(probe.fired).isZero();
    assertThat(wheel.size()).isEqualTo(1);
    move(11 * TICK);
    assertThat(probe.fired).isEqualTo(1);
    assertThat(wheel.size()).isZero();
  }

  @Test
  void firesOnTimeAfterAStallLongerThanTheWheel() {
    Probe near = new Probe();
    Probe far = new Probe();
    arm(near, TICK);
    arm(far, 5_010 * TICK);
    move(5_000 * TICK);
    assertThat(near.fired).isEqualTo(1);
    assertThat(far.fired).isZero();
    move(11 * TICK);
    assertThat(far.fired).isEqualTo(1);
  }
}
