package dev.selvedge.edge.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads after a mistake. */
class ProblemsTest {

  @TempDir Path folder;

  @Test
  void reportsAllMistakesOfAFileTogether() throws IOException {
    Path file = folder.resolve("mistakes.kdl");
    Files.writeString(file, resource("mistakes.kdl"));
    List<String> problems =
        Configs.problems(ConfigLoader.load(file, Map.<String, String>of()::get));
    assertThat(String.join("\n", problems).replace(folder + "/", "") + "\n")
        .isEqualTo(resource("mistakes.txt"));
  }

  private static String resource(String name) throws IOException {
    try (var in = ProblemsTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void asksForListenersAndRoutes() {
    assertThat(Configs.problems("// nothing"))
        .containsExactly(
            "test.kdl:1:1: the block listeners is missing; it needs one listener",
            "test.kdl:1:1: the block routes is missing; it needs one route");
    assertThat(Configs.problems("listeners\nroutes {}"))
        .containsExactly(
            "test.kdl:1:1: listeners has no listener", "test.kdl:2:1: routes has no route");
  }

  @Test
  void misspelledBlockIsNotMissingAsWell() {
    assertThat(Configs.problems("listeners { listner \"a\" {} }\nroute { route \"a\" { echo } }"))
        .containsExactly(
            "test.kdl:1:13: unknown key listner in listeners (did you mean \"listener\"?)",
            "test.kdl:2:1: unknown key route at the top level (did you mean \"routes\"?)");
  }

  @Test
  void anotherFormOfAKeyIsTheSameKey() {
    assertThat(Configs.problemsBeside("system { drain-delay \"1s\"\n drain-delay-ms 5 }"))
        .containsExactly("4:2: drain-delay-ms is another form of drain-delay, first in line 3");
  }

  @Test
  void numbersNeedTheUnitOfTheirKey() {
    assertThat(Configs.problemsBeside("system { limits { max-body 10; max-head-ms 5 } }"))
        .containsExactly(
            "3:28: max-body takes a size such as \"64KiB\" (B, KiB, MiB, GiB, KB, MB or GB), not a"
                + " number without unit (did you mean \"max-body-bytes 10\"?)",
            "3:32: unknown key max-head-ms in limits (did you mean \"max-head\"?)");
    assertThat(Configs.problemsBeside("system { drain-delay-ms \"5ms\"; drain-delay-sec 1 }"))
        .containsExactly(
            "3:25: drain-delay-ms takes a whole number, not text",
            "3:32: unknown key drain-delay-sec in system (did you mean \"drain-delay-secs\"?)");
  }

  @Test
  void numbersStayInRangeHoweverLarge() {
    assertThat(
            Configs.problemsBeside(
                """
                system {
                  worker-threads 99999999999999999999999999
                  drain-delay "999999999999h"
                  graceful-shutdown-timeout-secs 99999999999999999999
                  limits { max-body "999999999999999999GB"; max-fields -1; max-head-bytes 1e9 }
                }
                """))
        .containsExactly(
            "4:18: worker-threads must be 0 to 1,024",
            "5:15: drain-delay must be 0s to 10m",
            "6:34: graceful-shutdown-timeout-secs must be 1ms to 1h",
            "7:21: max-body must be 0B to 1024GiB",
            "7:56: max-fields must be 1 to 10,000",
            "7:75: max-head-bytes takes a whole number, not a number with a fraction or exponent");
  }

  @Test
  void valuesHaveTheShapeOfTheirKey() {
    assertThat(
            Configs.problemsBeside(
                """
                system {
                  worker-threads
                  transport "epoll" "io_uring"
                  strict-target #true { x }
                  forwarded kind="forwarded"
                  reload-on-change (bool)#true
                  trusted-proxies
                  access-log #null
                }
                system {}
                """))
        .containsExactly(
            "4:3: worker-threads needs a whole number",
            "5:21: transport takes one value, this is a second",
            "6:25: strict-target takes no block",
            "7:3: forwarded needs \"x-forwarded-for\" or \"forwarded\"",
            "7:13: forwarded takes no property, here kind=",
            "8:21: type annotations have no meaning here",
            "9:3: trusted-proxies needs text (address or address block)",
            "10:14: access-log takes text (`off`, `stdout` or path of a file), not #null",
            "12:1: system is written twice, first in line 3");
  }

  @Test
  void anAccessLogNeedsAFolderAndIsNone() {
    assertThat(Configs.problemsBeside("system { access-log \"/none/such/x.log\" }"))
        .containsExactly(
            "3:21: access-log cannot be written: there is no folder " + Path.of("/none/such"));
    assertThat(Configs.problemsBeside("system { access-log \"/\" }"))
        .containsExactly("3:21: access-log cannot be written: " + Path.of("/") + " is a folder");
  }

  @Test
  void addressesAreChecked() {
    assertThat(
            Configs.problemsBeside(
                """
                system { trusted-proxies "10.0.0.1/8" "10.0.0.0/33" "300.1.1" "fe80::/10" "x" }
                admin { address ":9090" }
                upstreams { upstream "u" {
                  target "::1"
                  target "1.2.3:80"
                  target "a_b.example:65536"
                  target "http://a.example"
                  target "[::1]:80"
                } }
                """))
        .containsExactly(
            "3:26: \"10.0.0.1/8\" has bits set behind its prefix (did you mean \"10.0.0.0/8\"?)",
            "3:39: the prefix of \"10.0.0.0/33\" must be 0 to 32",
            "3:53: \"300.1.1\" is neither an address nor an address block, such as \"10.0.0.0/8\"",
            "3:75: \"x\" is neither an address nor an address block, such as \"10.0.0.0/8\"",
            "4:17: the host is missing in \":9090\" (did you mean \"0.0.0.0:9090\"?)",
            "6:10: \"::1\" is not HOST:PORT, such as \"127.0.0.1:8080\""
                + " (did you mean \"[::1]:8080\"?)",
            "7:10: \"1.2.3\" is neither an address nor a host name",
            "8:10: the port must be 1 to 65,535, not 65536",
            "9:10: \"http://a.example\" is not HOST:PORT, such as \"127.0.0.1:8080\"");
  }

  @Test
  void proxyProtocolNeedsTrustedProxies() {
    assertThat(
            Configs.problems(Configs.MINIMAL.replace(":8080\"", ":8080\"; proxy-protocol #true")))
        .containsExactly(
            "test.kdl:1:56: proxy-protocol needs system.trusted-proxies: without one every"
                + " connection is refused");
  }

  @Test
  void freePortsNeverCollide() {
    Configs.ok(
        """
        listeners {
          listener "a" { address "127.0.0.1:0" }
          listener "b" { address "127.0.0.1:0" }
        }
        routes { route "all" { echo } }
        """);
  }

  @Test
  void boundsMayNotContradict() {
    assertThat(
            Configs.problemsBeside(
                """
                system {
                  drain-delay "30s"
                  limits {
                    max-connections 100
                    max-connections-per-address 101
                    max-buffered "64KiB"
                    max-buffered-per-direction "65KiB"
                    max-field-name "33KiB"
                    max-field-value "33KiB"
                    max-target "33KiB"
                  }
                }
                """))
        .containsExactly(
            "4:3: drain-delay (30s) does not end before graceful-shutdown-timeout (30s):"
                + " connections would be cut before the drain has begun",
            "7:5: max-connections-per-address (101) is over max-connections (100): one address"
                + " could never reach it",
            "9:5: max-buffered-per-direction (65KiB) is over max-buffered (64KiB): one exchange"
                + " could never reach it",
            "10:5: max-field-name (33KiB) is over max-head (32KiB by default): the head would be"
                + " refused first",
            "11:5: max-field-value (33KiB) is over max-head (32KiB by default): the head would be"
                + " refused first",
            "12:5: max-target (33KiB) is over max-head (32KiB by default): the head would be"
                + " refused first");
  }

  @Test
  void defaultsThatAreNotWrittenGiveWay() {
    Configs.ok(
        Configs.MINIMAL
            + "system { limits { max-connections 9; max-head \"4KiB\"; max-buffered \"9KiB\" } }");
  }

  @Test
  void servicesAreChecked() {
    assertThat(Configs.problemsInRoute("respond { status 204; body \"x\" }"))
        .containsExactly("3:23: an answer with status 204 has no body");
    assertThat(Configs.problemsInRoute("redirect { to \"/a{paht}\" }"))
        .containsExactly(
            "3:15: only {path} and {query} stand for parts of the request, not {paht}"
                + " (did you mean \"{path}\"?)");
    for (String to : List.of("http://{path}/x", "https://{query}{path}", "//{path}", "///x")) {
      assertThat(Configs.problemsInRoute("redirect { to \"" + to + "\" }"))
          .as(to)
          .containsExactly(
              "3:15: the host of a redirect is written out: a request may not choose it");
    }
    assertThat(Configs.problemsInRoute("redirect; static { indx \"a\" }; echo { x }"))
        .containsExactly(
            "3:1: redirect has no to",
            "3:11: route \"all\" has several services, redirect and static and echo; it must have"
                + " exactly one",
            "3:11: static has no root",
            "3:20: unknown key indx in static (did you mean \"index\"?)",
            "3:39: unknown key x in echo");
  }

  @Test
  void unknownEnvironmentIsOneProblemOfItsPlace() {
    assertThat(Configs.ok(Configs.MINIMAL.replace("8080", "${PORT}")).listeners().getFirst())
        .hasToString(
            "ListenerConfig[name=web, address=127.0.0.1:8081, protocol=HTTP, proxyProtocol=false]");
    assertThat(Configs.problems(Configs.MINIMAL.replace("8080", "${PROT}")))
        .containsExactly("test.kdl:1:38: the environment has no PROT");
    assertThat(Configs.problemsInRoute("respond { body \"${}\" }"))
        .containsExactly(
            "3:16: ${ is not followed by a name and }; write $${ where ${ itself is meant");
  }

  @Test
  void afterASyntaxErrorWhatWasReadIsStillChecked() {
    assertThat(
            Configs.problems(
                """
                listeners { listener "web" { address "127.0.0.1:8080"; protokol "http" } }
                system { limits { max-body 10MiB; max-heads 5 } }
                routes { route "a" { upstream "u"; matches { path "/x }
                """))
        .containsExactly(
            "test.kdl:1:56: unknown key protokol in listener (did you mean \"protocol\"?)",
            "test.kdl:2:28: 10MiB is not a number; text that begins so needs quotes",
            "test.kdl:2:35: unknown key max-heads in limits (did you mean \"max-head\"?)",
            "test.kdl:3:51: this string is not closed by \" on its line");
  }

  @Test
  void messagesStayOnOneShortLine() {
    assertThat(Configs.problemsBeside("system { transport \"a\\n\\u{1b}b\" }"))
        .containsExactly("3:20: transport takes \"epoll\" or \"io_uring\", not \"a??b\"");
    assertThat(Configs.problemsBeside("x".repeat(1_000_000)))
        .singleElement()
        .satisfies(it -> assertThat(it).hasSizeLessThan(600).endsWith("…"));
  }

  @Test
  void secretsAreNotShown() {
    assertThat(Configs.problemsBeside("admin { token \"my secret\"; tokn \"other secret\" }"))
        .allSatisfy(problem -> assertThat(problem).doesNotContain("secret"));
  }
}
