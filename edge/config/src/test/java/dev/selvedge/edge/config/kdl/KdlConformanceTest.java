package dev.selvedge.edge.config.kdl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every input of the KDL 2.0 suite is read, or refused, as published. */
class KdlConformanceTest {

  private static final int INPUTS = 336;

  @Test
  void suiteIsWhole() throws IOException {
    assertThat(inputs()).hasSize(INPUTS);
  }

  @TestFactory
  Stream<DynamicTest> behavesAsPublished(@TempDir Path folder) throws IOException {
    return inputs().stream()
        .map(input ->
            DynamicTest.dynamicTest(
                input.getFileName().toString(), () -> behavesAsPublished(input, folder)));
  }

  private static void behavesAsPublished(Path input, Path folder) throws IOException {
    String name = input.getFileName().toString();
    KdlDocument document = KdlParser.parse(new Source(name, folder), Files.readString(input));
    if (name.endsWith("_fail.kdl")) {
      assertThat(document.errors()).isNotEmpty();
      return;
    }
    assertThat(document.errors()).isEmpty();
    Path expected = suite().resolve("expected_kdl").resolve(name);
    assertThat(KdlPrinter.print(document.nodes())).isEqualTo(Files.readString(expected));
  }

  private static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.list(suite().resolve("input"))) {
      return files.filter(file -> file.toString().endsWith(".kdl")).sorted().toList();
    }
  }

  private static Path suite() {
    String named = System.getenv("SELVEDGE_SUITES");
    Path suites = named != null ? Path.of(named) : projectRoot().resolve("../shared/suites");
    Path suite = suites.resolve("kdl/test_cases").normalize();
    if (!Files.isDirectory(suite)) {
      String message = "no KDL suite at " + suite + "; SELVEDGE_SUITES names the folder of suites";
      String required = System.getenv().getOrDefault("SELVEDGE_REQUIRE", "");
      assertThat(Arrays.asList(required.split(","))).as(message).doesNotContain("suites");
      abort(message);
    }
    return suite;
  }

  private static Path projectRoot() {
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
