package dev.selvedge.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BenchmarksPageTest {
  private static final String SECTION =
      """
      <!-- begin: ./selvedge bench proxy --write -->
      figures
      <!-- end: proxy -->
      """;

  @Test
  void appendsASectionThatIsNotThereYet() {
    assertThat(BenchmarksPage.replace("# Page", "proxy", "figures\n"))
        .isEqualTo("# Page\n" + SECTION);
  }

  @Test
  void replacesOnlyItsOwnSection() {
    String other = SECTION.replace("proxy", "waf");
    String page = "by hand\n" + SECTION + "between\n" + other + "after\n";
    assertThat(BenchmarksPage.replace(page, "proxy", "new figures\n"))
        .isEqualTo(page.replaceFirst("figures", "new figures"));
  }

  @Test
  void refusesASectionWithoutItsEnd() {
    String page = SECTION.replace("<!-- end: proxy -->\n", "");
    assertThatThrownBy(() -> BenchmarksPage.replace(page, "proxy", "figures\n"))
        .hasMessageContaining("end marker");
  }
}
