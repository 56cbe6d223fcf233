package dev.selvedge.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A generated page below docs/operations. */
final class ReferencePage {

  private static final String UPDATE = "selvedge.update-docs";

  private ReferencePage() {}

  /** The folder that holds the build's wrapper. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = java.util.Objects.requireNonNull(folder.getParent(), "no mvnw above the test");
    }
    return folder;
  }

  /** Fails where the page does not say this, or writes it where the update is asked for. */
  static void check(String name, String wanted) throws IOException {
    Path page = root().resolve("docs/operations").resolve(name);
    if (Boolean.getBoolean(UPDATE)) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, wanted);
    }
    assertThat(page)
        .as("stale page: run the tests once with -D%s=true", UPDATE)
        .content()
        .isEqualTo(wanted);
  }

  /** Text as a cell of a Markdown table. */
  static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
