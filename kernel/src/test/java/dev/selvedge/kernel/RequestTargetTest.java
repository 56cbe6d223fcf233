package dev.selvedge.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Forms of a target and its normal form (RFC 9112, 3.2; RFC 3986, 5.2.4 and 6.2.2). */
class RequestTargetTest {

  private static String parsed(String method, String text, String host) {
    HttpHead head = new HttpHead();
    byte[] bytes = (method + text + "host" + host).getBytes(StandardCharsets.ISO_8859_1);
    head.append(bytes, 0, bytes.length);
    head.method(0, method.length());
    head.target(method.length(), text.length());
    int name = method.length() + text.length();
    head.addField(name, 4, name + 4, host.length());
    RequestTarget target = new RequestTarget();
    FailureCode bad = target.parse(head, false, false);
    if (bad != null) {
      return bad.code();
    }
    return target.host() + " " + target.path() + (target.hasQuery() ? "?" + target.query() : "");
  }

  @Test
  void normalisesPathsOnce() {
    String[][] table = {
      {"/a/b/c/./../../g", "/a/g"},
      {"/mid/content=5/../6", "/mid/6"},
      {"/..", "/"},
      {"/../../a", "/a"},
      {"/a/..", "/"},
      {"/a/.", "/a/"},
      {"//..", "/"},
      {"/a//../b", "/a/b"},
      {"/%7Esmith/%61%2d", "/~smith/a-"},
      {"/%2e%2E/x", "/x"},
      {"/a%2fb%5c", "/a%2Fb%5C"},
      {"/%252e", "/%252e"},
      {"/a;b//c", "/a;b//c"},
      {"/...", "/..."},
    };
    for (String[] one : table) {
      assertThat(parsed("GET", one[0], "a")).as(one[0]).isEqualTo("a " + one[1]);
      assertThat(parsed("GET", one[1], "a")).as("again").isEqualTo("a " + one[1]);
    }
  }

  @Test
  void readsEveryForm() {
    String[][] table = {
      {"GET", "/x?", "A.b:80", "a.b /x?"},
      {"GET", "/x?a?b/../%2e", "a", "a /x?a?b/../%2e"},
      {"GET", "HTTP://A?q", "a", "a /?q"},
      {"GET", "http://a:80/x", "a", "a /x"},
      {"GET", "http://a", "a", "a /"},
      {"OPTIONS", "*", "a", "a *"},
      {"OPTIONS", "http://a", "a", "a *"},
      {"GET", "*", "a", "bad_target"},
      {"GET", "x", "a", "bad_target"},
      {"GET", "/%", "a", "bad_target"},
      {"GET", "/%zz", "a", "bad_target"},
      {"GET", "/a#b", "a", "bad_target"},
      {"GET", "http://u@a/", "a", "bad_target"},
      {"GET", "http://b/", "a", "bad_host"},
      {"GET", "http://a:81/", "a", "bad_host"},
      {"GET", "/", "", "bad_host"},
      {"GET", "/", "a:", "bad_host"},
      {"GET", "/", "a:65536", "bad_host"},
      {"GET", "/", "u@a", "bad_host"},
      {"GET", "/", "[::G]", "bad_host"},
      {"GET", "/", "[::F]:1", "[::f] /"},
      {"CONNECT", "a:1", "a", "method_unsupported"},
    };
    for (String[] one : table) {
      assertThat(parsed(one[0], one[1], one[2])).as(one[0] + one[1]).isEqualTo(one[3]);
    }
  }
}
