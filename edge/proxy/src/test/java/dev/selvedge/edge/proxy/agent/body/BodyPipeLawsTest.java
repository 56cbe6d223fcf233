package dev.selvedge.edge.proxy.agent.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Pattern;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever agents do, and in whatever order: the right bytes, within bounds, and nothing left. */
class BodyPipeLawsTest {

  private static final long SEED = Long.getLong("selvedge.seed", 20_261_125L);
  private static final int RUNS = 400;
  private static final int[] LENGTHS = {0, 1, 50, 65_535, 65_536, 65_537, 300_000};

  @TempDir Path folder;

  private PipeRun run(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    int length = LENGTHS[random.nextInt(LENGTHS.length)];
    Disk disk = new Disk(folder, 64L << 20);
    PipeRun run = new PipeRun(seed, Pattern.of(seed, length), disk, random.nextBoolean());
    for (int i = random.nextInt(3); i > 0; i--) {
      run.inspector(limit(random)).decidesAfter = early(random);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      run.replacer(limit(random)).decidesAfter = early(random);
    }
    return run;
  }

  private static long limit(SplittableRandom random) {
    return random.nextInt(4) == 0 ? random.nextInt(100_000) : Long.MAX_VALUE;
  }

  private static int early(SplittableRandom random) {
    return random.nextInt(3) == 0 ? random.nextInt(100_000) : Integer.MAX_VALUE;
  }

  private static void assertNothingLeft(PipeRun run) throws IOException {
    run.disk.settle();
    assertThat(run.buffered.count()).isZero();
    assertThat(run.disk.memory()).isZero();
    assertThat(run.disk.open()).isZero();
    assertThat(run.disk.files.bytes().count()).isZero();
  }

  @Test
  void bringsEachByteToWhomItBelongs() throws IOException {
    for (int i = 0; i < RUNS; i++) {
      long seed = SEED + i;
      PipeRun run = run(seed);
      try {
        run.run();
        check(run);
        run.pipe.cancel();
        assertNothingLeft(run);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError("seed " + seed, failed);
      }
    }
  }

  private static void check(PipeRun run) {
    assertThat(run.failure).isNull();
    assertThat(run.delivered.toByteArray()).isEqualTo(run.expected());
    assertThat(run.pipe.complete()).isTrue();
    assertThat(run.pipe.length()).isEqualTo(run.delivered.size());
    for (FakeAgent agent : run.inspectors) {
      byte[] seen = agent.received.toByteArray();
      assertThat(seen).isEqualTo(Arrays.copyOf(run.body, seen.length));
      assertThat(seen.length == run.body.length || agent.decided || agent.left == 1 || !run.hold)
          .isTrue();
    }
    long steps = 1L + run.agents().size();
    long bound = steps * (2L * run.window + FakeAgent.OWN_CREDIT);
    assertThat(run.mostBuffered).isLessThanOrEqualTo(bound);
  }

  @Test
  void leavesNothingBehindWhereverItIsCancelled() throws IOException {
    for (int i = 0; i < RUNS; i++) {
      long seed = SEED + 10_000 + i;
      PipeRun run = run(seed);
      try {
        run.pipe.start();
        for (int steps = run.random.nextInt(400); steps > 0 && !run.ended; steps--) {
          run.step();
        }
        run.pipe.cancel();
        assertThat(run.agents()).allMatch(agent -> !agent.clock);
        assertNothingLeft(run);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError("seed " + seed, failed);
      }
    }
  }

  /** 10 MiB past two replacers and an inspector, passing and held. */
  @Test
  void bringsALongBodyThroughAChain() throws IOException {
    for (boolean hold : new boolean[] {false, true}) {
      byte[] body = Pattern.of(SEED, 10 << 20);
      PipeRun run = new PipeRun(SEED, body, new Disk(folder, 64L << 20), hold);
      run.inspector(Long.MAX_VALUE);
      run.replacer(Long.MAX_VALUE);
      run.replacer(Long.MAX_VALUE);
      run.run();
      check(run);
      run.pipe.cancel();
      assertNothingLeft(run);
    }
  }
}
