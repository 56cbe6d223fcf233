package dev.selvedge.edge.waf.rx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.bytes.Bytes;
import org.junit.jupiter.api.Test;

/** What sketches rule out; that they never rule out a match is in {@link PrefilterLawsTest}. */
class SketchTest {
  private static boolean mayHold(String pattern, String text) throws Exception {
    return Sketch.mayHold(Bytes.of(text), Rx.compile(pattern).sketches());
  }

  @Test
  void aWordNeedsAllItsLettersWhateverTheirCase() throws Exception {
    assertThat(mayHold("(?i)eval\\(", "LAVE (")).isTrue();
    assertThat(mayHold("(?i)eval\\(", "eva(")).isFalse();
    assertThat(mayHold("(?i)eval\\(", "eval")).isFalse();
  }

  @Test
  void oneOfSeveralBranchesIsEnough() throws Exception {
    assertThat(mayHold("union|select", "unions")).isTrue();
    assertThat(mayHold("union|select", "sect")).isFalse();
    assertThat(mayHold("(?:union|select)\\s+\\d", "select 7")).isTrue();
    assertThat(mayHold("(?:union|select)\\s+\\d", "select x")).isFalse();
  }

  @Test
  void whatMayBeMissingIsNotNeeded() throws Exception {
    assertThat(mayHold("a(?:bc)*d?", "a")).isTrue();
    assertThat(mayHold("a(?=b)", "a")).isTrue();
    assertThat(mayHold(".*", "x")).isTrue();
  }

  @Test
  void twoDotsMustStandTogether() throws Exception {
    assertThat(mayHold("/\\.{2,3}/", "a/.b./")).isFalse();
    assertThat(mayHold("/\\.{2,3}/", "a../")).isTrue();
  }

  @Test
  void anEmptyLineNeedsALineBreakOrAnEmptyText() throws Exception {
    assertThat(mayHold("^$", "")).isTrue();
    assertThat(mayHold("^$", "a\n\nb")).isTrue();
    assertThat(mayHold("^$", "ab")).isFalse();
  }

  @Test
  void moreBranchesThanAreKeptOnlyAskForLess() throws Exception {
    StringBuilder pattern = new StringBuilder("x(?:");
    for (char a = 'a'; a < 'k'; a++) {
      for (char b = 'l'; b < 'w'; b++) {
        pattern.append(a).append(b).append('|');
      }
    }
    assertThat(mayHold(pattern.append("zz)").toString(), "xzz")).isTrue();
    assertThat(mayHold(pattern.toString(), "yzz")).isFalse();
  }
}
