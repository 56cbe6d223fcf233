package dev.selvedge.edge.waf.rx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The same patterns and subjects to PCRE2 itself and to {@link Rx}: same match, same groups. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RxOracleConformanceTest {

  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);
  private static final int GENERATED = Boolean.getBoolean("selvedge.soak") ? 100_000 : 6_000;

  /**
   * Without these, PCRE2 10.42 misses matches that its own manual promises: {@code \r\n?(?:a| )?+$}
   * (auto-possession) and {@code a(b|\1*)} (minimum length), both found by this test.
   */
  private static final int UNOPTIMISED =
      Pcre2Oracle.NO_AUTO_POSSESS | Pcre2Oracle.NO_START_OPTIMIZE;

  private static final int OPERATOR_FLAGS = Pcre2Oracle.DOTALL | Pcre2Oracle.MULTILINE;

  private Optional<Pcre2Oracle> oracle = Optional.empty();
  private final List<String> differences = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  @BeforeAll
  void start() throws Exception {
    oracle = Pcre2Oracle.start();
    Assumptions.assumeTrue(oracle.isPresent(), "no PCRE2: install a C compiler and libpcre2-dev");
  }

  @AfterAll
  void stop() {
    oracle.ifPresent(Pcre2Oracle::close);
  }

  @Test
  void agreesOnGeneratedPatterns() throws Exception {
    RegexGenerator generator = new RegexGenerator(SEED);
    for (int i = 0; i < GENERATED; i++) {
      String pattern = generator.pattern();
      List<Pcre2Oracle.Subject> subjects = new ArrayList<>();
      for (int s = 0; s < 12; s++) {
        byte[] text = generator.subject(14);
        int start = generator.below(3) == 0 ? generator.below(text.length + 1) : 0;
        int options =
            generator.below(6) == 0 ? Pcre2Oracle.ANCHORED | Pcre2Oracle.NOTEMPTY_ATSTART : 0;
        subjects.add(new Pcre2Oracle.Subject(text, start, options));
      }
      compare(pattern, OPERATOR_FLAGS | UNOPTIMISED, subjects);
    }
    finish("generated");
  }

  @Test
  void agreesOnCrsPatternsAndStrings() throws Exception {
    List<byte[]> strings = Suites.crsStrings();
    RegexGenerator generator = new RegexGenerator(SEED);
    List<Suites.RuleRegex> regexes = new ArrayList<>(Suites.crsRegexes());
    regexes.addAll(Suites.modsecurityRegexes());
    int stride = Boolean.getBoolean("selvedge.soak") ? 1 : 10;
    for (Suites.RuleRegex regex : regexes) {
      List<Pcre2Oracle.Subject> subjects = new ArrayList<>();
      for (int i = generator.below(stride); i < strings.size(); i += stride) {
        subjects.add(Pcre2Oracle.Subject.of(strings.get(i)));
        subjects.add(Pcre2Oracle.Subject.of(generator.mutated(strings.get(i))));
      }
      // in batches, so that neither side waits for the other to empty a pipe
      for (int i = 0; i < subjects.size(); i += 500) {
        compare(
            regex.pattern(),
            OPERATOR_FLAGS,
            subjects.subList(i, Math.min(subjects.size(), i + 500)));
      }
    }
    finish("CRS and modsecurity patterns");
  }

  private void finish(String what) {
    System.out.println("PCRE2 oracle, " + what + ", seed " + SEED + ": " + counts);
    assertThat(differences).as("seed " + SEED).isEmpty();
  }

  private void compare(String pattern, int flags, List<Pcre2Oracle.Subject> subjects)
      throws Exception {
    Pcre2Oracle.Answers answers = oracle.orElseThrow().ask(pattern, flags, subjects);
    Rx rx;
    try {
      rx = Rx.compile(pattern);
    } catch (RxSyntaxException refused) {
      count(answers.error() != 0 ? "refused by both" : "refused by us alone");
      if (answers.error() == 0) {
        differences.add(pattern + " refused by us alone: " + refused.getMessage());
      }
      return;
    }
    if (answers.error() != 0) {
      count("refused by PCRE2 alone");
      differences.add(pattern + " refused by PCRE2 alone: " + answers.error());
      return;
    }
    RxMatcher matcher = rx.matcher();
    for (int i = 0; i < subjects.size(); i++) {
      compare(pattern, matcher, subjects.get(i), answers.answers().get(i));
    }
  }

  private void compare(
      String pattern, RxMatcher matcher, Pcre2Oracle.Subject subject, Pcre2Oracle.Answer answer) {
    byte[] text = subject.text();
    byte[] padded = new byte[text.length + 5];
    System.arraycopy(text, 0, padded, 2, text.length);
    int ours =
        subject.options() == 0
            ? matcher.find(padded, 2, text.length, subject.start())
            : matcher.findHereNotEmpty(padded, 2, text.length, subject.start());
    boolean theirLimit = answer.code() < Pcre2Oracle.NO_MATCH;
    if (ours == RxMatcher.LIMIT || theirLimit) {
      count("limit: ours " + (ours == RxMatcher.LIMIT) + ", theirs " + theirLimit);
      return;
    }
    String expected = answer.code() < 0 ? "none" : places(answer, matcher.groups());
    String actual = ours == RxMatcher.NO_MATCH ? "none" : places(matcher);
    count(expected.equals("none") ? "no match" : "match");
    if (!expected.equals(actual) && differences.size() < 20) {
      differences.add(
          pattern
              + " on "
              + HexFormat.of().formatHex(text)
              + " from "
              + subject.start()
              + " options "
              + subject.options()
              + ": PCRE2 "
              + expected
              + ", ours "
              + actual);
    }
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private static String places(Pcre2Oracle.Answer answer, int groups) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 2 * (groups + 1); i++) {
      out.append(i < answer.places().length ? answer.places()[i] : -1).append(' ');
    }
    return out.toString();
  }

  private static String places(RxMatcher matcher) {
    StringBuilder out = new StringBuilder();
    for (int group = 0; group <= matcher.groups(); group++) {
      out.append(matcher.start(group)).append(' ').append(matcher.end(group)).append(' ');
    }
    return out.toString();
  }
}
