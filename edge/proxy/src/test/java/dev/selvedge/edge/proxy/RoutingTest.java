package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every key that chooses a route, from its text to the answer of the route it chose. */
class RoutingTest {

  /** A route that answers with its own name. */
  private static String route(String name, String matches) {
    return "route \"%s\" { %s; respond { body \"%s\" } }\n".formatted(name, matches, name);
  }

  /** Two routes: "yes" with these conditions, and "no" for the rest. */
  private static RunningProxy proxy(String conditions) throws Exception {
    return routes(route("yes", "matches { " + conditions + " }") + route("no", "priority -1"));
  }

  private static RunningProxy routes(String routes) throws Exception {
    return RunningProxy.start(1, "", "routes {\n" + routes + "}\n");
  }

  private static String ask(RunningProxy proxy, String request) throws Exception {
    try (RawClient client = proxy.client()) {
      return client.send(request).answer().text();
    }
  }

  private static String path(RunningProxy proxy, String path) throws Exception {
    return ask(proxy, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  private static String host(RunningProxy proxy, String host) throws Exception {
    return ask(proxy, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  private static String field(RunningProxy proxy, String lines) throws Exception {
    return ask(proxy, "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
  }

  @Test
  void matchesTheWholePath() throws Exception {
    try (RunningProxy proxy = proxy("path \"/a\" \"/b/c\"")) {
      for (String path : List.of("/a", "/a?q=1", "/b/c", "/x/../a", "/%61", "/b/./c")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("yes");
      }
      for (String path : List.of("/a/", "/A", "/ab", "/", "//a", "/b%2Fc", "/b/c/d", "/a;x")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("no");
      }
    }
  }

  @Test
  void matchesPrefixesAtTheEndOfASegment() throws Exception {
    try (RunningProxy proxy = proxy("path-prefix \"/api\" \"/b/\"")) {
      for (String path : List.of("/api", "/api/", "/api/x", "/api?q", "/b/", "/b/x", "/x/../api")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("yes");
      }
      for (String path : List.of("/apix", "/ap", "/API", "/b", "/api%2Fx", "/api/../b", "//api")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("no");
      }
    }
  }

  @Test
  void matchesPatternsInThePath() throws Exception {
    try (RunningProxy proxy = proxy("path-regex \"^/v[0-9]+/\" \"[.]php$\"")) {
      for (String path : List.of("/v1/x", "/v22/", "/a/b.php", "/a.php?x=1", "/x/../v3/y")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("yes");
      }
      for (String path : List.of("/v/x", "/a/v1/x", "/a.phpx", "/a?x=.php")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("no");
      }
    }
  }

  @Test
  void matchesHostsAndWildcards() throws Exception {
    try (RunningProxy proxy = proxy("host \"a.example\" \"*.b.example\"")) {
      List<String> yes =
          List.of("a.example", "A.EXAMPLE", "a.example:81", "x.b.example", "y.x.B.example");
      for (String host : yes) {
        assertThat(host(proxy, host)).as(host).isEqualTo("yes");
      }
      for (String host : List.of("b.example", "xa.example", "x.a.example", "xb.example", "[::1]")) {
        assertThat(host(proxy, host)).as(host).isEqualTo("no");
      }
      assertThat(ask(proxy, "GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n"))
          .isEqualTo("yes");
    }
  }

  @Test
  void matchesPatternsOfTheWholeHost() throws Exception {
    try (RunningProxy proxy = proxy("host-regex \"[a-z]+[.]c[.]example\"")) {
      assertThat(host(proxy, "abc.c.example")).isEqualTo("yes");
      assertThat(host(proxy, "ABC.C.example:8080")).isEqualTo("yes");
      assertThat(host(proxy, "1.c.example")).isEqualTo("no");
      assertThat(host(proxy, "x.abc.c.example")).isEqualTo("no");
      assertThat(host(proxy, "abc.c.example.org")).isEqualTo("no");
    }
  }

  @Test
  void matchesMethods() throws Exception {
    try (RunningProxy proxy = proxy("method \"POST\" \"PURGE\"; method \"DELETE\"")) {
      for (String method : List.of("POST", "PURGE", "DELETE")) {
        assertThat(ask(proxy, method + " / HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo("yes");
      }
      for (String method : List.of("GET", "PUT", "post", "POSTS", "POS")) {
        assertThat(ask(proxy, method + " / HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo("no");
      }
    }
  }

  @Test
  void matchesFieldsByPresenceAndValue() throws Exception {
    try (RunningProxy proxy = proxy("header \"X-A\"; header \"X-B\" \"1\"")) {
      assertThat(field(proxy, "x-a: y\r\nx-b: 1\r\n")).isEqualTo("yes");
      assertThat(field(proxy, "X-A:\r\nX-B: 2\r\nX-B:  1 \r\n")).isEqualTo("yes");
      assertThat(field(proxy, "x-a: y\r\n")).isEqualTo("no");
      assertThat(field(proxy, "x-b: 1\r\n")).isEqualTo("no");
      assertThat(field(proxy, "x-a: y\r\nx-b: 11\r\n")).isEqualTo("no");
      assertThat(field(proxy, "x_a: y\r\nx-b: 1\r\n")).isEqualTo("no");
      assertThat(field(proxy, "x-a: y\r\nx-b: 1\r\nConnection: x-b\r\n")).isEqualTo("no");
    }
  }

  @Test
  void matchesQueryParametersByPresenceAndValue() throws Exception {
    try (RunningProxy proxy = proxy("query \"q\"; query \"r\" \"1\"")) {
      for (String path : List.of("/?q&r=1", "/?r=1&q=x", "/?a=b&q=&r=2&r=1", "/x?r=1&&q")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("yes");
      }
      for (String path : List.of("/", "/?q", "/?r=1", "/?qq&r=1", "/?q&r=11", "/?q&r", "/?Q&r=1")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("no");
      }
      assertThat(path(proxy, "/?%71&r=1")).as("compared as sent").isEqualTo("no");
    }
  }

  @Test
  void matchesListeners() throws Exception {
    String text =
        """
        system { worker-threads 1; access-log "off" }
        listeners {
          listener "web" { address "127.0.0.1:0" }
          listener "inside" { address "127.0.0.1:0" }
        }
        routes {
          route "in" { matches { listener "inside" }; respond { body "in" } }
          route "out" { respond { body "out" } }
        }
        """;
    try (RunningProxy proxy = RunningProxy.start(text);
        RawClient outside = RawClient.connect(proxy.port("web"));
        RawClient inside = RawClient.connect(proxy.port("inside"))) {
      assertThat(outside.get("/").answer().text()).isEqualTo("out");
      assertThat(inside.get("/").answer().text()).isEqualTo("in");
    }
  }

  @Test
  void triesHigherPriorityFirst() throws Exception {
    String routes =
        route("low", "priority -5; matches { path \"/never\" \"/x\" }")
            + route("prefix", "matches { path-prefix \"/x\" }")
            + route("exact", "matches { path \"/x/y\" }")
            + route("longer", "matches { path-prefix \"/x/y\" }")
            + route("host", "matches { path-prefix \"/x\"; host \"b\" }")
            + route("post", "matches { path-prefix \"/x\"; method \"POST\" }")
            + route("high", "priority 10; matches { path-prefix \"/\"; header \"x-high\" }");
    try (RunningProxy proxy = routes(routes)) {
      assertThat(path(proxy, "/x/y")).isEqualTo("exact");
      assertThat(path(proxy, "/x/y/z")).isEqualTo("longer");
      assertThat(path(proxy, "/x/z")).isEqualTo("prefix");
      assertThat(path(proxy, "/never")).isEqualTo("low");
      assertThat(ask(proxy, "GET /x HTTP/1.1\r\nHost: b\r\n\r\n")).isEqualTo("host");
      assertThat(ask(proxy, "POST /x HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo("post");
      assertThat(ask(proxy, "GET /x/y HTTP/1.1\r\nHost: b\r\nX-High: 1\r\n\r\n")).isEqualTo("high");
    }
  }

  @Test
  void matchesEverythingWithoutConditions() throws Exception {
    try (RunningProxy proxy = routes(route("all", "priority 0"))) {
      for (String path : List.of("/", "/a/b?c", "//", "/%2F", "/a;b")) {
        assertThat(path(proxy, path)).isEqualTo("all");
      }
      assertThat(ask(proxy, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo("all");
    }
    try (RunningProxy proxy = routes(route("one", "matches { path \"/one\" }"));
        RawClient client = proxy.client()) {
      Answer answer = client.get("/two").answer();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.code()).isEqualTo("no_route");
    }
  }

  @Test
  void refusesPathsThatAreNotNormalUnderRaw() throws Exception {
    String routes = "routes { route \"raw\" { upstream \"up\"; path-forward \"raw\" } }\n";
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("ok");
        RunningProxy proxy = RunningProxy.start(1, "", routes + upstream.kdl(""))) {
      for (String path : List.of("/a/../b", "/a/./b", "/%61", "/a%2fb", "/..", "/%7e")) {
        try (RawClient client = proxy.client()) {
          Answer answer = client.get(path).answer();
          assertThat(answer.status()).as(path).isEqualTo(400);
          assertThat(answer.code()).isEqualTo("path_not_normal");
        }
      }
      assertThat(upstream.accepted()).isZero();
      for (String path : List.of("/a%2Fb", "//a", "/a;b?x=/../%61", "/a.b/..c")) {
        assertThat(path(proxy, path)).as(path).isEqualTo("ok");
        assertThat(upstream.heads().getLast()).startsWith("GET " + path + " HTTP/1.1\r\n");
      }
    }
  }
}
