package dev.selvedge.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyOptionsTest {
  private static final Path HOME = Path.of("home");

  @Test
  void measuresEveryCaseInFiveRoundsUnlessTold() {
    assertThat(ProxyOptions.parse(HOME, List.of()))
        .isEqualTo(new ProxyOptions(HOME, EnumSet.allOf(BenchCase.class), 5, 5, null, false));
  }

  @Test
  void takesWhatItIsTold() {
    List<String> args =
        List.of(
            "--case 1MB-bare --rounds 2 --seconds 3 --json x.json --write --case 1KB-equal"
                .split(" "));
    assertThat(ProxyOptions.parse(HOME, args))
        .isEqualTo(
            new ProxyOptions(
                HOME,
                EnumSet.of(BenchCase.SMALL_EQUAL, BenchCase.LARGE_BARE),
                2,
                3,
                Path.of("x.json"),
                true));
  }

  @ParameterizedTest
  @CsvSource({
    "--rounds 0, from 1 to 100",
    "--rounds many, from 1 to 100",
    "--seconds 121, from 1 to 120",
    "--seconds, needs a value",
    "--case 2KB, 1KB-equal",
    "--fast, unknown option",
  })
  void refusesWhatItDoesNotKnow(String args, String reason) {
    assertThatThrownBy(() -> ProxyOptions.parse(HOME, List.of(args.split(" "))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
