package dev.selvedge.edge.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.protocol.ProtocolViolation;
import dev.selvedge.edge.protocol.ReceiveWindow;
import dev.selvedge.edge.protocol.Seeded;
import org.junit.jupiter.api.Test;

class CreditLawsTest {

  @Test
  void aSenderWithinCreditIsNeverRefusedAndNeverStarves() {
    Seeded.forSeeds(
        500,
        random -> {
          int size = 1 + random.nextInt(5_000);
          ReceiveWindow window = new ReceiveWindow(size);
          int credit = size;
          int held = 0;
          for (int step = 0; step < 500; step++) {
            int bytes = random.nextInt(credit + 1);
            window.received(bytes);
            credit -= bytes;
            held += bytes;
            assertThat(held).isLessThanOrEqualTo(size);
            int consumed = random.nextInt(held + 1);
            held -= consumed;
            credit += window.consume(consumed);
            assertThat(credit + held).isLessThanOrEqualTo(size);
          }
          credit += window.consume(held);
          assertThat(credit).as("half the window comes back").isGreaterThan(size / 2 - 1);
        });
  }

  @Test
  void aByteTooManyIsAViolation() {
    ReceiveWindow window = new ReceiveWindow(10);
    window.received(10);
    assertThatThrownBy(() -> window.received(1)).isInstanceOf(ProtocolViolation.class);
  }
}
