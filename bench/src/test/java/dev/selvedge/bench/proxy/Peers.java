package dev.selvedge.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;

/** Skips a test whose programs are not installed, or fails it where they are required. */
final class Peers {
  private Peers() {}

  static void assume(String... programs) {
    List<String> missing =
        Arrays.stream(programs).filter(name -> Programs.find(name).isEmpty()).toList();
    if (System.getenv().getOrDefault("SELVEDGE_REQUIRE", "").contains("peers")) {
      assertThat(missing).as(Programs.missing(missing)).isEmpty();
    }
    assumeTrue(missing.isEmpty(), () -> Programs.missing(missing));
  }
}
