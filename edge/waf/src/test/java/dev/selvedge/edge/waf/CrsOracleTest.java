package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules that fire on the requests of the CRS's tests are those that fire in libmodsecurity
 * 3.0.9.
 *
 * <p>A hundredth of the stages here, all of them in soak. Differences are counted by rule; each
 * rule that may differ is listed with its cause.
 */
class CrsOracleTest {
  private static final int STRIDE = Boolean.getBoolean("selvedge.soak") ? 1 : 100;

  @TempDir Path folder;

  @Test
  void theSameRulesFireAsInLibmodsecurity() throws IOException {
    Assumptions.assumeTrue(Oracle.available(), "libmodsecurity's header or cc is missing");
    Path suite = TestFiles.suite("crs");
    RuleSet rules = CrsConformanceTest.crs(suite);
    Path main = folder.resolve("main.conf");
    StringBuilder includes = new StringBuilder();
    for (String name : CrsConformanceTest.ruleFiles(suite)) {
      includes.append("Include ").append(name).append('\n');
    }
    Files.writeString(main, includes);
    Map<String, List<String>> differences = new TreeMap<>();
    int stages = 0;
    try (Oracle oracle = Oracle.start(folder, main)) {
      for (CrsConformanceTest.Named named : CrsConformanceTest.stages(suite)) {
        if (stages++ % STRIDE != 0) {
          continue;
        }
        Transaction t = rules.newTransaction();
        named.stage().run(t);
        TreeSet<String> ours = new TreeSet<>();
        for (RuleMatch match : t.matches()) {
          ours.add(Long.toString(match.id()));
        }
        TreeSet<String> theirs = new TreeSet<>();
        for (Oracle.Message m : oracle.ask(named.stage().commands())) {
          theirs.add(m.id());
        }
        TreeSet<String> both = new TreeSet<>(ours);
        both.addAll(theirs);
        for (String id : both) {
          if (ours.contains(id) != theirs.contains(id)) {
            differences
                .computeIfAbsent(id, _ -> new ArrayList<>())
                .add(named.id() + (ours.contains(id) ? " ours" : " theirs"));
          }
        }
      }
    }
    int count = differences.values().stream().mapToInt(List::size).sum();
    System.out.printf(
        "crs oracle: %d stages, %d differences%n", (stages + STRIDE - 1) / STRIDE, count);
    if (!differences.isEmpty()) {
      List<String> lines = new ArrayList<>();
      differences.forEach((id, list) -> lines.add(id + " " + list.size() + " " + list));
      Files.write(TestFiles.module("target/crs-oracle.txt"), lines);
    }
    differences.keySet().removeAll(CrsConformanceTest.reasons("crs/oracle.txt").keySet());
    assertThat(differences).isEmpty();
  }
}
