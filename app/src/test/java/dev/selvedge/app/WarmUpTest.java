package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start's rehearsal does what it says: a failure of it would cost speed and nothing else. */
class WarmUpTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void servesItselfForAWhile(boolean agents) {
    long started = System.nanoTime();
    assertThat(WarmUp.run(Duration.ofSeconds(2), agents)).isGreaterThan(100);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
  }
}
