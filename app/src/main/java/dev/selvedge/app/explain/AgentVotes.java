package dev.selvedge.app.explain;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.AgentConfig.BodyMode;
import dev.selvedge.edge.config.AgentConfig.Event;
import dev.selvedge.edge.config.AgentConfig.FailureMode;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.RouteConfig.RouteAgent;
import dev.selvedge.edge.config.SystemConfig.LimitsConfig;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.proxy.agent.Ballot;
import dev.selvedge.edge.proxy.agent.HeadChanges;
import dev.selvedge.edge.proxy.agent.Vote;
import dev.selvedge.kernel.HttpHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the agents of a route say of a request, merged as the dataplane merges: by the same
 * automaton, with the same changes of fields. An agent that was not asked counts as one that
 * allows, and is named.
 */
final class AgentVotes {

  private static final byte[] NO_BODY = {};

  /**
   * One agent of the route.
   *
   * @param reply null where it is not asked because of what others said
   */
  record Said(AgentConfig agent, FailureMode failureMode, AgentReplies.@Nullable Reply reply) {}

  /**
   * All of them.
   *
   * @param refusing the one whose refusal counts; null where the request passes
   * @param unknown names of those that were not asked and could have refused
   */
  record Result(List<Said> said, @Nullable Said refusing, List<String> unknown) {}

  private final List<RouteAgent> asked;
  private final Map<String, AgentConfig> agents;
  private final LimitsConfig limits;
  private final AgentReplies replies;
  private final Said[] said;
  private final Decision[] decisions;
  private final Ballot ballot = new Ballot();

  AgentVotes(List<RouteAgent> asked, Config config, AgentReplies replies) {
    this.asked = asked;
    this.agents = config.agents();
    this.limits = config.system().limits();
    this.replies = replies;
    this.said = new Said[asked.size()];
    this.decisions = new Decision[asked.size()];
  }

  /**
   * Asks those that the request's head concerns.
   *
   * @param request whose head is that of the request, and gets the fields of those that allow if
   *     nobody refuses
   */
  Result ask(RequestHeaders request, byte[] body) throws InterruptedException {
    HttpHead original = new HttpHead();
    HeadChanges.copy(request.head(), original);
    List<String> unknown = new ArrayList<>();
    ballot.begin(predecessors(), voters());
    for (long ready = ballot.takeReady(); ready != 0; ready = ballot.takeReady()) {
      for (long left = ready; left != 0; left &= left - 1) {
        one(Long.numberOfTrailingZeros(left), request, original, body, unknown);
      }
    }
    int winner = ballot.winner();
    if (winner == Ballot.NOBODY) {
      HeadChanges.copy(original, request.head());
      apply(-1L, request.head());
    }
    return new Result(
        List.of(all()), winner == Ballot.NOBODY ? null : said[winner], List.copyOf(unknown));
  }

  private Said[] all() {
    for (int i = 0; i < said.length; i++) {
      said[i] = said[i] == null ? new Said(agent(i), mode(i), null) : said[i];
    }
    return said;
  }

  private void one(
      int index, RequestHeaders request, HttpHead original, byte[] body, List<String> unknown)
      throws InterruptedException {
    AgentConfig agent = agent(index);
    HttpHead seen = request.head();
    HeadChanges.copy(original, seen);
    apply(ballot.predecessors(index), seen);
    boolean shown = agent.requestBody() != BodyMode.NONE;
    AgentReplies.Reply reply = bounded(replies.ask(agent, request, shown ? body : NO_BODY));
    said[index] = new Said(agent, mode(index), reply);
    switch (reply) {
      case AgentReplies.Reply.Decided decided -> {
        decisions[index] = decided.decision();
        ballot.vote(index, vote(decided.decision().verdict(), index));
      }
      case AgentReplies.Reply.Failed failed -> ballot.vote(index, failed(index));
      case AgentReplies.Reply.NotAsked not -> {
        unknown.add(agent.name());
        ballot.vote(index, Vote.ALLOW);
      }
    }
  }

  private AgentReplies.Reply bounded(AgentReplies.Reply reply) {
    return reply instanceof AgentReplies.Reply.Decided decided
            && !HeadChanges.allowed(decided.decision(), limits)
        ? new AgentReplies.Reply.Failed("it asks for fields that no client may send")
        : reply;
  }

  private void apply(long those, HttpHead head) {
    for (int i = 0; i < decisions.length; i++) {
      if ((those & 1L << i) != 0 && decisions[i] != null) {
        HeadChanges.apply(decisions[i], Mutation.Target.REQUEST, head);
      }
    }
  }

  private Vote vote(Verdict verdict, int index) {
    return switch (verdict) {
      case Verdict.Allow allow -> Vote.ALLOW;
      case Verdict.Block block -> Vote.BLOCK;
      case Verdict.Redirect redirect -> Vote.REDIRECT;
      case Verdict.Challenge challenge -> Vote.CHALLENGE;
      case Verdict.NeedsMore more -> failed(index);
    };
  }

  private Vote failed(int index) {
    return switch (mode(index)) {
      case OPEN -> Vote.ALLOW;
      case CLOSED -> Vote.FAILED_CLOSED;
    };
  }

  private AgentConfig agent(int index) {
    AgentConfig agent = agents.get(asked.get(index).agent());
    if (agent == null) {
      throw new IllegalStateException("agent " + asked.get(index).agent());
    }
    return agent;
  }

  private FailureMode mode(int index) {
    FailureMode own = asked.get(index).failureMode();
    return own == null ? agent(index).failureMode() : own;
  }

  private long voters() {
    long voters = 0;
    for (int i = 0; i < asked.size(); i++) {
      boolean concerned = agent(i).events().contains(Event.REQUEST_HEADERS);
      voters |= concerned ? 1L << i : 0;
    }
    return voters;
  }

  private long[] predecessors() {
    long[] all = new long[asked.size()];
    for (int i = 0; i < all.length; i++) {
      for (int j = 0; j < i; j++) {
        if (asked.get(i).after().contains(asked.get(j).agent())) {
          all[i] |= 1L << j;
        }
      }
    }
    return all;
  }
}
