package dev.selvedge.edge.waf.rx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ways that are known lead where they led before. */
class WalksTest {
  private static final long SEED = Long.getLong("selvedge.seed", 20_261_129L);
  private static final int SETS = 20;

  private static int plain(long[] words, int set, byte[] s, int at, int stop) {
    int i = at;
    while (i < stop && ((words[4 * set + ((s[i] & 0xFF) >> 6)] >>> s[i]) & 1) != 0) {
      i++;
    }
    return i;
  }

  @Test
  void goesAsFarAsAPlainLoop() {
    Random random = new Random(SEED);
    long[] words = new long[4 * SETS];
    for (int i = 0; i < words.length; i++) {
      words[i] = random.nextInt(3) == 0 ? -1 : ~(1L << random.nextInt(64));
    }
    Walks walks = new Walks();
    for (int text = 0; text < 500; text++) {
      byte[] s = new byte[random.nextInt(400)];
      random.nextBytes(s);
      walks.forget();
      for (int i = 0; i < 200; i++) {
        int set = random.nextInt(SETS);
        int at = random.nextInt(s.length + 1);
        int stop = random.nextInt(3) > 0 ? s.length : at + random.nextInt(s.length - at + 1);
        assertThat(walks.walk(words, set, s, at, stop, s.length))
            .as("seed %d, text %d, set %d from %d to %d", SEED, text, set, at, stop)
            .isEqualTo(plain(words, set, s, at, stop));
      }
    }
  }

  @Test
  void anotherSubjectHasItsOwnWays() throws Exception {
    RxMatcher matcher = Rx.compile("x[^}]+\\}").matcher();
    byte[] open = Bytes.of("x".repeat(100));
    byte[] closed = Bytes.of("x".repeat(60) + "}" + "x".repeat(39));
    assertThat(matcher.find(open, 0, open.length, 0)).isEqualTo(RxMatcher.NO_MATCH);
    assertThat(matcher.find(closed, 0, closed.length, 0)).isEqualTo(RxMatcher.MATCH);
    assertThat(matcher.end(0)).isEqualTo(61);
    assertThat(matcher.find(closed, 0, closed.length, 61)).isEqualTo(RxMatcher.NO_MATCH);
  }
}
