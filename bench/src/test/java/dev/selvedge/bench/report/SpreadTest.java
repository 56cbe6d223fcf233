package dev.selvedge.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void takesTheMiddleOfAnOddNumber() {
    assertThat(Spread.of(List.of(9.0, 1.0, 5.0))).isEqualTo(new Spread(5, 1, 9, 3));
  }

  @Test
  void takesTheMeanOfTheTwoMiddleOnesOfAnEvenNumber() {
    assertThat(Spread.of(List.of(4.0, 1.0, 100.0, 2.0))).isEqualTo(new Spread(3, 1, 100, 4));
  }

  @Test
  void isNotMovedByOneDisturbedRound() {
    assertThat(Spread.of(List.of(10.0, 10.5, 99.0, 9.5, 10.1)).median()).isEqualTo(10.1);
  }

  @Test
  void refusesNoValues() {
    assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void showsMedianAndExtent() {
    assertThat(new Spread(71234.4, 70000, 72000.6, 5).text(0)).isEqualTo("71,234 (70,000..72,001)");
    assertThat(new Spread(13.125, 13, 13.5, 5).text(1)).isEqualTo("13.1 (13.0..13.5)");
  }
}
