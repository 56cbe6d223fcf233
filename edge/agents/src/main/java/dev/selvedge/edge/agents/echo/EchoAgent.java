package dev.selvedge.edge.agents.echo;

import dev.selvedge.edge.agents.setting.Decoded;
import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import java.util.List;

/** Allows every request and adds the configured fields. Thread-safe. */
public final class EchoAgent implements InlineAgent {

  private volatile Decision decision = Decision.ALLOW;

  @Override
  public AgentInfo info() {
    return AgentInfo.of("echo", EventType.REQUEST_HEADERS);
  }

  @Override
  public List<ConfigProblem> configure(List<ConfigNode> nodes) {
    return configure("", nodes);
  }

  @Override
  public List<ConfigProblem> configure(String file, List<ConfigNode> nodes) {
    Decoded<List<Mutation>> decoded = Decoded.read(EchoKeys.BLOCK, file, nodes, EchoKeys::decode);
    if (decoded instanceof Decoded.Ok<List<Mutation>>(List<Mutation> fields)) {
      decision = Decision.ALLOW.with(fields.toArray(Mutation[]::new));
    }
    return decoded.problems();
  }

  @Override
  public void event(AgentCall call, AgentEvent event, int flags) {
    if (event instanceof AgentEvent.RequestHeaders && !Flags.has(flags, Flags.NO_REPLY)) {
      call.decideLast(decision);
    }
  }
}
