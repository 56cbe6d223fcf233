package dev.selvedge.edge.proxy.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.kernel.FailureCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecordRingLawsTest {

  private static final int NAMES = 20;

  private final Names names = new Names();

  RecordRingLawsTest() {
    for (int i = 1; i < NAMES; i++) {
      names.number("name-" + i);
    }
  }

  @Test
  void whatIsReadIsWhatWasAdded() {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RecordRing ring = new RecordRing(1 + random.nextInt(300));
      List<DecisionRecord> added = new ArrayList<>();
      int count = random.nextInt(1000);
      for (int i = 0; i < count; i++) {
        DecisionRecord record = Samples.random(random, 1000 + i, NAMES);
        ring.add(record);
        added.add(record);
      }
      assertThat(ring.finished()).as("seed %d", seed).isEqualTo(count);
      RecordCopy copy = new RecordCopy();
      for (int i = 0; i < count; i++) {
        boolean kept = i >= count - ring.capacity();
        assertThat(ring.read(i, copy)).as("seed %d record %d", seed, i).isEqualTo(kept);
        assertThat(ring.find(1000 + i, copy)).as("seed %d record %d", seed, i).isEqualTo(kept);
        if (kept) {
          assertSame(copy.view(7, added.get(i).loop, names), added.get(i));
        }
      }
      assertThat(ring.read(count, copy)).as("seed %d", seed).isFalse();
      assertThat(ring.find(999, copy)).as("seed %d", seed).isFalse();
    }
  }

  private void assertSame(RecordView view, DecisionRecord record) {
    boolean foreign = record.foreignIdLength > 0;
    assertThat(foreign ? view.ownId() : view.id())
        .isEqualTo("00000007%02x%010x".formatted(record.loop, record.sequence));
    if (foreign) {
      assertThat(view.id()).isEqualTo(latin(record.foreignId, record.foreignIdLength));
    }
    assertThat(view.epochMillis()).isEqualTo(record.epochMillis);
    assertThat(view.method()).isEqualTo(latin(record.method, record.methodLength));
    assertThat(view.host()).isEqualTo(latin(record.host, record.hostLength));
    assertThat(view.path()).isEqualTo(latin(record.path, record.pathLength));
    assertThat(view.pathBytes()).isEqualTo(record.pathFullLength);
    assertThat(view.route()).isEqualTo(record.route == 0 ? null : names.name(record.route));
    assertThat(view.upstream())
        .isEqualTo(record.upstream == 0 ? null : names.name(record.upstream));
    assertThat(view.status()).isEqualTo(record.status);
    assertThat(view.failure()).isEqualTo(record.failure());
    assertThat(view.gap()).isEqualTo(record.gap);
    assertThat(view.stepsTaken()).isEqualTo(record.stepCount);
    assertThat(view.steps()).hasSize(Math.min(record.stepCount, DecisionRecord.MAX_STEPS));
    for (int i = 0; i < view.steps().size(); i++) {
      RecordView.StepView step = view.steps().get(i);
      assertThat(step.step().ordinal()).isEqualTo(record.steps[i]);
      long micros = Math.min(record.stepNanos[i], (1L << 36) - 1 << 10) / 1000;
      assertThat(step.atMicros()).isBetween(micros - 2, micros);
      assertThat(step.reference()).isEqualTo(reference(step.step(), record.references[i]));
    }
    assertThat(view.durationNanos()).isEqualTo(record.durationNanos);
    assertThat(view.bytesIn()).isEqualTo(record.requestBodyBytes);
    assertThat(view.bytesOut()).isEqualTo(record.responseBodyBytes);
  }

  private @org.jspecify.annotations.Nullable String reference(Step step, int reference) {
    return switch (step.reference()) {
      case NONE -> null;
      case NAME -> reference == 0 ? null : names.name(reference);
      case CODE -> FailureCode.of(reference).code();
      case STATUS -> Integer.toString(reference);
    };
  }

  private static String latin(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  @Test
  void slowExchangesAreFoundThoughTheRingWentRound() {
    RecordRing ring = new RecordRing(100);
    for (int i = 1; i <= 1000; i++) {
      if (i != 5) {
        ring.add(Samples.plain(i, 1));
      }
    }
    ring.add(Samples.plain(5, 1));
    RecordCopy copy = new RecordCopy();
    assertThat(ring.find(5, copy)).isTrue();
    assertThat(ring.find(1000, copy)).isTrue();
    assertThat(ring.find(902, copy)).isTrue();
    assertThat(ring.find(901, copy)).isFalse();
  }

  /** Every field of a record is made from its sequence, so that a torn copy shows. */
  @Test
  void readersNeverSeeHalfARecord() throws InterruptedException {
    RecordRing ring = new RecordRing(8);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong torn = new AtomicLong();
    AtomicLong read = new AtomicLong();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              RecordCopy copy = new RecordCopy();
              while (!stop.get()) {
                long number = ring.finished() - 4;
                if (number >= 0 && ring.read(number, copy)) {
                  read.incrementAndGet();
                  long sequence = copy.sequence();
                  String want = Long.toString(sequence).repeat(8);
                  RecordView view = copy.view(1, 0, names);
                  boolean whole =
                      view.bytesIn() == sequence
                          && view.bytesOut() == sequence
                          && view.durationNanos() == sequence
                          && view.path().equals(want);
                  if (!whole) {
                    torn.incrementAndGet();
                  }
                }
              }
            });
    DecisionRecord record = Samples.plain(0, 1);
    for (long i = 0; i < 300_000 || read.get() < 100; i++) {
      record.sequence = i;
      record.requestBodyBytes = i;
      record.responseBodyBytes = i;
      record.durationNanos = i;
      Samples.path(record, Long.toString(i).repeat(8));
      ring.add(record);
    }
    stop.set(true);
    reader.join();
    assertThat(torn.get()).isZero();
  }
}
