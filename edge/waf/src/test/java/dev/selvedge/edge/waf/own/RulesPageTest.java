package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The page about the rules lists every file with its family. How many rules each has is left to the
 * program: a number in a page is wrong as soon as two changes meet.
 */
class RulesPageTest {
  @Test
  void listsEveryFamily() throws IOException {
    String page = Files.readString(root().resolve("docs/rules.md"));
    assertThat(RuleInfo.of(Shipped.rules(Policy.DEFAULT.withParanoia(4))))
        .allSatisfy(rule -> assertThat(page).contains(row(rule)));
  }

  private static String row(RuleInfo rule) {
    return "\n| `%s` | `family/%s` | %d | ".formatted(rule.file(), rule.family(), first(rule));
  }

  private static long first(RuleInfo rule) {
    return rule.id() / 10_000 * 10_000;
  }

  private static Path root() {
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      if (Files.exists(p.resolve("mvnw"))) {
        return p;
      }
    }
    throw new IllegalStateException("no folder above holds mvnw");
  }
}
