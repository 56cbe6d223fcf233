package dev.selvedge.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.bench.proxy.BenchCase.Suite;
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
    assertThat(ProxyOptions.parse(HOME, Suite.PROXY, List.of()))
        .isEqualTo(
            new ProxyOptions(
                HOME,
                Suite.PROXY,
                EnumSet.copyOf(ProxyOptions.all(Suite.PROXY)),
                5,
                5,
                null,
                false));
  }

  @Test
  void takesWhatItIsTold() {
    List<String> args =
        List.of(
            "--case 1MB-bare --rounds 2 --seconds 3 --json x.json --write --case 1KB-equal"
                .split(" "));
    assertThat(ProxyOptions.parse(HOME, Suite.PROXY, args))
        .isEqualTo(
            new ProxyOptions(
                HOME,
                Suite.PROXY,
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
    "--case one-agent-kept, 1KB-equal",
    "--fast, unknown option",
  })
  void refusesWhatItDoesNotKnow(String args, String reason) {
    assertThatThrownBy(() -> ProxyOptions.parse(HOME, Suite.PROXY, List.of(args.split(" "))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
