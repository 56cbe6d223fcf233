package dev.selvedge.edge.waf.rx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Texts made to blow up the automaton cost no more than their budget, and lose no rule. */
class PrefilterLimitsTest {

  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);

  /** Loops that run into each other: their combinations are over 100,000 states. */
  private static Prefilter hostile() throws RxSyntaxException {
    Prefilter.Builder builder = new Prefilter.Builder();
    for (int i = 0; i < 18; i++) {
      char a = (char) ('a' + i);
      builder.add(i, Rx.compile("%c[a-r0-9]*_%c".formatted(a, (char) (a + 1))));
    }
    return builder.build();
  }

  @Test
  void staysWithinBudgetOnAThrashingCorpus() throws Exception {
    Prefilter prefilter = hostile();
    Scanner scanner = prefilter.scanner();
    CandidateSet candidates = prefilter.candidates();
    Random random = new Random(SEED);
    int texts = 10_000;
    long bytes = 0;
    for (int i = 0; i < texts; i++) {
      byte[] text = new byte[200 + random.nextInt(200)];
      for (int j = 0; j < text.length; j++) {
        text[j] = (byte) "abcdefghijklmnopqr0123_____".charAt(random.nextInt(27));
      }
      bytes += text.length;
      candidates.clear();
      scanner.scan(text, 0, text.length, candidates);
    }
    long free = 2L * (Scanner.LEARNING_BUILDS + Scanner.BUILDS_PER_TEXT);
    assertThat(scanner.built()).isLessThanOrEqualTo(free + 2 * bytes / Scanner.BYTES_PER_BUILD);
    assertThat(scanner.states()).isLessThanOrEqualTo(2 * LazyDfa.STATES_MAX);
    assertThat(scanner.textsByFamilies()).as("the corpus thrashes").isGreaterThan(texts / 10);
    System.out.printf(
        "rx: thrash, seed %d: %d texts, %d bytes, %d moves built, %d states, %d by families%n",
        SEED, texts, bytes, scanner.built(), scanner.states(), scanner.textsByFamilies());
  }

  @Test
  void losesNoRuleWhenTheBudgetEnds() throws Exception {
    Prefilter prefilter = hostile();
    Scanner scanner = prefilter.scanner();
    CandidateSet candidates = prefilter.candidates();
    Random random = new Random(SEED);
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = 0; j < 150; j++) {
        text.append("abcdefghijklmnopqr0123_____".charAt(random.nextInt(27)));
      }
      int rule = random.nextInt(18);
      text.append((char) ('a' + rule)).append("99_").append((char) ('b' + rule));
      byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
      candidates.clear();
      scanner.scan(bytes, 0, bytes.length, candidates);
      assertThat(candidates.contains(rule)).as("seed %d, text %s", SEED, text).isTrue();
    }
  }

  @Test
  void survivesAFullAutomaton() throws Exception {
    LazyDfa dfa = new Scanner(hostile()).combined();
    Random random = new Random(SEED);
    int state = 0;
    int refused = 0;
    for (int i = 0; i < 400_000 && refused == 0; i++) {
      int next = dfa.step(state, random.nextInt(dfa.endClass()));
      refused += next == LazyDfa.REFUSED ? 1 : 0;
      state = next == LazyDfa.REFUSED ? 0 : next & ~LazyDfa.EVENT_BIT;
    }
    assertThat(refused).as("seed " + SEED).isEqualTo(1);
    assertThat(dfa.states()).isEqualTo(LazyDfa.STATES_MAX);
  }

  @Test
  void warmTextsBuildNothing() throws Exception {
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      texts.add(("a" + i + "_b or c" + i + "_d").getBytes(StandardCharsets.ISO_8859_1));
    }
    Prefilter.Builder builder = new Prefilter.Builder().warmUp(texts);
    builder.add(0, Rx.compile("a[0-9]+_b")).addAlways(3);
    builder.addWords(7, List.of("_d".getBytes(StandardCharsets.ISO_8859_1)), true);
    Prefilter prefilter = builder.build();
    Scanner scanner = prefilter.scanner();
    CandidateSet candidates = prefilter.candidates();
    for (byte[] text : texts) {
      candidates.clear();
      scanner.scan(text, 0, text.length, candidates);
      assertThat(candidates.size()).isEqualTo(3);
      assertThat(candidates.next(1)).isEqualTo(3);
      assertThat(candidates.next(4)).isEqualTo(7);
      assertThat(candidates.next(8)).isEqualTo(-1);
    }
    assertThat(scanner.built()).isZero();
    assertThat(prefilter.alwaysCount()).isEqualTo(1);
  }
}
