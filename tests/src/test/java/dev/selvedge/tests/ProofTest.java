package dev.selvedge.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvedge.edge.agents.BuiltIns;
import dev.selvedge.edge.config.key.Keys;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every configuration key acts: the test that its descriptor names exists, and it ran and passed in
 * this build (DESIGN 5). Works on the reports of the modules before this one; where a module's
 * tests were not run, its keys are skipped and say so.
 */
class ProofTest {

  /** Where parameterised, repeated and made-up tests begin, too. */
  private static final Set<String> TEST_ANNOTATIONS =
      Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory");

  private static final List<JavaMethods.Method> TESTS =
      JavaMethods.of(
          Project.files(".java").stream()
              .filter(file -> Project.name(file).contains("/src/test/java/"))
              .toList());

  private static final TestReports REPORTS = TestReports.read(Project.ROOT, Project.modules());

  @TestFactory
  Stream<DynamicTest> theProofOfEachKeyRanAndPassed() {
    assertThat(Keys.all()).hasSizeGreaterThan(50);
    Stream<Key<?>> ofAgents = BuiltIns.ALL.stream().flatMap(it -> keys(it.config()));
    return Stream.concat(Keys.all().stream(), ofAgents)
        .map(key -> DynamicTest.dynamicTest(key.path(), () -> proven(key)));
  }

  /** A block's keys and those of the blocks in it. */
  private static Stream<Key<?>> keys(Block block) {
    return block.keys().stream()
        .flatMap(key ->
            key.type() instanceof Block inner
                ? Stream.concat(Stream.of(key), keys(inner))
                : Stream.of(key));
  }

  private static void proven(Key<?> key) {
    String[] proof = key.proof().split("#", -1);
    String className = proof[0];
    String method = proof[1];
    List<JavaMethods.Method> ofClass =
        TESTS.stream().filter(test -> test.className().equals(className)).toList();
    assertThat(ofClass)
        .as("the proof of %s: %s", key.path(), key.proof())
        .anyMatch(test ->
            test.name().equals(method)
                && test.annotations().stream().anyMatch(TEST_ANNOTATIONS::contains));
    ranAndPassed(key, className, method, module(ofClass.getFirst().file()));
  }

  private static void ranAndPassed(Key<?> key, String className, String method, String module) {
    List<TestReports.Case> runs = REPORTS.of(className, method);
    boolean chosen = System.getProperty("test") != null;
    assumeTrue(
        !runs.isEmpty() || (!chosen && REPORTS.ran(module)),
        () -> "the tests of " + module + " were not run before this one");
    assertThat(runs).as("runs of %s, the proof of %s", key.proof(), key.path()).isNotEmpty();
    assertThat(runs)
        .as("runs of %s, the proof of %s", key.proof(), key.path())
        .allMatch(run -> run.end() == TestReports.End.PASSED);
  }

  private static String module(Path file) {
    String name = Project.name(file);
    return name.substring(0, name.indexOf("/src/test/java/"));
  }
}
