package dev.selvedge.edge.config.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference of keys is the descriptors in another form. */
class ReferenceKeysTest {

  private static final String UPDATE =
      "./mvnw -q -pl edge/config -am test -Dtest=ReferenceKeysTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dselvedge.update-docs=true";

  private static final String HEAD =
      """
      # Reference of configuration keys

      Generated from the key descriptors in `edge/config`; a test fails where it is stale. Rewrite it with

          %s

      A configuration is one file in [KDL 2.0](https://kdl.dev). `./selvedge check FILE` reports every mistake in it at once.

      - **Units.** A duration key `K` is written `K "30s"` (`ms`, `s`, `m`, `h`), `K-ms 30000`, `K-secs 30` or `K-seconds 30`; a size key `K "10MiB"` \
      (`B`, `KiB`, `MiB`, `GiB`, `KB`, `MB`, `GB`) or `K-bytes 10485760`.
      - **Environment.** `${NAME}` in a value is filled in from the environment, where it must be set; `$${` stands for `${` itself.
      - **Paths** of files and folders are relative to the file that names them.
      - **Names** of listeners, routes and upstreams have 1 to 64 letters, digits and characters of `. _ -`.
      - **Blocks** `listeners`, `routes` and `upstreams` may be written several times, so that included files can add to them; any other key once, unless it is marked *repeatable*.
      - **Contradictions** are mistakes: a bound over the one around it, and a timer that would outlive the one around it (`drain-delay` in \
      `graceful-shutdown-timeout`; `pool-wait` and `connect` together, and `first-byte`, in a route's `total-timeout`). Defaults that are not written give way.
      - **Order.** Routes are tried by priority, then the more specific first (host, path, method, fields, query, listener; exact before pattern before prefix or \
      wildcard, longer before shorter), then in file order. A route that can never match is a mistake.
      """
          .formatted(UPDATE);

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

  private static String reference() {
    StringBuilder out = new StringBuilder(HEAD);
    for (Block block : Keys.blocks()) {
      out.append("\n## ");
      out.append(block.path().isEmpty() ? "Top level" : "`" + block.path() + "`").append("\n\n");
      if (block.keys().isEmpty()) {
        out.append("Has no keys.\n");
      } else {
        out.append("| key | value | default | meaning | shown by |\n|---|---|---|---|---|\n");
        block.keys().forEach(key -> row(key, out));
      }
      if (!block.later().isEmpty()) {
        out.append("\nNot available in this version: `");
        out.append(String.join("`, `", block.later())).append("`.\n");
      }
    }
    return out.toString();
  }

  private static void row(Key<?> key, StringBuilder out) {
    String presence =
        switch (key.presence()) {
          case REQUIRED -> "*required*";
          case REPEATED -> "*repeatable*";
          case OPTIONAL -> key.defaultText() == null ? "–" : "`" + key.defaultText() + "`";
        };
    out.append("| `").append(key.name()).append("` | ");
    out.append(key.type().text()).append(" | ").append(presence).append(" | ");
    out.append(key.meaning()).append(" | ").append(key.proof().replace("#", " ")).append(" |\n");
  }
}
