package dev.selvedge.app.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.agents.BuiltIn;
import dev.selvedge.edge.agents.BuiltIns;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  private static final String KDL =
      """
      admin { address "off" }
      listeners {
        listener "web" { address "127.0.0.1:8080" }
        listener "inner" { address "127.0.0.1:8081" }
      }
      agents {
        agent "deny" { type "denylist"; failure-mode "closed"; config { path "^/api/secret" } }
        agent "sign" { type "echo"; failure-mode "closed"
          config { request-field "x-sign" "one"; response-field "x-seen" "1" } }
        agent "far" { type "far"; grpc address="http://localhost:1"; failure-mode "closed" }
        agent "lax" { type "lax"; grpc address="http://localhost:2"; failure-mode "open" }
      }
      routes {
        route "inner" { priority 20; matches { listener "inner" }; respond { body "inner" } }
        route "posts" { priority 10; matches { path-prefix "/api/"; method "POST" }
          respond { status 403 }; policies { max-body-bytes 4 } }
        route "api" { priority 5; matches { path-prefix "/api/" }; upstream "users"
          agents "deny" "sign"; policies { request-fields { set "x-a" "b" } } }
        route "far" { matches { path-prefix "/far" }; upstream "users"
          agents { agent "far"; agent "lax"; agent "sign" { after "far" } } }
        route "files" { matches { path-prefix "/files" }; static { root "/" } }
        route "old" { matches { path "/old" }; redirect { to "/new"; status 308 } }
      }
      upstreams { upstream "users" { target "127.0.0.1:9001" } }
      """;

  private static final Config CONFIG = config();

  private static Config config() {
    List<String> types = BuiltIns.ALL.stream().map(BuiltIn::type).toList();
    return switch (ConfigLoader.parse(KDL, "test.kdl", any -> null, types)) {
      case Loaded.Ok ok -> ok.config();
      case Loaded.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private static @Nullable BuiltIn builtIn(String type) {
    return BuiltIns.ALL.stream().filter(it -> it.type().equals(type)).findFirst().orElse(null);
  }

  private static Explanation.Asked asked(String request, String... fields) {
    return new Explanation.Asked(
        request, List.of(fields), new byte[0], InetAddress.ofLiteral("127.0.0.1"), null);
  }

  private static String explain(String request, String... fields) throws Exception {
    AskedAgents agents = new AskedAgents(ExplanationTest::builtIn, false);
    return Explanation.of(asked(request, fields), CONFIG, agents);
  }

  @Test
  void followsARequestThroughEveryStep() throws Exception {
    assertThat(explain("GET http://shop:8080/x/../api/users?q=1", "X_Bad: 1"))
        .isEqualTo(
            """
            request   GET http://shop:8080/x/../api/users?q=1 from 127.0.0.1
            listener  web, 127.0.0.1:8080
            target    host shop, path /api/users (sent as /x/../api/users), query q=1
            route     api (priority 5): matches path-prefix "/api/"
                      not posts (priority 10): no method POST
                      not inner (priority 20): no listener inner
            fields    - x_bad: 1
                      + x-forwarded-for: 127.0.0.1
                      + x-forwarded-proto: http
                      + x-forwarded-host: shop:8080
                      + x-request-id: (new)
                      + traceparent: (new)
                      + x-a: b
            agents    deny (denylist, built in): allow
                      sign (echo, built in): allow; add request field x-sign: one; add response \
            field x-seen: 1
            changed   + x-sign: one
            outcome   forwarded to upstream users (127.0.0.1:9001)
            """);
  }

  @Test
  void namesTheAgentThatRefusesAndItsRule() throws Exception {
    assertThat(explain("GET http://shop/api/secret"))
        .contains("deny (denylist, built in): block with 403\n            rules path ^/api/secret")
        .endsWith("outcome   answered by agent deny: block with 403\n")
        .doesNotContain("changed");
  }

  @Test
  void saysWhomItDidNotAsk() throws Exception {
    assertThat(explain("GET http://shop/far"))
        .contains("far (far, at localhost:1): not asked: it runs elsewhere (--live asks it)")
        .endsWith(
            "outcome   if far and lax let it pass, forwarded to upstream users (127.0.0.1:9001)\n");
  }

  @Test
  void takesTheListenerOfThePortOrTheOneNamed() throws Exception {
    assertThat(explain("GET http://shop:8081/")).contains("listener  inner, 127.0.0.1:8081");
    assertThat(explain("GET http://shop/")).contains("listener  web, 127.0.0.1:8080");
    Explanation.Asked unknown =
        new Explanation.Asked(
            "GET http://shop/", List.of(), new byte[0], InetAddress.ofLiteral("::1"), "x");
    assertThatThrownBy(
            () -> Explanation.of(unknown, CONFIG, (a, r, b) -> new AgentReplies.Reply.Failed("")))
        .hasMessage("there is no listener \"x\"");
  }

  @Test
  void refusesWhatTheDataplaneRefuses() throws Exception {
    assertThat(explain("GET http://shop/%zz"))
        .endsWith("refused with 400, bad_target: The request target is not valid.\n");
    assertThat(explain("GET http://shop/", "Bad Name: 1"))
        .contains("refused with 400, malformed_request");
    assertThat(explain("GET http://shop/", "Connection: host"))
        .contains("refused with 400, bad_field");
    assertThat(explain("GET http://shop/nowhere")).contains("refused with 404, no_route");
    Explanation.Asked large =
        new Explanation.Asked(
            "POST http://shop/api/x",
            List.of(),
            new byte[5],
            InetAddress.ofLiteral("127.0.0.1"),
            null);
    assertThat(Explanation.of(large, CONFIG, (a, r, b) -> new AgentReplies.Reply.Failed("")))
        .contains("refused with 413, body_too_large");
  }

  @Test
  void saysWhatAnswersWhereNothingIsForwarded() throws Exception {
    assertThat(explain("GET http://shop/old")).contains("outcome   redirected with 308 to /new");
    assertThat(explain("POST http://shop/api/x"))
        .contains("outcome   refused with 403, route_refused:");
    assertThat(explain("GET http://shop/files/a")).contains("outcome   answered from the files in");
    assertThat(explain("PUT http://shop/files/a"))
        .contains("outcome   refused with 405, method_not_allowed:");
  }

  @Test
  void doesNotTakeNonsense() {
    for (String wrong : List.of("", "GET /path", "GET ftp://a/", "http://a/", "GET http://")) {
      assertThatThrownBy(() -> explain(wrong)).hasMessageContaining("is not like 'GET http");
    }
    assertThatThrownBy(() -> explain("GET http://a/", "no colon"))
        .hasMessageContaining("'Name: value'");
  }

  /** Agents that say what a test wants, and remember what they saw. */
  private record Scripted(Map<String, AgentReplies.Reply> replies, List<String> saw)
      implements AgentReplies {
    @Override
    public Reply ask(AgentConfig agent, RequestHeaders request, byte[] body) {
      String marks = "";
      for (int i = 0; i < request.head().fieldCount(); i++) {
        marks += request.head().name(i).startsWith("x-m") ? request.head().name(i) : "";
      }
      saw.add(agent.name() + marks);
      return replies.getOrDefault(agent.name(), new Reply.Decided(Decision.ALLOW));
    }
  }

  private static AgentReplies.Reply marks(String field) {
    return new AgentReplies.Reply.Decided(
        Decision.ALLOW.with(Mutation.add(Target.REQUEST, field, "1")));
  }

  @Test
  void asksInTheOrderOfTheRouteAndShowsChangesToThoseBehind() throws Exception {
    List<String> saw = new ArrayList<>();
    Scripted agents = new Scripted(Map.of("far", marks("x-mf"), "lax", marks("x-ml")), saw);
    String text = Explanation.of(asked("GET http://shop/far"), CONFIG, agents);
    assertThat(saw).containsExactly("far", "lax", "signx-mf");
    assertThat(text).contains("changed   + x-mf: 1\n          + x-ml: 1\noutcome   forwarded");
  }

  @Test
  void failureModesDecideForAgentsThatDoNot() throws Exception {
    AgentReplies.Reply failed = new AgentReplies.Reply.Failed("silence");
    Scripted open = new Scripted(Map.of("lax", failed), new ArrayList<>());
    assertThat(Explanation.of(asked("GET http://shop/far"), CONFIG, open))
        .contains("lax (lax, at localhost:2): did not decide: silence", "outcome   forwarded");
    Scripted closed = new Scripted(Map.of("far", failed), new ArrayList<>());
    assertThat(Explanation.of(asked("GET http://shop/far"), CONFIG, closed))
        .contains("sign (echo, built in): passed over, because of what the others say")
        .endsWith("outcome   refused with 503 for agent far: its failure-mode is closed\n");
  }
}
