package dev.selvedge.edge.agents.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.agents.Agents;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.edge.protocol.agent.InProcess;
import org.junit.jupiter.api.Test;

class EchoAgentTest {

  private static Decision answer(String kdl) throws Exception {
    InProcess echo = Agents.started(new EchoAgent(), "", kdl);
    assertThat(echo.healthy()).isTrue();
    return Agents.ask(echo, Agents.request("127.0.0.1", "/"));
  }

  @Test
  void allowsPlainlyWithoutConfiguration() throws Exception {
    assertThat(answer("").isPlainAllow()).isTrue();
  }

  @Test
  void addsItsFieldsToRequestAndResponse() throws Exception {
    Decision decision =
        answer(
            """
            request-field "X-First" "1"
            response-field "x-seen-by" "echo"
            request-field "x-first" "2"
            """);
    assertThat(decision)
        .isEqualTo(
            Decision.ALLOW.with(
                Mutation.add(Target.REQUEST, "x-first", "1"),
                Mutation.add(Target.REQUEST, "x-first", "2"),
                Mutation.add(Target.RESPONSE, "x-seen-by", "echo")));
  }

  @Test
  void keepsItsFieldsWhenANewBlockIsWrong() throws Exception {
    InProcess echo = Agents.started(new EchoAgent(), "", "request-field \"x-a\" \"1\"");
    assertThat(echo.configure("", Agents.nodes("request-field \"host\" \"b\""))).hasSize(1);
    assertThat(Agents.ask(echo, Agents.request("127.0.0.1", "/")).mutations()).hasSize(1);
  }
}
