package dev.selvedge.edge.config.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternSizeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^/users/[0-9]+$",
        "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "^/(\\d{1,3}\\.){3}\\d{1,3}/",
        "^/[\\w-]{1,255}/[^/]{1,255}\\.(jpe?g|png|webp)$",
        "a{,3}b{x}c{}",
        "[]{99}]{2}"
      })
  void allowsPatternsWrittenByHand(String pattern) {
    assertThat(PatternSize.of(pattern)).isLessThan(PatternSize.MAX / 4);
    assertThat(Pattern.compile(pattern)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1000}){1000}){1000}",
        "(((a{1,99}){1,99}){1,99}){1,99}",
        "a{999}{999}",
        "(?:[[:alpha:]]{500,}){500}",
        "(x(y{200}z){200}"
      })
  void refusesRepetitionsThatMultiply(String pattern) {
    assertThat(PatternSize.of(pattern)).isGreaterThan(PatternSize.MAX);
  }

  @Test
  void takesLinearTimeForAnyText() {
    assertThat(PatternSize.of("(".repeat(100_000) + "{".repeat(100_000))).isPositive();
    assertThat(PatternSize.of("a" + "{999}".repeat(50_000))).isGreaterThan(PatternSize.MAX);
    assertThat(PatternSize.of("[[:")).isPositive();
    assertThat(PatternSize.of("\\")).isPositive();
  }
}
