package dev.selvedge.bench.waf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static String text(WafRequest request) {
    StringBuilder text = new StringBuilder();
    text.append(new String(request.uri(), StandardCharsets.UTF_8));
    request.values().forEach(value -> text.append(new String(value, StandardCharsets.UTF_8)));
    return text.append(new String(request.body(), StandardCharsets.UTF_8)).toString();
  }

  @Test
  void eachMakesAThousandVariants() {
    for (Template template : Template.values()) {
      Set<String> variants = new HashSet<>();
      for (int i = 0; i < WafCase.VARIANTS; i++) {
        variants.add(text(template.variant(i, false)));
      }
      assertThat(variants).as(template.name()).hasSize(WafCase.VARIANTS);
    }
  }

  @Test
  void variantsAreTheSameInEachRun() {
    for (Template template : Template.values()) {
      assertThat(text(template.variant(7, true))).isEqualTo(text(template.variant(7, true)));
      assertThat(text(template.variant(7, true))).isNotEqualTo(text(template.variant(7, false)));
    }
  }

  @Test
  void largeFormsAreLarge() {
    assertThat(Template.large(1, 1 << 16).body().length).isBetween(1 << 16, 1 << 17);
  }
}
