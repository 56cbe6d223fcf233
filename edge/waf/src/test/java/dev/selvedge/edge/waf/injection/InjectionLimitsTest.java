package dev.selvedge.edge.waf.injection;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounded time on values made to be slow, and no allocation where nothing is found. */
final class InjectionLimitsTest {
  private static final int VALUE_BYTES = 1 << 20;

  /** Some hundred times what a linear reading takes; a quadratic one takes minutes. */
  private static final Duration CPU_MAX = Duration.ofSeconds(5);

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final SqlDetector sql = new SqlDetector();
  private final XssDetector xss = new XssDetector();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/*",
        "*/",
        "/**/",
        "/*/*",
        "/*!",
        "'",
        "\"",
        "`",
        "''",
        "\\'",
        "\\",
        "'\\",
        "'\\\\\"",
        "$a",
        "$a$",
        "$$",
        "$a$b",
        "$",
        "x'0",
        "b'0",
        "x'",
        "q'(",
        "nq'[",
        "q'!",
        "u&'",
        "e'",
        "n'",
        "@",
        "@@`",
        "@'",
        "[",
        "[]",
        "(",
        ")",
        "()",
        "1,",
        "1+",
        "1,-",
        ",-1",
        "a.",
        "select.",
        "a`",
        "-",
        "--",
        "--a",
        "-- \n",
        "#",
        "#\n",
        "0x",
        "0b",
        "1e",
        "1.",
        ";",
        ";if",
        "{a",
        "{`",
        "{``",
        "union all ",
        "not ",
        "in(",
        "like(",
        "user(",
        "collate a_b ",
        "\\+",
        "::int",
        "a=a ",
        "1 or 1 ",
        "case ",
        "\0",
        " ",
        "sp_passwor",
        "s",
        "\u00E9",
        "<",
        "</",
        "<!--",
        "<!-",
        "--\0",
        "-\0",
        "<%",
        "%",
        "<a ",
        "<a =",
        "a=",
        "=a ",
        "href=&#0",
        "href=&#x0",
        "&#0",
        "href='",
        "style",
        "on",
        "<![CDATA[",
        "]]",
        "]",
        "<a\0",
        "a\0",
        "/",
        "=",
        ">",
        "/>",
        "</>",
        "<a/b=`",
        "<!a",
        "attributename=a "
      })
  void staysLinear(String unit) {
    byte[] piece = unit.getBytes(StandardCharsets.ISO_8859_1);
    for (String before : new String[] {"", "1' ", "<a href=", "<!--"}) {
      byte[] s = Arrays.copyOf(before.getBytes(StandardCharsets.ISO_8859_1), VALUE_BYTES);
      for (int i = before.length(); i < s.length; i++) {
        s[i] = piece[(i - before.length()) % piece.length];
      }
      long start = THREADS.getCurrentThreadCpuTime();
      Object verdict = sql.fingerprint(s, 0, s.length);
      boolean harmful = xss.detect(s, 0, s.length);
      long nanos = THREADS.getCurrentThreadCpuTime() - start;
      assertThat(nanos)
          .as("%s then %s: %s, %s", before, unit, verdict, harmful)
          .isLessThan(CPU_MAX.toNanos());
    }
  }

  @Test
  void allocatesNothingWhereNothingIsFound() {
    byte[][] values =
        Arrays.stream(
                new String[] {
                  "the quick brown fox",
                  "it's 5 o'clock",
                  "a-b \"c\" -- d # e",
                  "user@example.com",
                  "<p class=\"x\">a = b</p>",
                  "union of the select few",
                  "not in our name (2)"
                })
            .map(LibinjectionSuite::bytes)
            .toArray(byte[][]::new);
    int found = judge(values, 20_000);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    found += judge(values, 10_000);
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(found).isZero();
    assertThat(bytes).isLessThan(10_000);
  }

  private static int judge(byte[][] values, int rounds) {
    int found = 0;
    for (int i = 0; i < rounds; i++) {
      for (byte[] s : values) {
        found += SqlInjection.fingerprint(s, 0, s.length) == null ? 0 : 1;
        found += Xss.detect(s, 0, s.length) ? 1 : 0;
      }
    }
    return found;
  }
}
