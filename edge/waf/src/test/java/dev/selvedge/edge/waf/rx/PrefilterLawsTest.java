package dev.selvedge.edge.waf.rx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The one law of the prefilter: what matches is a candidate. */
class PrefilterLawsTest {

  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);
  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");

  @Test
  void everyMatchIsACandidateOnGeneratedPatterns() throws Exception {
    RegexGenerator generator = new RegexGenerator(SEED);
    long matched = 0;
    long offered = 0;
    for (int round = 0; round < (SOAK ? 4_000 : 300); round++) {
      Prefilter.Builder builder = new Prefilter.Builder();
      List<String> patterns = new ArrayList<>();
      List<RxMatcher> matchers = new ArrayList<>();
      List<long[]> sketches = new ArrayList<>();
      while (matchers.size() < 12) {
        String pattern = generator.pattern();
        Rx rx = Rx.compile(pattern);
        builder.add(matchers.size(), rx);
        matchers.add(rx.matcher());
        patterns.add(pattern);
        sketches.add(rx.sketches());
      }
      Prefilter prefilter = builder.build();
      Scanner scanner = prefilter.scanner();
      CandidateSet candidates = prefilter.candidates();
      for (int i = 0; i < 40; i++) {
        byte[] text = generator.mutated(generator.subject(30));
        candidates.clear();
        scanner.scan(text, 0, text.length, candidates);
        offered += candidates.size();
        for (int rule = 0; rule < matchers.size(); rule++) {
          if (matchers.get(rule).find(text, 0, text.length, 0) == RxMatcher.MATCH) {
            matched++;
            assertThat(candidates.contains(rule))
                .as("%s on %s, seed %d", patterns.get(rule), HexFormat.of().formatHex(text), SEED)
                .isTrue();
            assertThat(Sketch.mayHold(text, sketches.get(rule)))
                .as(
                    "sketch of %s on %s, seed %d",
                    patterns.get(rule), HexFormat.of().formatHex(text), SEED)
                .isTrue();
          }
        }
      }
    }
    System.out.printf(
        "rx: prefilter, generated, seed %d: %d matches, %d candidates%n", SEED, matched, offered);
  }

  @Test
  void everyMatchIsACandidateOnCrs() throws Exception {
    List<Suites.RuleRegex> regexes = Suites.crsRegexes();
    List<byte[]> strings = Suites.crsStrings();
    List<List<byte[]>> lists = Suites.crsWordLists();
    Prefilter.Builder builder = new Prefilter.Builder();
    List<RxMatcher> matchers = new ArrayList<>();
    List<long[]> sketches = new ArrayList<>();
    List<long[]> sketchesOfLists = lists.stream().map(Sketch::ofWords).toList();
    long sketched = 0;
    for (Suites.RuleRegex regex : regexes) {
      Rx rx = Rx.compile(regex.pattern());
      builder.add(matchers.size(), rx);
      matchers.add(rx.matcher());
      sketches.add(rx.sketches());
    }
    for (int i = 0; i < lists.size(); i++) {
      builder.addWords(matchers.size() + i, lists.get(i), true);
    }
    Prefilter prefilter = builder.build();
    Scanner scanner = prefilter.scanner();
    CandidateSet candidates = prefilter.candidates();
    RegexGenerator generator = new RegexGenerator(SEED);
    long offered = 0;
    long matched = 0;
    int stride = SOAK ? 1 : 10;
    int texts = 0;
    for (int i = 0; i < strings.size(); i += stride) {
      for (byte[] text : List.of(strings.get(i), generator.mutated(strings.get(i)))) {
        texts++;
        candidates.clear();
        scanner.scan(text, 0, text.length, candidates);
        offered += candidates.size();
        for (int rule = 0; rule < matchers.size(); rule++) {
          boolean mayHold = Sketch.mayHold(text, sketches.get(rule));
          sketched += mayHold ? 1 : 0;
          if (matchers.get(rule).find(text, 0, text.length, 0) == RxMatcher.MATCH) {
            matched++;
            assertThat(candidates.contains(rule) && mayHold)
                .as(
                    "%s on %s, seed %d",
                    regexes.get(rule), new String(text, StandardCharsets.ISO_8859_1), SEED)
                .isTrue();
          }
        }
        matched += checkWords(text, lists, sketchesOfLists, candidates, matchers.size());
      }
    }
    assertThat(sketched)
        .as("sketches tell something")
        .isLessThan((long) texts * matchers.size() / 3);
    System.out.printf(
        "rx: prefilter over %d texts: %d matches, %d candidates, %d always, %d states, %d built, %d"
            + " by families%n",
        texts,
        matched,
        offered,
        prefilter.alwaysCount(),
        scanner.states(),
        scanner.built(),
        scanner.textsByFamilies());
  }

  /** Each word that the text holds must be told by its list; returns how many are. */
  private static long checkWords(
      byte[] text,
      List<List<byte[]>> lists,
      List<long[]> sketches,
      CandidateSet candidates,
      int firstList) {
    String lower = lower(text);
    long matched = 0;
    for (int list = 0; list < lists.size(); list++) {
      for (byte[] word : lists.get(list)) {
        if (lower.contains(lower(word))) {
          matched++;
          assertThat(
                  candidates.contains(firstList + list) && Sketch.mayHold(text, sketches.get(list)))
              .as("list %d, word %s", list, new String(word, StandardCharsets.ISO_8859_1))
              .isTrue();
        }
      }
    }
    return matched;
  }

  private static String lower(byte[] text) {
    return new String(text, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
  }
}
