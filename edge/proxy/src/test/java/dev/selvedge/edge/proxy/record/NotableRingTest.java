package dev.selvedge.edge.proxy.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NotableRingTest {

  private static final int FLOODED = 1;
  private static final int QUIET = 2;

  @Test
  void keepsEverySecondOfTheQuietRouteThroughAFloodOnAnother() {
    NotableRing ring = new NotableRing(1_000);
    long sequence = 0;
    Set<Long> quiet = new HashSet<>();
    Set<Long> floodedSeconds = new HashSet<>();
    // 500 floor slots, two routes failing: 250 seconds back.
    for (long second = 0; second < 250; second++) {
      for (int i = 0; i < 400; i++) {
        ring.add(Samples.refused(++sequence, FLOODED, second * 1000), second);
        if (i == 399) {
          ring.add(Samples.refused(++sequence, QUIET, second * 1000), second);
          quiet.add(sequence);
        }
      }
      floodedSeconds.add(second);
    }
    RecordCopy copy = new RecordCopy();
    for (long wanted : quiet) {
      assertThat(ring.floor().find(wanted, copy) || ring.rest().find(wanted, copy)).isTrue();
    }
    Set<Long> seen = new HashSet<>();
    for (long number = ring.floor().oldest(); number < ring.floor().finished(); number++) {
      assertThat(ring.floor().read(number, copy)).isTrue();
      if ((int) (copy.words[6] >>> 32) == FLOODED) {
        seen.add(copy.words[2] / 1000);
      }
    }
    assertThat(seen).isEqualTo(floodedSeconds);
  }

  @Test
  void usesAllSlotsForTheLastOnes() {
    NotableRing ring = new NotableRing(100);
    for (long i = 1; i <= 1000; i++) {
      ring.add(Samples.refused(i, FLOODED, 0), 0);
    }
    RecordCopy copy = new RecordCopy();
    assertThat(ring.floor().find(1, copy)).isTrue();
    assertThat(ring.rest().find(1000, copy)).isTrue();
    assertThat(ring.rest().find(951, copy)).isTrue();
    assertThat(ring.rest().find(950, copy)).isFalse();
  }

  @Test
  void takesRoutesOfAnyNumber() {
    NotableRing ring = new NotableRing(10);
    ring.add(Samples.refused(1, Names.MAX - 1, 0), 0);
    ring.add(Samples.refused(2, Names.MAX - 1, 0), 0);
    assertThat(ring.floor().finished()).isEqualTo(1);
    assertThat(ring.rest().finished()).isEqualTo(1);
  }
}
