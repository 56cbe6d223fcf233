package dev.selvedge.app.explain;

import dev.selvedge.edge.agents.BuiltIn;
import dev.selvedge.edge.agents.setting.ConfigTree;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.agent.InProcess;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks built-in agents in this process; those that run elsewhere only if that is wanted. */
public final class AskedAgents implements AgentReplies {

  /** Longer than agents have when they serve: this process is cold. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Function<String, @Nullable BuiltIn> builtIns;
  private final boolean live;

  /**
   * Makes one.
   *
   * @param builtIns the built-in agent of a type
   * @param live whether agents that run elsewhere are asked where they are
   */
  public AskedAgents(Function<String, @Nullable BuiltIn> builtIns, boolean live) {
    this.builtIns = builtIns;
    this.live = live;
  }

  @Override
  public Reply ask(AgentConfig agent, RequestHeaders request, byte[] body)
      throws InterruptedException {
    if (agent.address() != null) {
      return live
          ? LiveAgent.ask(agent, request, body, PATIENCE)
          : new Reply.NotAsked("it runs elsewhere (--live asks it)");
    }
    BuiltIn builtIn = builtIns.apply(agent.type());
    if (builtIn == null) {
      return new Reply.NotAsked("there is no built-in agent " + agent.type());
    }
    InProcess asked = new InProcess(builtIn.made().get());
    String file = agent.place().source().name();
    List<ConfigProblem> problems = asked.configure(file, ConfigTree.carried(agent.config()));
    if (!problems.isEmpty()) {
      return new Reply.Failed(problems.getFirst().message());
    }
    return switch (asked.ask(request, body, PATIENCE)) {
      case InProcess.Reply.Decided decided -> new Reply.Decided(decided.decision());
      case InProcess.Reply.Failed failed -> new Reply.Failed(failed.reason());
    };
  }
}
