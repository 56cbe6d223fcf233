package dev.selvedge.edge.proxy.agent.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Pattern;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A held body comes out as it went in, within its memory, and leaves nothing behind. */
class HeldBodyLawsTest {

  private static final long SEED = Long.getLong("selvedge.seed", 20_261_124L);
  private static final int RUNS = 300;

  @TempDir Path folder;
  private Disk disk;
  private @Nullable Failure failure;
  private int changes;

  @BeforeEach
  void open() throws IOException {
    disk = new Disk(folder, 64L << 20);
  }

  private HeldBody body() {
    HeldBody.Listener listener =
        new HeldBody.Listener() {
          @Override
          public void changed() {
            changes++;
          }

          @Override
          public void failed(Failure why) {
            failure = why;
          }
        };
    return new HeldBody(disk.alloc, disk.files, disk.loop, listener);
  }

  private ByteBuf chunk(byte[] bytes, int from, int count) {
    return disk.alloc.directBuffer(count).writeBytes(bytes, from, count);
  }

  private void assertNothingLeft() throws IOException {
    disk.settle();
    assertThat(disk.memory()).isZero();
    assertThat(disk.open()).isZero();
    assertThat(disk.files.bytes().count()).isZero();
    assertThat(disk.names()).isZero();
  }

  /** One body in random steps: bytes in, visits, release at any time, bytes out. */
  private final class Run {
    final SplittableRandom random;
    final byte[] bytes;
    final HeldBody body = body();
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    int in;
    boolean released;

    Run(long seed, int length) {
      random = new SplittableRandom(seed);
      bytes = Pattern.of(seed, length);
    }

    void step() {
      switch (random.nextInt(6)) {
        case 0, 1 -> append();
        case 2 -> disk.threads.runOne();
        case 3 -> disk.loop.runOne();
        case 4 -> {
          if (released) {
            take(1 + random.nextInt(100_000));
          }
        }
        case 5 -> {
          if (!released && random.nextInt(in == bytes.length ? 3 : 60) == 0) {
            released = true;
            body.release();
          }
        }
        default -> throw new AssertionError();
      }
    }

    private void append() {
      int most = random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 65_536;
      boolean forced = released && random.nextInt(4) == 0;
      int room = forced ? most : Math.min(most, body.room());
      int count = Math.min(room, bytes.length - in);
      body.append(chunk(bytes, in, count));
      in += count;
      body.settle(in == bytes.length);
      assertThat(released ? 0 : body.memory()).isLessThanOrEqualTo(HeldBody.MEMORY);
    }

    private void take(int limit) {
      ByteBuf next = body.take(limit);
      if (next != null) {
        assertThat(next.readableBytes()).isBetween(1, limit);
        byte[] copy = new byte[next.readableBytes()];
        next.readBytes(copy);
        next.release();
        out.writeBytes(copy);
      }
    }
  }

  @Test
  void comesOutAsItWentInWhateverTheOrderOfThings() throws IOException {
    for (int i = 0; i < RUNS; i++) {
      long seed = SEED + i;
      Run run = new Run(seed, new SplittableRandom(seed).nextInt(600_000));
      while (!run.released || run.in < run.bytes.length || !run.body.drained()) {
        run.step();
      }
      assertThat(run.out.toByteArray()).as("seed %d", seed).isEqualTo(run.bytes);
      assertThat(failure).as("seed %d", seed).isNull();
      run.body.close();
      assertNothingLeft();
    }
    assertThat(changes).as("visits came back").isPositive();
  }

  @Test
  void leavesNothingBehindWhereverItIsClosed() throws IOException {
    for (int i = 0; i < RUNS; i++) {
      long seed = SEED + i;
      Run run = new Run(seed, 400_000);
      for (int steps = run.random.nextInt(200); steps > 0; steps--) {
        run.step();
      }
      run.body.close();
      run.body.append(chunk(run.bytes, 0, 100));
      assertThat(run.body.take(100)).isNull();
      assertNothingLeft();
    }
  }

  /** The loop ends with a visit under way: the visit's thread gives back what there is. */
  @Test
  void leavesNothingBehindWhereTheLoopHasEnded() throws IOException {
    for (int length : new int[] {70_000, 300_000}) {
      open();
      Run run = new Run(SEED, length);
      while (disk.threads.idle()) {
        run.append();
      }
      disk.loop.end();
      assertNothingLeft();
    }
  }

  @Test
  void makesNoFileForWhatFitsIntoMemory() throws IOException {
    for (int length : new int[] {0, 1, HeldBody.MEMORY - 1, HeldBody.MEMORY}) {
      HeldBody body = body();
      body.append(chunk(new byte[length], 0, length));
      body.settle(true);
      assertThat(disk.threads.idle()).isTrue();
      body.release();
      for (ByteBuf next = body.take(1 << 20); next != null; next = body.take(1 << 20)) {
        next.release();
      }
      assertThat(body.drained()).isTrue();
      body.close();
      assertNothingLeft();
    }
  }

  @Test
  void refusesBytesBeyondTheBoundOfAllFiles() throws IOException {
    disk.files.bytes().limit(100_000);
    HeldBody body = body();
    for (int i = 0; i < 40 && failure == null; i++) {
      body.append(chunk(new byte[8192], 0, 8192));
      body.settle(false);
      disk.settle();
    }
    assertThat(failure).isNotNull().extracting(Failure::code).isEqualTo(FailureCode.SPILL_FULL);
    assertNothingLeft();
  }

  @Test
  void refusesAFileBeyondTheBoundOfTheirNumber() throws IOException {
    disk.files.count().limit(1);
    HeldBody first = body();
    HeldBody second = body();
    for (HeldBody body : new HeldBody[] {first, second}) {
      assertThat(failure).isNull();
      body.append(chunk(new byte[HeldBody.MEMORY], 0, HeldBody.MEMORY));
      body.settle(false);
      disk.settle();
    }
    assertThat(failure).isNotNull().extracting(Failure::code).isEqualTo(FailureCode.SPILL_FULL);
    assertThat(disk.files.count().count()).isOne();
    first.close();
    disk.settle();
    assertThat(disk.files.count().count()).isZero();
    assertNothingLeft();
  }

  @Test
  void failsWhereTheFileCannotBeWritten() throws IOException {
    SpillFiles.prepare(folder.resolve("fine"));
    disk.files.folder(folder.resolve("fine"));
    HeldBody body = body();
    java.nio.file.Files.delete(folder.resolve("fine"));
    java.nio.file.Files.writeString(folder.resolve("fine"), "a file where the folder was");
    body.append(chunk(new byte[HeldBody.MEMORY], 0, HeldBody.MEMORY));
    body.settle(false);
    disk.settle();
    assertThat(failure).isNotNull().extracting(Failure::code).isEqualTo(FailureCode.SPILL_FAILED);
    assertNothingLeft();
  }

  /** Bytes that come one by one cost what they are, not a buffer each. */
  @Test
  void countsWhatItPins() throws IOException {
    HeldBody body = body();
    for (int i = 0; i < 10_000; i++) {
      body.append(chunk(new byte[1], 0, 1));
    }
    assertThat(body.memory()).isEqualTo(10_000);
    assertThat(disk.memory()).isLessThanOrEqualTo(12_288);
    body.close();
    assertNothingLeft();
  }
}
