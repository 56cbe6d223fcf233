package dev.selvedge.edge.config.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  private static final List<String> KNOWN =
      List.of("path", "path-prefix", "path-regex", "host", "header", "epoll", "max-head");

  @Test
  void findsWhatWasMeant() {
    assertThat(Nearest.of("pathprefix", KNOWN)).isEqualTo("path-prefix");
    assertThat(Nearest.of("PATH", KNOWN)).isEqualTo("path");
    assertThat(Nearest.of("hots", KNOWN)).isEqualTo("host");
    assertThat(Nearest.of("eppol", KNOWN)).isEqualTo("epoll");
    assertThat(Nearest.of("headers", KNOWN)).isEqualTo("header");
  }

  @Test
  void isSilentWhereNothingIsNear() {
    assertThat(Nearest.of("timeout", KNOWN)).isNull();
    assertThat(Nearest.of("", KNOWN)).isNull();
    assertThat(Nearest.of("x", List.of())).isNull();
    assertThat(Nearest.of("path".repeat(1_000), KNOWN)).isNull();
  }

  @Test
  void countsInsertionDeletionReplacementAndSwap() {
    assertThat(Nearest.distance("abc", "abc")).isZero();
    assertThat(Nearest.distance("abc", "ab")).isEqualTo(1);
    assertThat(Nearest.distance("abc", "xabc")).isEqualTo(1);
    assertThat(Nearest.distance("abc", "axc")).isEqualTo(1);
    assertThat(Nearest.distance("abc", "acb")).isEqualTo(1);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
  }
}
