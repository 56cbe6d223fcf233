package dev.selvedge.bench.waf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WafOptionsTest {
  private static final Path HOME = Path.of("home");

  @Test
  void everyDefaultIsPinned() {
    assertThat(WafOptions.parse(HOME, List.of()))
        .isEqualTo(new WafOptions(HOME, Set.of(), 5, 3, null, false));
  }

  @Test
  void takesItsOptions() {
    List<String> args =
        List.of(
            "--case",
            "crs-clean",
            "--rounds",
            "2",
            "--seconds",
            "1",
            "--json",
            "a.json",
            "--write");
    assertThat(WafOptions.parse(HOME, args))
        .isEqualTo(new WafOptions(HOME, Set.of("crs-clean"), 2, 1, Path.of("a.json"), true));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> WafOptions.parse(HOME, List.of("--round", "2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown option --round");
    assertThatThrownBy(() -> WafOptions.parse(HOME, List.of("--case", "clean")))
        .hasMessage("no case \"clean\"; there are crs-clean, crs-attack, crs-body-64k");
    assertThatThrownBy(() -> WafOptions.parse(HOME, List.of("--rounds", "0")))
        .hasMessage("--rounds takes 1 to 100, not 0");
    assertThatThrownBy(() -> WafOptions.parse(HOME, List.of("--json")))
        .hasMessage("--json needs a value");
  }
}
