package dev.selvedge.edge.config.key;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the root of the project from the folder in which tests run. */
final class Project {

  private Project() {}

  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      Path parent = folder.getParent();
      if (parent == null) {
        throw new AssertionError("not run inside the project");
      }
      folder = parent;
    }
    return folder;
  }
}
