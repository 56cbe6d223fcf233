package dev.selvedge.edge.waf.injection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.injection.HtmlTokenizer.Place;
import dev.selvedge.edge.waf.injection.LibinjectionSuite.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The gates are sound: where one says that a value cannot match, the ungated detector finds
 * nothing.
 */
final class ByteClassesLawsTest {
  private static final long SEED = 4_711;
  private static final int VALUES = Boolean.getBoolean("selvedge.soak") ? 20_000_000 : 200_000;

  /** Classes that no gate lets off; joined to a value's own they switch the gates off. */
  private static final int UNGATED = ByteClasses.SQL_RISK | ByteClasses.LESS | ByteClasses.EQUALS;

  private static final List<String> WORDS =
      Tables.lines("sql-words.txt").stream()
          .flatMap(line -> Stream.of(line.substring(2).split("[ ,.]", -1)))
          .filter(word -> word.matches("\\w+"))
          .distinct()
          .toList();

  private final SqlDetector sql = new SqlDetector();
  private final XssDetector xss = new XssDetector();

  private void check(byte[] s) {
    int classes = ByteClasses.in(s, 0, s.length);
    String shown = new String(s, StandardCharsets.ISO_8859_1);
    if (SqlInjection.cannotMatch(s, 0, s.length)) {
      assertThat(sql.fingerprint(s, 0, s.length, classes | UNGATED)).as(shown).isNull();
    }
    if (Xss.cannotMatch(s, 0, s.length)) {
      for (Place place : Place.values()) {
        assertThat(xss.harms(s, 0, s.length, place)).as(shown).isFalse();
      }
    }
  }

  private void checkSql(String value) {
    byte[] s = LibinjectionSuite.bytes(value);
    assertThat(SqlInjection.cannotMatch(s, 0, s.length)).as(value).isTrue();
    check(s);
  }

  @Test
  void everyValueOfTwoBytes() {
    for (int first = 0; first < 256; first++) {
      check(new byte[] {(byte) first});
      for (int second = 0; second < 256; second++) {
        check(new byte[] {(byte) first, (byte) second});
      }
    }
  }

  @Test
  void everyShortValueOfWordBytesThatNumbersAreMadeOf() {
    String alphabet = "0129abdefuxnEX_\u00E9";
    int count = alphabet.length();
    for (int i = 0; i < count * count * count * count; i++) {
      StringBuilder value = new StringBuilder();
      for (int rest = i; rest > 0; rest /= count) {
        value.append(alphabet.charAt(rest % count));
      }
      if (!value.isEmpty()) {
        checkSql(value.toString());
      }
    }
  }

  /** All shapes of a value of word bytes: at most two numbers, then at most one word. */
  @Test
  void everyWordBehindEveryShapeOfNumbers() {
    List<String> numbers = new ArrayList<>();
    List<String> shapes = List.of("0", "12", "12e", "12e5", "12f", "0x", "0xaF", "0b", "0b01");
    numbers.add("");
    for (String first : shapes) {
      numbers.add(first);
      for (String second : shapes) {
        numbers.add(first + second);
      }
    }
    assertThat(WORDS).hasSizeGreaterThan(800);
    for (String number : numbers) {
      for (String word : WORDS) {
        checkSql(number + word);
        checkSql(number + word + "7");
      }
    }
  }

  /** The only listed sequence of a number and a word is number and UNION, let go at two tokens. */
  @Test
  void noListedSequenceIsOfNumbersAndOneWord() {
    List<String> numbers = List.of("1", "n");
    for (String word : "kUBEtfnvo&1AT".split("", -1)) {
      assertThat(listed(word)).as(word).isFalse();
      for (String first : numbers) {
        assertThat(listed(first + word)).as(first + word).isEqualTo((first + word).equals("1U"));
        for (String second : numbers) {
          assertThat(listed(first + second + word)).as(first + second + word).isFalse();
        }
      }
    }
  }

  /** What values without letters and risky signs are made of is in no listed sequence alone. */
  @Test
  void noListedSequenceIsOfHarmlessKinds() {
    String kinds = "1no,:;.?{}\\";
    int count = kinds.length() + 1;
    for (int i = 1; i < count * count * count * count * count; i++) {
      StringBuilder letters = new StringBuilder();
      for (int rest = i; rest > 0; rest /= count) {
        if (rest % count > 0) {
          letters.append(kinds.charAt(rest % count - 1));
        }
      }
      assertThat(listed(letters.toString())).as(letters.toString()).isFalse();
    }
  }

  private static boolean listed(String letters) {
    int code = 0;
    for (int i = 0; i < letters.length(); i++) {
      code = SqlFingerprints.append(code, Kind.of(letters.charAt(i)));
    }
    return SqlFingerprints.contains(code);
  }

  @Test
  void generatedValuesOfGatedClasses() {
    String noLetters = bytesWhere(ByteClasses.OTHER_WORD | ByteClasses.SEPARATOR);
    String noMarkup = bytesWhere(~(ByteClasses.LESS | ByteClasses.EQUALS));
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < VALUES; i++) {
      checkSql(random(random, noLetters + "0123456789,,,;:+"));
      check(LibinjectionSuite.bytes(random(random, noMarkup + "/>\"'`  onhref")));
    }
  }

  private static String bytesWhere(int allowed) {
    StringBuilder bytes = new StringBuilder();
    int ignored = ByteClasses.LESS | ByteClasses.EQUALS;
    for (int b = 0; b < 256; b++) {
      int classes = ByteClasses.of((byte) b);
      boolean harmless = (allowed & ByteClasses.LETTER) == 0;
      if (((harmless ? classes & ~ignored : classes) & ~allowed) == 0) {
        bytes.append((char) b);
      }
    }
    return bytes.toString();
  }

  private static String random(SplittableRandom random, String alphabet) {
    StringBuilder value = new StringBuilder();
    for (int length = random.nextInt(1, 14); length > 0; length--) {
      value.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return value.toString();
  }

  @Test
  void generatedStatementsAndMarkup() {
    Values values = new Values(SEED, List.of());
    for (int i = 0; i < VALUES; i++) {
      check(values.next());
    }
  }

  @Test
  void dataLines() {
    for (Line line : LibinjectionSuite.lines()) {
      check(LibinjectionSuite.bytes(line.value()));
    }
  }
}
