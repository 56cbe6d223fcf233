package dev.selvedge.edge.waf;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Where this module and the third-party suites lie. */
final class TestFiles {
  private TestFiles() {}

  static Path root() {
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      if (Files.exists(p.resolve("mvnw"))) {
        return p;
      }
    }
    throw new IllegalStateException("no folder above holds mvnw");
  }

  static Path module(String path) {
    return root().resolve("edge/waf").resolve(path);
  }

  /**
   * A suite's folder; the test is skipped, or fails where suites are required, when it is missing.
   */
  static Path suite(String name) {
    String given = System.getenv("SELVEDGE_SUITES");
    Path suites = given != null ? Path.of(given) : root().resolve("../shared/suites");
    Path suite = suites.resolve(name).normalize();
    if (!Files.isDirectory(suite)) {
      String require = System.getenv("SELVEDGE_REQUIRE");
      String message = "suite " + name + " is missing (set SELVEDGE_SUITES)";
      if (require != null && require.contains("suites")) {
        Assertions.fail(message);
      }
      Assumptions.abort(message);
    }
    return suite;
  }
}
