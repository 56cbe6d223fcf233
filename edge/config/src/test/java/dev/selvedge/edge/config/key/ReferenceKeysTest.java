package dev.selvedge.edge.config.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.Project;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.ReferenceTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The reference of keys is the descriptors in another form. */
class ReferenceKeysTest {

  private static final String UPDATE =
      "./mvnw -q -pl edge/config -am test -Dtest=ReferenceKeysTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dselvedge.update-docs=true";

  @Test
  void referenceIsFresh() throws IOException {
    Path file = Project.root().resolve("docs/operations/reference-keys.md");
    String expected = reference();
    if (Boolean.getBoolean("selvedge.update-docs")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    String actual = Files.exists(file) ? Files.readString(file) : "";
    assertThat(actual).as("%s is stale; rewrite it with: %s", file, UPDATE).isEqualTo(expected);
  }

  private static String reference() throws IOException {
    StringBuilder out = new StringBuilder(head());
    for (Block block : Keys.blocks()) {
      out.append("\n## ");
      out.append(block.path().isEmpty() ? "Top level" : "`" + block.path() + "`").append("\n\n");
      if (block.keys().isEmpty()) {
        out.append("Has no keys.\n");
      } else {
        out.append(ReferenceTable.of(block));
      }
      if (!block.later().isEmpty()) {
        out.append("\nNot available in this version: `");
        out.append(String.join("`, `", block.later())).append("`.\n");
      }
    }
    return out.toString();
  }

  private static String head() throws IOException {
    try (var in = ReferenceKeysTest.class.getResourceAsStream("reference-head.md")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.replace("%s", UPDATE);
    }
  }
}
