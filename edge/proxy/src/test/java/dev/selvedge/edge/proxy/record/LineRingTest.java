package dev.selvedge.edge.proxy.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LineRingTest {

  @Test
  void givesBackWhatWasTakenAndRefusesWhatDoesNotFit() {
    for (long seed = 1; seed <= 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      LineRing ring = new LineRing(1024);
      ByteArrayOutputStream put = new ByteArrayOutputStream();
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      for (int i = 0; i < 2_000; i++) {
        byte[] line =
            ("%0" + (1 + random.nextInt(200)) + "d\n")
                .formatted(i)
                .getBytes(StandardCharsets.US_ASCII);
        int waiting = put.size() - got.size();
        boolean full = ring.offer(line, line.length) == LineRing.Offer.FULL;
        assertThat(full).as("seed %d", seed).isEqualTo(waiting + line.length > 1024);
        if (!full) {
          put.writeBytes(line);
        }
        if (random.nextInt(4) == 0) {
          drain(ring, got);
        }
      }
      drain(ring, got);
      assertThat(ring.isEmpty()).isTrue();
      assertThat(got.toByteArray()).as("seed %d", seed).isEqualTo(put.toByteArray());
    }
  }

  private static void drain(LineRing ring, ByteArrayOutputStream to) {
    long length = 0;
    for (ByteBuffer part : ring.readable()) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      to.writeBytes(bytes);
      length += bytes.length;
    }
    ring.consumed(length);
  }

  @Test
  void asksForTheWriterOnceAQuarterAndNotWhileItKeepsUp() {
    LineRing ring = new LineRing(4096);
    byte[] line = new byte[64];
    int wakes = 0;
    for (int i = 0; i < 64; i++) {
      LineRing.Offer offer = ring.offer(line, 64);
      assertThat(offer).isNotEqualTo(LineRing.Offer.FULL);
      if (offer == LineRing.Offer.TAKEN_WAKE) {
        wakes++;
        assertThat((i + 1) % 16).isZero();
      }
    }
    assertThat(wakes).isEqualTo(4);
    assertThat(ring.offer(line, 64)).isEqualTo(LineRing.Offer.FULL);
    drain(ring, new ByteArrayOutputStream());
    for (int i = 0; i < 1000; i++) {
      assertThat(ring.offer(line, 64)).isEqualTo(LineRing.Offer.TAKEN);
      drain(ring, new ByteArrayOutputStream());
    }
  }
}
