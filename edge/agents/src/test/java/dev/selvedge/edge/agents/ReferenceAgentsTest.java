package dev.selvedge.edge.agents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.ReferenceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference of built-in agents is the list of them in another form. */
class ReferenceAgentsTest {

  private static final String UPDATE =
      "./mvnw -q -pl edge/agents -am test -Dtest=ReferenceAgentsTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dselvedge.update-docs=true";

  private static final String HEAD =
      """
      # Reference: built-in agents

      Each is named by `type` in an `agent` block and runs as a child process; what stands here
      is written in its `config` block. Generated from the descriptors in `edge/agents`.
      Rewrite it with:

          %s
      """;

  @Test
  void referenceIsFresh() throws IOException {
    Path file = root().resolve("docs/operations/reference-agents.md");
    String expected = reference();
    if (Boolean.getBoolean("selvedge.update-docs")) {
      Files.writeString(file, expected);
    }
    String actual = Files.exists(file) ? Files.readString(file) : "";
    assertThat(actual).as("%s is stale; rewrite it with: %s", file, UPDATE).isEqualTo(expected);
  }

  private static String reference() {
    StringBuilder out = new StringBuilder(HEAD.formatted(UPDATE));
    for (BuiltIn agent : BuiltIns.ALL) {
      out.append("\n## `").append(agent.type()).append("`\n\n");
      out.append(agent.purpose()).append("\n\n").append(ReferenceTable.of(agent.config()));
      for (Key<?> key : agent.config().keys()) {
        if (key.type() instanceof Block inner) {
          out.append("\n### `").append(key.name()).append("`\n\n").append(ReferenceTable.of(inner));
        }
      }
    }
    return out.toString();
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new AssertionError("no project root above the working folder");
    }
    return folder;
  }
}
