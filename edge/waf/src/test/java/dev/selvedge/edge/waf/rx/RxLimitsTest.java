package dev.selvedge.edge.waf.rx;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile patterns and subjects end in bounded time and memory. */
class RxLimitsTest {

  private static final int LENGTH = 64 * 1024;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$x",
        "(a|a)*b",
        "(a*)*b",
        "(?:a?){40}a{40}b",
        "(.*)(.*)(.*)(.*)(.*)b",
        "(?:(?:a+)+)+b",
        "(a|aa)+\\z.",
        "(?=(a+))a*b\\1",
        "x|(?:a*a*)*b",
        "(a{1,3}){1,20}b"
      })
  void givesUpOnCatastrophicPatterns(String pattern) throws Exception {
    byte[] text = filled('a');
    RxMatcher matcher = Rx.compile(pattern).matcher();
    int found =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(20), () -> matcher.find(text, 0, text.length, 0));
    assertThat(found).isEqualTo(RxMatcher.LIMIT);
    assertThat(matcher.start(0)).isEqualTo(-1);
    assertThat(matcher.steps()).isEqualTo(RxMatcher.STEP_LIMIT_DEFAULT);
    byte[] harmless = {'a', 'b'};
    matcher.find(harmless, 0, 2, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?:a|b)*c",
        "(a|b)*?c",
        "(?:(a)|b)*+c",
        "((a))*\\z",
        "(?>(a))*c",
        "(?:a(?=a|b)|b)*"
      })
  void needsNoJavaStack(String pattern) throws Exception {
    byte[] text = filled('a');
    RxMatcher matcher = Rx.compile(pattern).matcher();
    assertThat(matcher.find(text, 0, text.length, 0)).isBetween(0, 2);
  }

  @Test
  void staysLinearOnALeadingLoop() throws Exception {
    byte[] text = filled(' ');
    for (String pattern : new String[] {"\\s*x", "\\s+x", " *?x", "(\\s*)x", ".*x", ".+x"}) {
      RxMatcher matcher = Rx.compile(pattern).matcher();
      assertThat(matcher.find(text, 0, text.length, 0)).as(pattern).isEqualTo(RxMatcher.NO_MATCH);
      assertThat(matcher.steps()).as(pattern).isLessThan(10L * LENGTH);
    }
  }

  @Test
  void obeysTheStepLimit() throws Exception {
    byte[] text = filled('a');
    RxMatcher matcher = Rx.compile("[ab][ab]c").matcher();
    matcher.stepLimit(1000);
    assertThat(matcher.find(text, 0, text.length, 0)).isEqualTo(RxMatcher.LIMIT);
    matcher.stepLimit(1_000_000);
    assertThat(matcher.find(text, 0, text.length, 0)).isEqualTo(RxMatcher.NO_MATCH);
  }

  @Test
  void allocatesNothingOnceGrown() throws Exception {
    byte[] text =
        "select aaaaaaab from (x|y)*".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    RxMatcher matcher = Rx.compile("(?i)(?:(a)|b)+?b\\b.*(from)\\s").matcher();
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 1000; i++) {
      matcher.find(text, 0, text.length, 0);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      matcher.find(text, 0, text.length, 0);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
  }

  private static byte[] filled(char c) {
    byte[] text = new byte[LENGTH];
    Arrays.fill(text, (byte) c);
    return text;
  }
}
