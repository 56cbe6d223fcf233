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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On 20,000 generated requests the rules fire that fire in libmodsecurity 3.0.9 with the CRS at
 * paranoia level 4, but for those listed with their cause.
 *
 * <p>A two-hundredth here and all in soak where the library is installed. What our side fires on a
 * tenth is recorded in {@code crs/generated.txt} (a hash for each request), so that a build without
 * the library notices a change too; {@code -Dselvedge.record=true} writes it anew.
 */
class GeneratedOracleTest {
  private static final long SEED = 20_261_123L;
  private static final int REQUESTS = 20_000;
  private static final int STRIDE =
      Integer.getInteger("selvedge.stride", Boolean.getBoolean("selvedge.soak") ? 1 : 200);
  private static final int RECORDED_EVERY = 10;
  private static final int HASHES_A_LINE = 20;

  @TempDir Path folder;

  private static Set<String> ours(RuleSet rules, CrsStage request) {
    Transaction t = rules.newTransaction();
    request.run(t);
    TreeSet<String> ids = new TreeSet<>();
    for (RuleMatch match : t.matches()) {
      ids.add(Long.toString(match.id()));
    }
    return ids;
  }

  @Test
  void firesWhatWasRecorded() throws IOException {
    RuleSet rules = CrsConformanceTest.crs(TestFiles.suite("crs"));
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < REQUESTS; i += RECORDED_EVERY) {
      int hash = ours(rules, RequestGenerator.request(SEED, i)).toString().hashCode();
      line.append("%04x".formatted((hash ^ hash >>> 16) & 0xFFFF));
      if (line.length() == 4 * HASHES_A_LINE) {
        lines.add(line.toString());
        line.setLength(0);
      }
    }
    Path record = TestFiles.module("src/test/resources/crs/generated.txt");
    if (Boolean.getBoolean("selvedge.record")) {
      Files.write(record, lines);
    }
    assertThat(lines).isEqualTo(Files.readAllLines(record));
  }

  @Test
  void firesWhatLibmodsecurityFires() throws IOException {
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
    int run = 0;
    try (Oracle oracle = Oracle.start(folder, main)) {
      for (int i = 0; i < REQUESTS; i += STRIDE) {
        run++;
        CrsStage request = RequestGenerator.request(SEED, i);
        Set<String> ours = ours(rules, request);
        TreeSet<String> theirs = new TreeSet<>();
        oracle.ask(request.commands()).forEach(message -> theirs.add(message.id()));
        TreeSet<String> both = new TreeSet<>(ours);
        both.addAll(theirs);
        for (String id : both) {
          if (ours.contains(id) != theirs.contains(id)) {
            String who = ours.contains(id) ? " ours" : " theirs";
            differences.computeIfAbsent(id, _ -> new ArrayList<>()).add(i + who);
          }
        }
      }
    }
    int count = differences.values().stream().mapToInt(List::size).sum();
    System.out.printf("generated oracle: %d requests, %d differences%n", run, count);
    List<String> lines = new ArrayList<>();
    differences.forEach((id, list) -> lines.add(id + " " + list.size() + " " + list));
    Files.createDirectories(TestFiles.module("target"));
    Files.write(TestFiles.module("target/generated-oracle.txt"), lines);
    differences.keySet().removeAll(CrsConformanceTest.reasons("crs/oracle.txt").keySet());
    differences.keySet().removeAll(CrsConformanceTest.reasons("crs/oracle-generated.txt").keySet());
    assertThat(differences).isEmpty();
  }
}
