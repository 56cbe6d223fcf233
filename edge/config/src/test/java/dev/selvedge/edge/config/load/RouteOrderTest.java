package dev.selvedge.edge.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which route is tried first, and which never. */
class RouteOrderTest {

  /** One route for each line, named by its number; a line holds the conditions. */
  private static String file(String... routes) {
    StringBuilder out =
        new StringBuilder("listeners { listener \"web\" { address \"127.0.0.1:8080\" }\n");
    out.append("listener \"two\" { address \"127.0.0.1:8081\" } }; routes {\n");
    for (int i = 0; i < routes.length; i++) {
      out.append("route \"").append(i).append("\" { ").append(routes[i]).append("; echo }\n");
    }
    return out.append("}").toString();
  }

  private static List<String> order(String... routes) {
    return RouteOrder.of(Configs.ok(file(routes)).routes()).stream()
        .map(RouteConfig::name)
        .toList();
  }

  private static List<String> never(String... routes) {
    return Configs.problems(file(routes)).stream()
        .map(it -> it.replaceAll(".*route \"(.)\" can never match: route \"(.)\".*", "$1 by $2"))
        .toList();
  }

  @Test
  void triesHigherPriorityThenMoreSpecificThenFileOrder() {
    assertThat(
            order(
                "matches { path-prefix \"/\" }",
                "matches { path-prefix \"/a\" }",
                "matches { path \"/a\" }",
                "matches { path-regex \"x\" }",
                "matches { host \"*.example\" }",
                "matches { host \"a.example\"; path-prefix \"/\" }",
                "priority 1; matches { path-prefix \"/z\" }",
                "matches { path-prefix \"/a\"; method \"GET\" }",
                "matches { path-prefix \"/b\" }"))
        .containsExactly("6", "5", "4", "2", "3", "7", "1", "8", "0");
  }

  @Test
  void leastSpecificAlternativeCounts() {
    assertThat(
            order(
                "matches { path \"/a\" \"/b\" }",
                "matches { path \"/c\"; path-prefix \"/d\" }",
                "matches { path-prefix \"/a/x\" }"))
        .containsExactly("0", "2", "1");
  }

  @Test
  void findsRoutesThatNeverMatch() {
    assertThat(never("priority 1; matches { path-prefix \"/a\" }", "matches { path \"/a/b\" }"))
        .containsExactly("1 by 0");
    assertThat(never("matches { method \"GET\" }", "matches { method \"GET\" }"))
        .containsExactly("1 by 0");
    assertThat(
            never(
                "priority 1; matches { host \"*.example\" }",
                "matches { host \"a.example\" \"*.b.example\"; header \"x\" }"))
        .containsExactly("1 by 0");
    assertThat(
            never(
                "priority 2; matches { path-regex \"^/v[0-9]\" }",
                "matches { path \"/v1\"; query \"q\" \"1\" }",
                "priority 1; matches { path-regex \"^/v[0-9]\"; header \"x\" }"))
        .containsExactly("1 by 0", "2 by 0");
    assertThat(
            never(
                "priority 1; matches { header \"x\" }",
                "matches { header \"x\" \"1\"; query \"q\" }"))
        .containsExactly("1 by 0");
    assertThat(never("priority 1; matches { listener \"web\" \"two\" }", "matches { path \"/\" }"))
        .containsExactly("1 by 0");
  }

  @Test
  void leavesRoutesThatMayMatch() {
    Configs.ok(
        file(
            "priority 9; matches { path-prefix \"/a/\" }",
            "priority 8; matches { path-prefix \"/a\" }",
            "priority 7; matches { path-prefix \"/ab\" }",
            "priority 6; matches { path \"/b\"; method \"GET\" }",
            "priority 5; matches { path \"/b\"; method \"GET\" \"PUT\" }",
            "priority 4; matches { path \"/c\"; header \"x\" \"1\" }",
            "priority 3; matches { path \"/c\"; header \"x\" }",
            "priority 2; matches { host \"*.example\" }",
            "priority 1; matches { host \"example\" }",
            "priority 0; matches { listener \"web\" }",
            "priority -1"));
  }
}
