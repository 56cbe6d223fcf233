package dev.selvedge.edge.waf.rx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Facts about PCRE2 as libmodsecurity 3.0.9 uses it, each with its source: the section of
 * pcre2pattern(3) or pcre2api(3), or "seen" for what the library itself answered (10.42).
 */
class RxConformanceTest {

  /** Pattern, subject (Java escapes), expected places of all groups or none, source. */
  @ParameterizedTest(name = "{0} on {1}: {2} ({3})")
  @CsvSource(
      delimiter = ';',
      value = {
        // places
        "^b ; a\\nb ; 2 3 ; api PCRE2_MULTILINE",
        "^ ; \\n ; 0 0 ; api PCRE2_MULTILINE",
        "(?<=\\n)^ ; a\\n ; none ; api PCRE2_MULTILINE: not behind a final newline",
        "a$ ; a\\nb ; 0 1 ; api PCRE2_MULTILINE",
        "a$ ; a\\r\\n ; none ; newline is LF alone, seen in pcre2_config",
        "(?-m)a$ ; a\\n ; 0 1 ; pattern CIRCUMFLEX AND DOLLAR",
        "(?-m)a$ ; a\\nb ; none ; pattern CIRCUMFLEX AND DOLLAR",
        "(?-m)^b ; a\\nb ; none ; pattern CIRCUMFLEX AND DOLLAR",
        "a\\Z ; a\\n ; 0 1 ; pattern Simple assertions",
        "a\\z ; a\\n ; none ; pattern Simple assertions",
        "\\Ab ; a\\nb ; none ; pattern Simple assertions",
        "\\bb ; a_b b ; 4 5 ; pattern Simple assertions",
        "\\Bb ; b ab ; 3 4 ; pattern Simple assertions",
        "\\b\\xe9 ; \\u00e9 ; none ; pattern Generic character types: C locale",
        // single bytes and classes
        "a.b ; a\\nb ; 0 3 ; api PCRE2_DOTALL",
        "(?-s)a.b ; a\\nb ; none ; pattern FULL STOP",
        "(?-s)a.b ; a\\rb ; 0 3 ; pattern FULL STOP",
        "a\\Nb ; a\\nb ; none ; pattern FULL STOP",
        "\\s ; \\u000b ; 0 1 ; pattern Generic character types: VT is a space",
        "\\s ; \\u0085\\u00a0 ; none ; pattern Generic character types: C locale",
        "\\h ; \\u00a0 ; 0 1 ; pattern Generic character types",
        "\\v+ ; \\n\\u000b\\f\\r\\u0085 ; 0 5 ; pattern Generic character types",
        "\\R ; \\r\\n ; 0 2 ; pattern Newline sequences",
        "\\R\\n ; \\r\\n ; none ; pattern Newline sequences: atomic",
        "\\R ; \\u0085 ; 0 1 ; pattern Newline sequences: BSR is Unicode, seen in pcre2_config",
        "\\w+ ; \\u00e9a_1\\u00df ; 1 4 ; pattern Generic character types: C locale",
        "(?i)\\xe9 ; \\u00c9 ; none ; api Locale support: no case from 0x80",
        "(?i)K ; \\u212a ; none ; bytes, no UTF",
        "(?i)[k-m]+ ; KlM ; 0 3 ; pattern SQUARE BRACKETS",
        "(?i)[^k] ; Kk ; none ; pattern SQUARE BRACKETS",
        "(?i)[[:upper:]] ; a ; 0 1 ; seen",
        "(?i)[[:^upper:]] ; a ; none ; seen",
        "[[:punct:]]+ ; a!~` ; 1 4 ; pattern POSIX CHARACTER CLASSES",
        "[[:space:][:digit:]]+ ; a 1 ; 1 3 ; pattern POSIX CHARACTER CLASSES",
        "[a[:digit:]&&b]+ ; &1ab ; 0 4 ; no set operations in PCRE",
        "[]a]+ ; a] ; 0 2 ; pattern SQUARE BRACKETS",
        "[^]a] ; ]ab ; 2 3 ; pattern SQUARE BRACKETS",
        "[\\d-]+ ; 1-2 ; 0 3 ; pattern SQUARE BRACKETS",
        "[a-c-e]+ ; b-ed ; 0 3 ; pattern SQUARE BRACKETS",
        "[\\b] ; \\b ; 0 1 ; pattern Backslash: backspace in a class",
        "[\\Qa-z\\E]+ ; -az ; 0 3 ; pattern BACKSLASH",
        "\\x4 ; \\u0004 ; 0 1 ; pattern Non-printing characters",
        "\\xg ; \\u0000g ; 0 2 ; pattern Non-printing characters",
        "\\x{e9} ; \\u00e9 ; 0 1 ; pattern Non-printing characters",
        "\\e\\a\\cA ; \\u001b\\u0007\\u0001 ; 0 3 ; pattern Non-printing characters",
        "\\0101 ; \\b1 ; 0 2 ; pattern Non-printing characters: two digits behind \\0",
        "\\12 ; \\n ; 0 1 ; pattern Non-printing characters",
        "a{,2} ; a{,2} ; 0 5 ; 10.42: a literal",
        "a{b ; a{b ; 0 3 ; pattern REPETITION",
        // repeats and groups
        "(a)|b ; b ; 0 1 -1 -1 ; api Captured substrings",
        "(?:(a)|b)* ; ab ; 0 2 0 1 ; pattern CAPTURE GROUPS: the last value stays",
        "(a|ab)(c|bcd)(d*) ; abcd ; 0 4 0 1 1 4 4 4 ; first way, not longest",
        "(a*)* ; b ; 0 0 0 0 ; seen",
        "(a*)+ ; aab ; 0 2 2 2 ; seen",
        "(|a)+ ; aaa ; 0 0 0 0 ; seen",
        "(a?){3} ; a ; 0 1 1 1 ; seen",
        "(a)\\1{2} ; aaa ; 0 3 0 1 ; pattern BACKREFERENCES",
        "(a)?\\1b ; b ; none ; pattern BACKREFERENCES: unset fails",
        "(?i)(a)\\1 ; aA ; 0 2 0 1 ; pattern BACKREFERENCES",
        "(?:(a|b\\1))+ ; aba ; 0 3 1 3 ; pattern BACKREFERENCES: inside its own group",
        "(?<n>a)\\k<n>(?P=n)\\g{n}\\g{-1}\\g1 ; aaaaaa ; 0 6 0 1 ; pattern BACKREFERENCES",
        "a++a ; aaa ; none ; pattern ATOMIC GROUPING",
        "(?>a*)b ; aab ; 0 3 ; pattern ATOMIC GROUPING",
        "(?>a|ab)c ; abc ; none ; pattern ATOMIC GROUPING",
        "(?:a|ab)*+c ; aabc ; 3 4 ; pattern ATOMIC GROUPING",
        "a{2,3}?a ; aaaa ; 0 3 ; pattern REPETITION",
        "(?i:a)b ; Ab ; 0 2 ; pattern INTERNAL OPTION SETTING",
        "(?i:a)b ; aB ; none ; pattern INTERNAL OPTION SETTING",
        "(a(?i)b|c)d ; Cd ; 0 2 0 1 ; pattern INTERNAL OPTION SETTING: later branches too",
        "(?x)a b#c ; ab ; 0 2 ; pattern INTERNAL OPTION SETTING",
        "a(?#*)c(?#(b)+ ; acc ; 0 3 ; pattern COMMENTS: ends at the first bracket",
        // lookarounds
        "a(?=(b)) ; ab ; 0 1 1 2 ; pattern Lookahead assertions: captures are kept",
        "a(?!b) ; abac ; 2 3 ; pattern Lookahead assertions",
        "(?<=a|bc)d ; bcd ; 2 3 ; pattern Lookbehind assertions",
        "(?<!a)b ; abb ; 2 3 ; pattern Lookbehind assertions",
        "(?=a*?)b ; b ; 0 1 ; pattern Lookahead assertions",
        "(?!(a)b)a(\\1)? ; ac ; 0 1 -1 -1 -1 -1 ; pattern Lookahead: unset after a negative one",
      })
  void matchesAsPcre(String pattern, String subject, String expected, String source)
      throws RxSyntaxException {
    byte[] bytes = bytes(subject.strip());
    assertThat(find(Rx.compile(pattern.strip()).matcher(), bytes))
        .as(source)
        .isEqualTo(expected.strip());
  }

  private static byte[] bytes(String escaped) {
    String text = unicodeEscapes(escaped).translateEscapes();
    boolean latin = text.chars().allMatch(c -> c <= 0xFF);
    return text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
  }

  private static String find(RxMatcher matcher, byte[] bytes) {
    if (matcher.find(bytes, 0, bytes.length, 0) == RxMatcher.NO_MATCH) {
      return "none";
    }
    List<String> places = new ArrayList<>();
    for (int group = 0; group <= matcher.groups(); group++) {
      places.add(matcher.start(group) + " " + matcher.end(group));
    }
    return String.join(" ", places);
  }

  /** {@code translateEscapes} leaves {@code \\uXXXX} alone. */
  private static String unicodeEscapes(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\u", i)) {
        out.append((char) Integer.parseInt(text, i + 2, i + 6, 16));
        i += 5;
      } else {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  /** What PCRE2 10.42 refuses, seen. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "^*",
        "\\b+",
        "*a",
        "a**",
        "a{2}{3}",
        "a|*",
        "(?i)*",
        "a{2,1}",
        "a{65536}",
        "[a-\\d]",
        "[\\d-z]",
        "[z-a]",
        "[]",
        "[a",
        "[[:foo:]]",
        "[[.a.]]",
        "[:alpha:]",
        "\\8",
        "\\1",
        "(a)\\2",
        "\\400",
        "\\x{100}",
        "\\x{}",
        "\\x{g}",
        "\\c",
        "\\i",
        "\\u0041",
        "\\",
        "(",
        "a)",
        "(?",
        "(?z)",
        "(?i",
        "(?#a",
        "(?<1x>a)",
        "(?<x>a)(?<x>b)",
        "\\k<x>",
        "(?<=a*)",
        "(?<=(?:a|bc))",
        "(?<!a{1,2})",
        "[\\B]",
        "[\\R]",
        "[\\N]",
        "(?-i-s)a",
        "\\o{8}",
        "\\g0",
        "(?P>n)"
      })
  void refusesWhatPcreRefuses(String pattern) {
    assertThat(refusal(pattern)).isNotNull();
  }

  /** What PCRE2 knows and no rule set uses. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\p{L}",
        "\\X",
        "\\C",
        "\\K",
        "(?|a)",
        "(?R)",
        "(a)(?1)",
        "(?<a>a)(?&a)",
        "(a)(?(1)b)",
        "(*UTF)a",
        "(?C)",
        "(?^)a",
        "(?J)a",
        "(?n)(a)",
        "(?U)a*",
        "(?xx)[a b]"
      })
  void refusesWhatItDoesNotKnow(String pattern) {
    assertThat(refusal(pattern)).isNotNull();
  }

  @Test
  void namesThePlaceOfAFault() {
    RxSyntaxException fault = refusal("ab[z-a]");
    assertThat(fault.offset()).isEqualTo(6);
    assertThat(fault).hasMessageContaining("out of order");
    assertThat(refusal("a\u0100")).hasMessageContaining("not bytes");
    assertThat(refusal("(".repeat(300))).hasMessageContaining("too deeply");
    assertThat(refusal("a".repeat(300_000))).hasMessageContaining("over 256 KiB");
  }

  private static RxSyntaxException refusal(String pattern) {
    try {
      Rx.compile(pattern);
    } catch (RxSyntaxException refused) {
      return refused;
    }
    throw new AssertionError(pattern + " was accepted");
  }

  @Test
  void seesWhatStandsBeforeTheStart() throws Exception {
    byte[] text = "xab\nb".getBytes(StandardCharsets.ISO_8859_1);
    RxMatcher behind = Rx.compile("(?<=a)b|^b").matcher();
    assertThat(behind.find(text, 0, 5, 2)).isEqualTo(RxMatcher.MATCH);
    assertThat(behind.start(0)).isEqualTo(2);
    assertThat(behind.find(text, 2, 3, 0)).isEqualTo(RxMatcher.MATCH);
    assertThat(behind.start(0)).as("the subject begins at its offset").isEqualTo(0);
    RxMatcher caseless = Rx.compile("AB.", Set.of(RxFlag.CASELESS)).matcher();
    assertThat(caseless.find(text, 0, 5, 0)).as("without DOTALL").isEqualTo(RxMatcher.NO_MATCH);
  }

  /** Places seen in the {@code ref} of libmodsecurity 3.0.9's message for @rxGlobal. */
  @Test
  void findsAllAsRxGlobalDoes() throws Exception {
    assertThat(all("b?", "xxabbb")).isEqualTo("0,0 1,0 2,0 3,1 4,1 5,1 6,0");
    assertThat(all("(?=b)", "aab")).isEqualTo("2,0 2,0 2,0");
    assertThat(all("a+", "aabaxa")).isEqualTo("0,2 3,1 5,1");
  }

  private static String all(String pattern, String text) throws RxSyntaxException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    List<String> found = new ArrayList<>();
    int result =
        RxGlobal.findAll(
            Rx.compile(pattern).matcher(),
            bytes,
            0,
            bytes.length,
            match -> found.add(match.start(0) + "," + (match.end(0) - match.start(0))));
    assertThat(result).isEqualTo(RxMatcher.MATCH);
    return String.join(" ", found);
  }

  /** The one pattern of the language cases that PCRE2 refuses as well. */
  @Test
  void takesEveryPatternOfTheSuites() {
    List<String> refused = new ArrayList<>();
    List<Suites.RuleRegex> regexes = new ArrayList<>(Suites.crsRegexes());
    assertThat(regexes).hasSize(318);
    regexes.addAll(Suites.modsecurityRegexes());
    for (Suites.RuleRegex regex : regexes) {
      try {
        Rx.compile(regex.pattern());
      } catch (RxSyntaxException e) {
        refused.add(regex.place() + " " + regex.pattern() + ": " + e.getMessage());
      }
    }
    System.out.println("rx: " + regexes.size() + " patterns of the suites, refused: " + refused);
    assertThat(refused).hasSizeLessThanOrEqualTo(1);
  }
}
