package dev.selvedge.edge.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.AgentAddress;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.RouteConfig.RouteAgent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What operators write about agents, and what they read after a mistake. */
class AgentConfigTest {

  /** As they stand in the design. */
  private static final String AUTH =
      "agent \"auth\" { type \"auth\"; grpc address=\"http://localhost:50051\";"
          + " events \"request_headers\"; timeout-ms 100; failure-mode \"closed\";"
          + " max-concurrent-calls 100 }\n";

  private static final String WAF =
      "agent \"waf\" { type \"waf\"; timeout-ms 100; failure-mode \"closed\";"
          + " max-concurrent-calls 50; circuit-breaker { failure-threshold 5;"
          + " success-threshold 2; timeout-seconds 30 } }\n";

  private static Loaded load(String text) {
    return ConfigLoader.parse(
        Configs.MINIMAL + text, "test.kdl", name -> null, List.of("waf", "echo"));
  }

  private static Config ok(String text) {
    Loaded loaded = load(text);
    if (loaded instanceof Loaded.Ok ok) {
      return ok.config();
    }
    throw new AssertionError(String.join("\n", Configs.problems(loaded)));
  }

  private static List<String> problems(String text) {
    return Configs.problems(load(text)).stream()
        .map(it -> it.substring("test.kdl:".length()))
        .toList();
  }

  private static AgentConfig agent(Config config, String name) {
    return Objects.requireNonNull(config.agents().get(name));
  }

  @Test
  void blocksOfTheDesignLoadAtTopLevelAndWithinAgents() {
    Config top = ok(AUTH + WAF);
    Config within = ok("agents {\n" + AUTH + WAF + "}\n");
    assertThat(top.agents()).isEqualTo(within.agents());
    assertThat(top.agents().keySet()).containsExactly("auth", "waf");
    assertThat(agent(top, "auth").address())
        .isEqualTo(new AgentAddress.Grpc("localhost", 50_051, null));
    assertThat(agent(top, "waf").address()).isNull();
    assertThat(agent(top, "waf").maxConcurrentCalls()).isEqualTo(50);
    assertThat(agent(top, "waf").breaker().timeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void typeSelectsABuiltInOnlyWhereNoAddressIsGiven() {
    assertThat(agent(ok("agent \"a\" { type \"echo\"; failure-mode \"open\" }"), "a").address())
        .isNull();
    assertThat(
            agent(
                    ok(
                        "agent \"a\" { type \"x\"; failure-mode \"open\""
                            + "; unix-socket path=\"/run/x.sock\" }"),
                    "a")
                .type())
        .isEqualTo("x");
    assertThat(problems("agent \"a\" { type \"ecko\"; failure-mode \"open\" }"))
        .containsExactly(
            "3:18: there is no built-in agent type \"ecko\", only echo, waf; an agent that runs"
                + " elsewhere needs grpc or unix-socket (did you mean \"echo\"?)");
    assertThat(problems("agent \"a\" { failure-mode \"open\" }"))
        .containsExactly("3:1: agent \"a\" has neither a type nor an address");
  }

  @Test
  void failureModeIsRequired() {
    assertThat(problems("agent \"a\" { type \"echo\" }"))
        .containsExactly("3:1: agent has no failure-mode");
    assertThat(problems("agent \"a\" { type \"echo\"; failure-mode \"opened\" }"))
        .containsExactly(
            "3:39: failure-mode takes \"open\" or \"closed\", not \"opened\""
                + " (did you mean \"open\"?)");
  }

  @Test
  void namesOfAgentsAreOfOneKindWhereverTheyStand() {
    assertThat(problems("agents {\n" + WAF + "}\n" + WAF))
        .containsExactly("6:7: agent \"waf\" is already defined at test.kdl:4:1");
  }

  @Test
  void addressesAreChecked() {
    assertThat(
            problems(
                """
                agents {
                  agent "a" { failure-mode "open"; grpc "http://a:1" }
                  agent "b" { failure-mode "open"; grpc address="a:1" }
                  agent "c" { failure-mode "open"; grpc address="http://a:1" ca-file="x" }
                  agent "d" { failure-mode "open"; grpc address="https://a:1" key-file="pom.xml" }
                  agent "e" { failure-mode "open"; unix-socket path="/"; grpc address="http://a:1" }
                  agent "f" { failure-mode "open"; unix-socket path="/x"; memory "64MiB" }
                  agent "g" { failure-mode "open"; unix-socket path="/%s" }
                  agent "h" { failure-mode "open"; unix-socket pth="/x" }
                }
                """
                    .formatted("x".repeat(120))))
        .containsExactly(
            "4:36: grpc needs address=\"http://127.0.0.1:50051\"",
            "4:41: grpc takes no value in front of its block",
            "5:49: an agent's address is http://HOST:PORT or https://HOST:PORT",
            "6:70: there is no file " + java.nio.file.Path.of("x").toAbsolutePath(),
            "6:70: ca-file= needs an https:// URL",
            "7:36: cert-file= and key-file= go together",
            "8:36: an agent has one address, grpc or unix-socket",
            "9:59: memory bounds a process that this program starts; this agent runs elsewhere",
            "10:53: the path of a unix socket has at most 107 bytes",
            "11:36: unix-socket needs path=\"/run/agent.sock\"",
            "11:48: unknown property pth= of unix-socket (did you mean \"path\"?)");
  }

  @Test
  void eventsAreKnownAndHaveTheirBodyMode() {
    assertThat(
            problems(
                """
                agent "a" { type "echo"; failure-mode "open"; events "request_heders" }
                agent "b" { type "echo"; failure-mode "open"; events "websocket_frame" }
                agent "c" { type "echo"; failure-mode "open"; events "response_body" }
                """))
        .containsExactly(
            "3:54: there is no event \"request_heders\" (did you mean \"request_headers\"?)",
            "4:54: websocket_frame is not available in this version",
            "5:47: response_body is never told while response-body is \"none\": write \"stream\""
                + " or \"hold\"");
    assertThat(
            agent(
                    ok(
                        "agent \"a\" { type \"echo\"; failure-mode \"open\";"
                            + " request-body \"hold\" }"),
                    "a")
                .events())
        .containsExactlyInAnyOrder(
            AgentConfig.Event.REQUEST_HEADERS, AgentConfig.Event.REQUEST_BODY);
  }

  private static List<String> problemsOfRoute(String agents) {
    String text =
        """
        listeners { listener "web" { address "127.0.0.1:8080" } }
        agents { agent "waf" { type "waf"; failure-mode "open"; timeout "2s" }; \
        agent "echo" { type "echo"; failure-mode "open" } }
        routes { route "all" { echo; %s } }
        """
            .formatted(agents);
    return Configs.problems(ConfigLoader.parse(text, "t", name -> null, List.of("waf", "echo")));
  }

  @Test
  void routesNameAgentsThatAreThereOnceAndAfterOthers() {
    assertThat(problemsOfRoute("agents \"waf\" \"ecko\" \"waf\""))
        .containsExactly(
            "t:3:43: there is no agent \"ecko\" (did you mean \"echo\"?)",
            "t:3:50: agent \"waf\" is asked twice");
    assertThat(problemsOfRoute("agents { agent \"waf\" { after \"echo\" }; agent \"echo\" }"))
        .containsExactly("t:3:59: after names an agent in front of this one, and \"echo\" is none");
    assertThat(problemsOfRoute("agents \"waf\" { agent \"echo\" }"))
        .containsExactly(
            "t:3:45: agents takes names or a block, not both; write each as agent \"…\" in the"
                + " block");
    String many =
        IntStream.range(0, 65).mapToObj(i -> "\"a" + i + "\"").collect(Collectors.joining(" "));
    assertThat(problemsOfRoute("agents " + many))
        .contains("t:3:30: a route asks at most 64 agents")
        .hasSize(66);
    assertThat(problemsOfRoute("agents")).containsExactly("t:3:30: agents names no agent");
    assertThat(problemsOfRoute("agents \"waf\"; policies { total-timeout \"1s\" }"))
        .containsExactly(
            "t:3:55: total-timeout (1s) ends before timeout (2s) of agent \"waf\" could: that timer"
                + " is inside the total and would never fire");
  }

  @Test
  void bothFormsOfARoutesAgentsSayTheSame() {
    String agents = AUTH + WAF;
    String route = "routes { route \"b\" { matches { path \"/b\" }; echo; %s } }\n";
    List<RouteAgent> named =
        ok(agents + route.formatted("agents \"waf\" \"auth\"")).routes().getLast().agents();
    List<RouteAgent> listed =
        ok(agents + route.formatted("agents { agent \"waf\"; agent \"auth\" }"))
            .routes()
            .getLast()
            .agents();
    assertThat(named).isEqualTo(listed).hasSize(2);
  }

  @Test
  void agentsThatSayTheSameAreEqualWhereverTheyStand() {
    String configured =
        "agent \"a\" { type \"echo\"; failure-mode \"open\"; config { add \"x\" k=1 { y } } }";
    Config one = ok(configured);
    assertThat(ok("\n\n" + configured).agents()).isEqualTo(one.agents());
    assertThat(ok(configured.replace("k=1", "k=2")).agents()).isNotEqualTo(one.agents());
    assertThat(ok(configured.replace("{ y }", "{ z }")).agents()).isNotEqualTo(one.agents());
  }
}
