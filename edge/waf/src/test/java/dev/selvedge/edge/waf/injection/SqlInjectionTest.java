package dev.selvedge.edge.waf.injection;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlInjectionTest {
  private static @Nullable String fingerprint(String value) {
    byte[] s = LibinjectionSuite.bytes(value);
    return SqlInjection.fingerprint(s, 0, s.length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "1 or 1=1 | 1&1",
        "x' or 'a'='a | s&sos",
        "1 union select password from users | 1UEnk",
        "1; drop table users -- | 1;Tnn",
        "sleep(5) and 1 | f(1)&",
        "1/*!50000union*/ select 1 | X",
        "admin'-- | sc"
      })
  void namesTheFingerprintOfAnAttack(String value, String expected) {
    assertThat(fingerprint(value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "hello",
        "union",
        "O'Neill",
        "rock and roll",
        "1 union",
        "select a seat",
        "2024-01-02",
        "a,b,c",
        "it's 5 o'clock",
        "\"quoted\"",
        "user@example.com",
        "some text --",
        "C# and F#"
      })
  void letsOrdinaryTextPass(String value) {
    assertThat(fingerprint(value)).isNull();
  }

  @Test
  void readsOnlyTheGivenPart() {
    byte[] s = LibinjectionSuite.bytes("1 or 1=1 -- x");
    assertThat(SqlInjection.fingerprint(s, 0, 8)).isEqualTo("1&1");
    assertThat(SqlInjection.fingerprint(s, 2, 2)).isNull();
    assertThat(SqlInjection.fingerprint(s, s.length, 0)).isNull();
  }

  @Test
  void knowsEveryWordInEitherCase() {
    for (String line : Tables.lines("sql-words.txt")) {
      for (String word : line.substring(2).split(",", -1)) {
        for (String written : new String[] {word, word.toLowerCase(java.util.Locale.ROOT)}) {
          byte[] s = LibinjectionSuite.bytes(written);
          assertThat(Kind.letter(SqlWords.kind(SqlWords.find(s, 0, s.length))))
              .as(written)
              .isEqualTo(line.charAt(0));
        }
      }
    }
  }
}
