package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * With the CRS at paranoia level 4, the rules fire that fire in libmodsecurity 3.0.9: on each stage
 * of the CRS's tests, on each data line of libinjection and on 20,000 generated requests (a quarter
 * of these here, all in soak).
 *
 * <p>The library's answers are recorded ({@link OracleAnswers}), so this needs no library; where it
 * is installed, some of the answers are asked for again (all in soak). Each request that differs is
 * listed in {@code oracle/differences.txt} under its cause, and taking that cause away must leave
 * no difference ({@link OracleDifferences}). {@code -Dselvedge.record=true} records all anew.
 */
class CrsOracleTest {
  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final boolean RECORDING = OracleAnswers.recording();
  private static final int GENERATED_STRIDE = SOAK || RECORDING ? 1 : 4;
  private static final int LIVE_STRIDE = SOAK ? 1 : 400;
  private static final Path LISTED = TestFiles.module("src/test/resources/oracle/differences.txt");
  private static final Map<String, String> FOUND = new TreeMap<>();

  @TempDir static Path folder;

  private static OracleDifferences differences;

  @BeforeAll
  static void load() throws IOException {
    differences = new OracleDifferences(folder);
  }

  @AfterAll
  static void list() throws IOException {
    if (RECORDING) {
      List<String> lines = new ArrayList<>();
      FOUND.forEach((key, numbers) -> lines.add(key + ":" + numbers));
      Files.write(LISTED, lines);
    }
  }

  @ParameterizedTest
  @EnumSource
  void recordedAnswersAreTheLibrarys(OracleCorpus corpus) throws IOException {
    Assumptions.assumeTrue(Oracle.available(), "libmodsecurity's header or cc is missing");
    List<CrsStage> requests = corpus.requests();
    if (RECORDING) {
      OracleAnswers.write(corpus.file(), OracleAnswers.fired(folder, requests));
    }
    List<String> recorded = OracleAnswers.read(corpus.file());
    assertThat(recorded).hasSameSizeAs(requests);
    List<CrsStage> asked = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < requests.size(); i += LIVE_STRIDE) {
      asked.add(requests.get(i));
      expected.add(recorded.get(i));
    }
    assertThat(OracleAnswers.fired(folder, asked)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void firesWhatTheLibraryFiresButForWhatIsListed(OracleCorpus corpus) throws IOException {
    int stride = corpus == OracleCorpus.GENERATED ? GENERATED_STRIDE : 1;
    List<CrsStage> requests = corpus.requests();
    List<String> answers = OracleAnswers.read(corpus.file());
    assertThat(answers).hasSameSizeAs(requests);
    Map<String, StringBuilder> found = new TreeMap<>();
    List<String> unexplained = new ArrayList<>();
    for (int i = 0; i < requests.size(); i += stride) {
      Set<Long> ours = differences.ours(requests.get(i));
      Set<Long> theirs = OracleAnswers.ids(answers.get(i));
      if (!ours.equals(theirs)) {
        Set<OracleCause> causes = differences.causes(requests.get(i), ours, theirs);
        if (causes.isEmpty()) {
          unexplained.add(i + " ours " + ours + " theirs " + theirs);
        }
        String names = causes.stream().map(Enum::name).collect(Collectors.joining("+"));
        found.computeIfAbsent(corpus + " " + names, _ -> new StringBuilder()).append(' ').append(i);
      }
    }
    found.forEach((key, numbers) -> FOUND.put(key, numbers.toString()));
    System.out.printf("oracle: %s: %s%n", corpus, counts(found));
    assertThat(unexplained).as("%s", String.join("\n", unexplained)).isEmpty();
    if (!RECORDING) {
      assertThat(found.toString()).isEqualTo(listed(corpus, stride).toString());
    }
  }

  private static Map<String, Long> counts(Map<String, StringBuilder> found) {
    Map<String, Long> counts = new TreeMap<>();
    found.forEach((key, list) -> counts.put(key, list.chars().filter(c -> c == ' ').count()));
    return counts;
  }

  /** The differences listed of the requests that are run. */
  private static Map<String, StringBuilder> listed(OracleCorpus corpus, int stride)
      throws IOException {
    Map<String, StringBuilder> listed = new TreeMap<>();
    for (String line : Files.readAllLines(LISTED)) {
      String[] halves = line.split(": ", 2);
      if (halves[0].startsWith(corpus + " ")) {
        for (String number : halves[1].split(" ", -1)) {
          if (Integer.parseInt(number) % stride == 0) {
            listed.computeIfAbsent(halves[0], _ -> new StringBuilder()).append(' ').append(number);
          }
        }
      }
    }
    return listed;
  }
}
