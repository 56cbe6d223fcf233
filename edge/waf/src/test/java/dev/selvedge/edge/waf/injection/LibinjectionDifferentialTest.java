package dev.selvedge.edge.waf.injection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.injection.HtmlTokenizer.Place;
import dev.selvedge.edge.waf.injection.LibinjectionSuite.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Ours against the real libinjection, in process: the verdict and fingerprint of each value, and
 * what each single reading of it gives, so that a difference shows even where no attack is found.
 */
final class LibinjectionDifferentialTest {
  private static final long SEED = 20_251_123;
  private static final int VALUES = Boolean.getBoolean("selvedge.soak") ? 5_000_000 : 20_000;

  private final SqlDetector sql = new SqlDetector();
  private final XssDetector xss = new XssDetector();
  private final List<String> differences = new ArrayList<>();

  @Test
  void generatedValuesAreJudgedAlike() {
    List<String> corpus = LibinjectionSuite.lines().stream().map(Line::value).toList();
    Values values = new Values(SEED, corpus);
    try (Libinjection real = Libinjection.open()) {
      for (int i = 0; i < VALUES; i++) {
        compare(real, values.next());
      }
    }
    assertThat(differences).as("seed %d", SEED).isEmpty();
  }

  @Test
  void everyValueOfTwoBytesIsJudgedAlike() {
    try (Libinjection real = Libinjection.open()) {
      for (int i = 0; i < 1 << 16; i++) {
        compare(real, new byte[] {(byte) (i >> 8), (byte) i});
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void dataLinesAreJudgedAlike() {
    try (Libinjection real = Libinjection.open()) {
      for (Line line : LibinjectionSuite.lines()) {
        compare(real, LibinjectionSuite.bytes(line.value()));
      }
    }
    assertThat(differences).isEmpty();
  }

  private void compare(Libinjection real, byte[] s) {
    differ("sql", real.sqli(s), SqlInjection.fingerprint(s, 0, s.length), s);
    differ("xss", real.xss(s), Xss.detect(s, 0, s.length), s);
    if (s.length == 0) {
      return;
    }
    byte[] placed = new byte[s.length + 4];
    Arrays.fill(placed, (byte) '-');
    System.arraycopy(s, 0, placed, 2, s.length);
    for (Quote quote : Quote.values()) {
      for (boolean mysql : new boolean[] {false, true}) {
        String theirs =
            real.sequence(s, quote.flag | (mysql ? Libinjection.MYSQL : Libinjection.ANSI));
        String ours = sql.sequence(placed, 2, s.length, quote.mark, mysql);
        differ(quote + " mysql " + mysql, theirs, ours, s);
      }
    }
    for (Place place : Place.values()) {
      differ(place.toString(), real.xss(s, place), xss.harms(placed, 2, s.length, place), s);
    }
  }

  private void differ(String what, @Nullable Object theirs, @Nullable Object ours, byte[] s) {
    if (!Objects.equals(theirs, ours) && differences.size() < 50) {
      String value = new String(s, StandardCharsets.ISO_8859_1);
      differences.add(what + ": theirs " + theirs + ", ours " + ours + ": " + value);
    }
  }

  private enum Quote {
    NONE(Libinjection.QUOTE_NONE, (byte) 0),
    SINGLE(Libinjection.QUOTE_SINGLE, (byte) '\''),
    DOUBLE(Libinjection.QUOTE_DOUBLE, (byte) '"');

    private final int flag;
    private final byte mark;

    Quote(int flag, byte mark) {
      this.flag = flag;
      this.mark = mark;
    }
  }
}
