package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The CRS loads unchanged, and its own tests pass at paranoia level 4 but for those excepted. */
class CrsConformanceTest {
  private static final int TESTS = 4662;
  private static final double SHARE_MIN = 0.995;

  /** A stage with the name of its test. */
  record Named(String id, CrsStage stage) {}

  /** The files that make up the rule set, in order. */
  static List<String> ruleFiles(Path suite) throws IOException {
    List<String> names = new ArrayList<>();
    names.add(TestFiles.module("src/test/resources/crs/before.conf").toString());
    names.add(suite.resolve("crs-setup.conf.example").toString());
    names.add(TestFiles.module("src/test/resources/crs/after-setup.conf").toString());
    try (Stream<Path> files = Files.list(suite.resolve("rules"))) {
      files.map(Path::toString).filter(p -> p.endsWith(".conf")).sorted().forEach(names::add);
    }
    return names;
  }

  static RuleSet crs(Path suite) throws IOException {
    LoadOutcome outcome = RuleSet.load(ruleFiles(suite), TextFiles.of(), EngineOptions.DEFAULT);
    return switch (outcome) {
      case LoadOutcome.Loaded loaded -> loaded.rules();
      case LoadOutcome.Refused refused ->
          throw new AssertionError(
              String.join("\n", refused.problems().stream().map(Object::toString).toList()));
    };
  }

  /** Every test, as the suite's files hold it, under its name. */
  private static Map<String, Map<String, Object>> tests(Path suite) throws IOException {
    Map<String, Map<String, Object>> all = new LinkedHashMap<>();
    Load yaml = new Load(LoadSettings.builder().build());
    for (Path file : yamlFiles(suite.resolve("tests"))) {
      String name = file.getFileName().toString().replace(".yaml", "");
      Object document = yaml.loadFromString(Files.readString(file));
      if (document instanceof Map<?, ?> map && map.get("tests") instanceof List<?> tests) {
        for (Object test : tests) {
          all.put(name + "-" + object(test).get("test_id"), object(test));
        }
      }
    }
    return all;
  }

  static List<Named> stages(Path suite) throws IOException {
    List<Named> all = new ArrayList<>();
    tests(suite)
        .forEach((id, test) -> {
          if (test.get("stages") instanceof List<?> stages) {
            for (Object stage : stages) {
              all.add(new Named(id, CrsStage.of(object(object(stage).get("input")))));
            }
          }
        });
    return all;
  }

  @Test
  void itsOwnTestsPassButThoseExcepted() throws IOException {
    Path suite = TestFiles.suite("crs");
    RuleSet rules = crs(suite);
    Map<String, String> excepted = reasons("crs/excepted.txt");
    List<String> failed = new ArrayList<>();
    List<String> unlisted = new ArrayList<>();
    Set<String> passedIds = new TreeSet<>();
    Map<String, Map<String, Object>> tests = tests(suite);
    tests.forEach((id, test) -> {
      String failure = run(rules, test);
      if (failure == null) {
        passedIds.add(id);
      } else {
        failed.add(id + ": " + failure);
        if (!excepted.containsKey(id)) {
          unlisted.add(id + ": " + failure);
        }
      }
    });
    int total = tests.size();
    System.out.printf("crs: %d of %d pass; failing: %s%n", total - failed.size(), total, failed);
    assertThat(total).isEqualTo(TESTS);
    assertThat(unlisted).as("%s", String.join("\n", unlisted)).isEmpty();
    assertThat(passedIds)
        .as("excepted, but they pass")
        .doesNotContainAnyElementsOf(excepted.keySet());
    assertThat((double) (total - failed.size()) / total).isGreaterThanOrEqualTo(SHARE_MIN);
  }

  private static List<Path> yamlFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(p -> p.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  /** Lines of {@code name: reason}. */
  static Map<String, String> reasons(String resource) throws IOException {
    Map<String, String> map = new LinkedHashMap<>();
    for (String line :
        Files.readAllLines(TestFiles.module("src/test/resources").resolve(resource))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        int colon = line.indexOf(':');
        map.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    return map;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static @Nullable String run(RuleSet rules, Map<String, Object> test) {
    if (test.get("stages") instanceof List<?> stages) {
      for (Object stage : stages) {
        Transaction t = rules.newTransaction();
        CrsStage.of(object(object(stage).get("input"))).run(t);
        String failure = judge(object(object(stage).get("output")), t);
        if (failure != null) {
          return failure;
        }
      }
    }
    return null;
  }

  private static @Nullable String judge(Map<String, Object> output, Transaction t) {
    Set<String> ids = new TreeSet<>();
    StringBuilder log = new StringBuilder();
    for (RuleMatch match : t.matches()) {
      ids.add(Long.toString(match.id()));
      log.append(match.text()).append('\n');
    }
    Map<String, Object> wanted = object(output.get("log"));
    if (wanted.get("expect_ids") instanceof List<?> expected) {
      for (Object id : expected) {
        if (!ids.contains(id.toString())) {
          return "missing " + id + " in " + ids;
        }
      }
    }
    if (wanted.get("no_expect_ids") instanceof List<?> unexpected) {
      for (Object id : unexpected) {
        if (ids.contains(id.toString())) {
          return "fired " + id;
        }
      }
    }
    Object match = wanted.get("match_regex");
    if (match != null && !Pattern.compile(match.toString()).matcher(log).find()) {
      return "log lacks " + match;
    }
    Object noMatch = wanted.get("no_match_regex");
    if (noMatch != null && Pattern.compile(noMatch.toString()).matcher(log).find()) {
      return "log has " + noMatch;
    }
    Object status = output.get("status");
    boolean fine = status == null || status.toString().equals("200");
    return fine ? null : "expects status " + status + " of the server in front";
  }
}
