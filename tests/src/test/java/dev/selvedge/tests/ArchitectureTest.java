package dev.selvedge.tests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The folder list is the architecture (STYLE 1): modules see each other only along its arrows. */
class ArchitectureTest {

  /** What each module may see of ours, besides itself. A new module gets its line here. */
  private static final Map<String, List<String>> ARROWS = arrows();

  private static final Set<String> NAMES_THAT_SAY_NOTHING =
      Set.of("common", "util", "utils", "impl", "manager", "helper", "helpers", "base");

  private static final String BENCH_EXCEPTION = "dev.selvedge.bench.BenchException";

  private static final JavaClasses CLASSES = importBuilt();

  private static Map<String, List<String>> arrows() {
    Map<String, List<String>> arrows = new LinkedHashMap<>();
    arrows.put("kernel", List.of());
    arrows.put("edge/config", List.of("kernel"));
    arrows.put("edge/proxy", List.of("kernel", "edge/config", "edge/protocol"));
    arrows.put("edge/protocol", List.of("kernel"));
    arrows.put("edge/waf", List.of("kernel"));
    arrows.put("edge/agents", List.of("kernel", "edge/config", "edge/protocol", "edge/waf"));
    List<String> app = new ArrayList<>(arrows.keySet());
    arrows.put("app", app);
    List<String> bench = new ArrayList<>(arrows.keySet());
    arrows.put("bench", bench);
    return arrows;
  }

  private static Path output(String module) {
    return Project.ROOT.resolve(module).resolve("target/classes");
  }

  private static String packages(String module) {
    return "dev.selvedge." + module.replace('/', '.') + "..";
  }

  private static JavaClasses importBuilt() {
    List<Path> built =
        ARROWS.keySet().stream().map(ArchitectureTest::output).filter(Files::exists).toList();
    return new ClassFileImporter().importPaths(built);
  }

  /** Every module of the build has arrows; only this one, which holds no main code, has none. */
  @Test
  void everyModuleHasItsArrows() {
    List<String> modules = new ArrayList<>(Project.modules());
    assertThat(modules.removeLast()).as("last, so that reports exist").isEqualTo("tests");
    assertThat(ARROWS.keySet()).containsExactlyInAnyOrderElementsOf(modules);
  }

  @TestFactory
  Stream<DynamicTest> modulesSeeEachOtherOnlyAlongTheArrows() {
    return ARROWS.entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(), () -> seesOnly(entry.getKey(), entry.getValue())));
  }

  private static void seesOnly(String module, List<String> others) {
    assumeTrue(Files.exists(output(module)), module + " was not built in this run");
    String[] hidden =
        ARROWS.keySet().stream()
            .filter(other -> !other.equals(module) && !others.contains(other))
            .map(ArchitectureTest::packages)
            .toArray(String[]::new);
    assertThat(
            CLASSES.that(
                com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                    packages(module))))
        .as("classes of %s", module)
        .isNotEmpty();
    noClasses()
        .that()
        .resideInAPackage(packages(module))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(hidden)
        .allowEmptyShould(hidden.length == 0)
        .check(CLASSES);
  }

  @Test
  void kernelNeedsTheJdkAndJSpecifyOnly() {
    classes()
        .that()
        .resideInAPackage("dev.selvedge.kernel..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.selvedge.kernel..", "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void eventLoopsAreOnlyInTheProxy() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.selvedge.edge.proxy..",
            "dev.selvedge.edge.protocol..",
            "dev.selvedge.app..",
            // Asks an agent as a loop of the proxy would, to measure that alone.
            "dev.selvedge.bench.agents..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  /**
   * Two are frozen: the exception that ends the benchmarks, which their Main catches; and the agent
   * protocol, whose codecs and sessions still name each other (issue 3 takes them apart).
   */
  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching("dev.selvedge.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(resideInAPackage("dev.selvedge.bench.."), name(BENCH_EXCEPTION))
        .ignoreDependency(
            resideInAPackage("dev.selvedge.edge.protocol.."),
            resideInAPackage("dev.selvedge.edge.protocol.."))
        .check(CLASSES);
  }

  /** The command line and the process's own log print; access lines go where they are told. */
  @Test
  void onlyTheCommandLineAndLogsPrint() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.selvedge.app..", "dev.selvedge.bench..")
        .and()
        .doNotHaveFullyQualifiedName("dev.selvedge.edge.proxy.record.LogTarget")
        .and()
        .doNotHaveFullyQualifiedName("dev.selvedge.edge.protocol.contract.AgentContract")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(CLASSES);
  }

  @Test
  void namesSaySomething() {
    Set<String> empty = new TreeSet<>();
    for (Path source : Project.files(".java")) {
      for (Path part : Project.ROOT.relativize(source)) {
        String word = part.toString().replace(".java", "");
        boolean suffix =
            Stream.of("Util", "Utils", "Impl", "Manager", "Helper", "Helpers")
                .anyMatch(word::endsWith);
        if (NAMES_THAT_SAY_NOTHING.contains(word) || suffix) {
          empty.add(Project.name(source));
        }
      }
    }
    assertThat(empty).isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<Path> folders = new TreeSet<>();
    for (Path source : Project.files(".java")) {
      if (Project.name(source).contains("src/main/java/")) {
        folders.add(Path.of(String.valueOf(source.getParent())));
      }
    }
    assertThat(folders).isNotEmpty();
    for (Path folder : folders) {
      Path info = folder.resolve("package-info.java");
      assertThat(info).exists();
      assertThat(Arrays.asList(Project.text(info).split("\n", -1))).contains("@NullMarked");
    }
  }
}
