package dev.selvedge.edge.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.agent.InProcess.Reply;
import dev.selvedge.kernel.HttpHead;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InProcessTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final byte[] NO_BODY = {};

  private static RequestHeaders request() {
    return new RequestHeaders(
        dev.selvedge.edge.protocol.Heads.context(), "localhost", "/", "/", null, new HttpHead());
  }

  private static Reply ask(Lifecycle agent, byte[] body, Duration patience) throws Exception {
    InProcess asked = new InProcess(agent);
    assertThat(asked.configure("", List.of())).isEmpty();
    return asked.ask(request(), body, patience);
  }

  /** Answers nothing, or gives up. */
  private static InlineAgent failing(boolean silent) {
    return new InlineAgent() {
      @Override
      public AgentInfo info() {
        return AgentInfo.of("failing", EventType.REQUEST_HEADERS);
      }

      @Override
      public void event(AgentCall call, AgentEvent event, int flags) {
        if (!silent) {
          throw new IllegalStateException("broken");
        }
      }
    };
  }

  @Test
  void givesTheBodyUnderCreditAndGetsTheDecision() throws Exception {
    for (int bytes : new int[] {0, 1, 65_536, 65_537, 3_000_000}) {
      assertThat(ask(ContractAgents.everything(), new byte[bytes], PATIENCE))
          .isEqualTo(new Reply.Decided(Decision.ALLOW));
    }
  }

  @Test
  void takesWhatAReplacingAgentSends() throws Exception {
    Reply reply = ask(ContractAgents.replacing(), new byte[1_000_000], PATIENCE);
    assertThat(reply).isInstanceOf(Reply.Decided.class);
  }

  @Test
  void saysWhyThereIsNoDecision() throws Exception {
    assertThat(ask(failing(false), NO_BODY, PATIENCE))
        .isEqualTo(new Reply.Failed("java.lang.IllegalStateException: broken"));
    assertThat(ask(failing(true), NO_BODY, Duration.ofMillis(1)))
        .isEqualTo(new Reply.Failed("no answer in time"));
    InProcess cold = new InProcess(failing(true));
    assertThat(cold.ask(request(), NO_BODY, PATIENCE)).isEqualTo(new Reply.Failed("warming"));
  }
}
