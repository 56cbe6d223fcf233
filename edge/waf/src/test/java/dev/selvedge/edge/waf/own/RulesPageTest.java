package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about the rules lists every file with its family and how many rules it has. */
class RulesPageTest {
  @Test
  void listsEveryFamily() throws IOException {
    String page = Files.readString(root().resolve("docs/rules.md"));
    Map<String, Long> counts =
        RuleInfo.of(Shipped.rules(Policy.DEFAULT)).stream()
            .map(r -> "| `%s` | `family/%s` | %d |".formatted(r.file(), r.family(), first(r)))
            .collect(Collectors.groupingBy(row -> row, Collectors.counting()));
    counts.forEach((row, count) -> assertThat(page).contains(row + " " + count + " |"));
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
