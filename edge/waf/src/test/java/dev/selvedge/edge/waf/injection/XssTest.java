package dev.selvedge.edge.waf.injection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class XssTest {
  private static boolean detect(String value) {
    byte[] s = LibinjectionSuite.bytes(value);
    return Xss.detect(s, 0, s.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "<scr\0ipt>",
        "<svg/onload=alert(1)>",
        "<img src=x onerror=alert(1)>",
        "\" onmouseover=alert(1) x=\"",
        "' style='x:y",
        "x onfocus=alert(1) autofocus",
        "<a href=\"java\nscript:alert(1)\">",
        "<a href=&#106;&#x61;vascript:1>",
        "<a xlink:href=data:x>",
        "<set attributename=onclick>",
        "<!doctype html>",
        "<!--`-->",
        "<!--[if IE]>",
        "<?xml version=1>",
        "<?import x>",
        "<!ENTITY x>",
        "<%`%>"
      })
  void convictsWhatRuns(String value) {
    assertThat(detect(value)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a < b",
        "a = b",
        "<b>bold</b>",
        "<p class=\"x\">",
        "<a href=\"https://example.com/\">",
        "<a href=dat>",
        "<!-- comment -->",
        "on=1",
        "onx=1",
        "x=\"y\" z='w'",
        "</script>",
        "1 << 3",
        "<a href=&#1000000000;>"
      })
  void letsHarmlessMarkupPass(String value) {
    assertThat(detect(value)).isFalse();
  }
}
