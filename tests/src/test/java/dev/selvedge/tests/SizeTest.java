package dev.selvedge.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * No source outgrows the hard limits (STYLE 8): 600 lines a file, 70 a method, 100 characters a
 * line. What is excused is listed here with its reason, and only as long as it needs it.
 */
class SizeTest {

  private static final int FILE_LINES = 600;
  private static final int METHOD_LINES = 70;
  private static final int LINE_CHARACTERS = 100;

  /** Files over the limit; each of these lists may only shrink. */
  private static final Map<String, String> EXCUSED_FILES = Map.of();

  /** File and method. */
  private static final Map<String, String> EXCUSED_METHODS =
      Map.of(
          "RxConformanceTest#matchesAsPcre",
          "one table of facts about PCRE, a line each",
          "ConfigLoaderTest#pinsEveryDefault",
          "one line for each default there is",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey",
          "one line for each key there is",
          "TraversalTest#hostile",
          "a table of hostile paths",
          "InjectionLimitsTest#staysLinear",
          "a table of inputs that made others slow");

  /** Files with longer lines. */
  private static final Map<String, String> EXCUSED_LINES =
      Map.of(
          "app/src/test/java/dev/selvedge/app/admin/ErrorReferenceTest.java",
          "the head of a page, as a text block",
          "app/src/test/java/dev/selvedge/app/admin/MetricReferenceTest.java",
          "the head of a page, as a text block",
          "edge/waf/src/test/java/dev/selvedge/edge/waf/injection/Values.java",
          "a table of fragments that end with spaces, as one string");

  private static final List<Path> SOURCES = Project.files(".java");

  @Test
  void filesStayUnderTheLimit() {
    Set<String> over = new TreeSet<>();
    for (Path source : SOURCES) {
      if (Project.text(source).lines().count() > FILE_LINES) {
        over.add(Project.name(source));
      }
    }
    onlyExcused(over, EXCUSED_FILES, "files over 600 lines");
  }

  @Test
  void methodsStayUnderTheLimit() {
    Set<String> over =
        JavaMethods.of(SOURCES).stream()
            .filter(method -> method.lines() > METHOD_LINES)
            .map(method -> method.className() + "#" + method.name())
            .collect(Collectors.toCollection(TreeSet::new));
    onlyExcused(over, EXCUSED_METHODS, "methods over 70 lines");
  }

  @Test
  void linesStayUnderTheLimit() {
    Set<String> over = new TreeSet<>();
    for (Path source : SOURCES) {
      Project.text(source)
          .lines()
          .filter(line -> line.codePointCount(0, line.length()) > LINE_CHARACTERS)
          .forEach(line -> over.add(Project.name(source)));
    }
    onlyExcused(over, EXCUSED_LINES, "files with lines over 100 characters");
  }

  private static void onlyExcused(Set<String> over, Map<String, String> excused, String what) {
    Set<String> unexcused = new TreeSet<>(over);
    unexcused.removeAll(excused.keySet());
    assertThat(unexcused).as(what).isEmpty();
    Set<String> idle = new TreeSet<>(excused.keySet());
    idle.removeAll(over);
    assertThat(idle).as("excused, but no longer %s: remove them from the list", what).isEmpty();
  }

  /** The parser sees what it should: else the limits above would hold for nothing. */
  @Test
  void countsTheLinesOfThisMethod() {
    assertThat(JavaMethods.of(SOURCES))
        .filteredOn(method -> method.className().equals("SizeTest"))
        .filteredOn(method -> method.name().equals("countsTheLinesOfThisMethod"))
        .singleElement()
        .satisfies(method -> assertThat(method.lines()).isEqualTo(9))
        .satisfies(method -> assertThat(method.annotations()).containsExactly("Test"));
  }
}
