package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.AgentConfig.BodyMode;
import dev.selvedge.edge.config.AgentConfig.OverLimit;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.proxy.agent.body.BodyPipe;
import dev.selvedge.edge.proxy.agent.body.Sink;
import dev.selvedge.edge.proxy.exchange.ClientStream;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Onward;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What agents decide by a body: while one of them holds, nothing of it goes on; what a streaming
 * agent decides once bytes went on ends the exchange at once, with an answer where none has begun,
 * else with a reset (EDGE 5, bodies).
 *
 * <p>Decisions of streaming agents that come while the head's round is open count in its merge. One
 * that comes later acts when it comes: waiting for the others would let more bytes pass.
 *
 * <p>No permit is held for a body, since how long it takes is up to the client. Confined to its
 * event loop.
 */
final class BodyPhase implements AgentBodies.Owner {

  private static final byte[] EXPECT = ascii("expect");
  private static final byte[] ACCEPT_RANGES = ascii("accept-ranges");

  /** Fields that say something about the very bytes of a body. */
  private static final byte[][] OF_THE_BYTES = {
    ascii("etag"),
    ascii("content-md5"),
    ascii("digest"),
    ascii("content-digest"),
    ascii("repr-digest")
  };

  private final Consultation owner;
  private final AgentPlan plan;
  private @Nullable AgentBodies request;
  private @Nullable AgentBodies response;

  BodyPhase(Consultation owner, AgentPlan plan) {
    this.owner = owner;
    this.plan = plan;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a body has ever been asked for: then this is not for another exchange. */
  boolean used() {
    return request != null || response != null;
  }

  // ---- an agent asks for the body

  /** An agent answered a head with {@code needs_more}; false where it may not have the body. */
  boolean wants(int agent, EventType head) {
    AgentConfig config = plan.agent(agent).config();
    BodyMode mode =
        head == EventType.REQUEST_HEADERS ? config.requestBody() : config.responseBody();
    if (mode == BodyMode.NONE) {
      return false;
    }
    AgentBodies at = bodies(head);
    at.wants(agent, mode == BodyMode.HOLD);
    if (declared(head) > config.inspectLimit().bytes()) {
      overLimit(body(head), agent);
      left(body(head), agent);
    } else {
      owner.round(head).needsMore(agent, mode == BodyMode.HOLD);
    }
    return true;
  }

  private long declared(EventType head) {
    return head == EventType.REQUEST_HEADERS
        ? owner.exchange().declaredLength()
        : owner.held().length();
  }

  /** Nobody can say more on the head before the body came: it comes. */
  void unsettled(EventType head, long pending) {
    AgentBodies at = find(head);
    if (at != null && at.anyStanding() && (pending & ~at.holding()) == 0) {
      open(at, head, true);
    }
  }

  private void open(AgentBodies at, EventType head, boolean hold) {
    boolean first = !at.open();
    int window = owner.exchange().snapshot().client().window();
    at.openPipe(hold, head == EventType.REQUEST_HEADERS ? 0 : window);
    if (first && head == EventType.RESPONSE_HEADERS) {
      owner.held().moveTo(at);
    }
  }

  // ---- the head's result stands

  /** The request may pass: says what body the service will get. */
  void requestSettled() {
    AgentBodies at = request;
    if (at == null) {
      return;
    }
    if (at.open()) {
      // Held so far: the proxy itself has told the client to go on.
      owner.exchange().request().removeFields(EXPECT);
    }
    if (at.anyStanding()) {
      open(at, EventType.REQUEST_HEADERS, false);
    }
    if (at.open()) {
      long length = owner.exchange().declaredLength();
      if (at.replaced()) {
        length = at.complete() ? at.length() : ClientStream.LENGTH_UNKNOWN;
        for (byte[] field : OF_THE_BYTES) {
          owner.exchange().request().removeFields(field);
        }
      }
      owner.onward().requestBody(length);
    }
  }

  /** The answer's head may pass: makes it right for the body that will follow. */
  void responseSettled(HeldAnswer held) {
    AgentBodies at = response;
    if (at != null && at.anyStanding()) {
      open(at, EventType.RESPONSE_HEADERS, false);
    }
    if (!plan.inspectsResponseBodies()) {
      return;
    }
    HttpHead head = held.head();
    head.removeFields(ACCEPT_RANGES);
    AgentBodies changing = at != null && at.replaced() ? at : null;
    boolean told = !held.bodyFollows() && (owner.exchange().headOnly() || head.status() == 304);
    if (changing != null || told && mayReplace()) {
      for (byte[] field : OF_THE_BYTES) {
        head.removeFields(field);
      }
      held.length(
          changing != null && changing.complete()
              ? changing.length()
              : ClientStream.LENGTH_UNKNOWN);
    }
  }

  private boolean mayReplace() {
    for (int i = 0; i < plan.count(); i++) {
      boolean asked = plan.agent(i).config().responseBody() != BodyMode.NONE;
      if (asked && owner.call(i).mayReplace(EventType.RESPONSE_BODY)) {
        return true;
      }
    }
    return false;
  }

  /** The answer's head went out: its body may follow, as much as a client takes unasked. */
  void releaseResponse() {
    AgentBodies at = response;
    if (at != null && at.open()) {
      at.credit(owner.exchange().snapshot().client().window());
      at.release();
    }
  }

  // ---- what agents say

  /** A final decision on a head whose body the agent has asked for. */
  void decided(int agent, EventType head, Decision decision) {
    AgentBodies at = find(head);
    if (at == null || !at.takesPart(agent)) {
      return;
    }
    owner.audit(agent, decision);
    AgentCall call = owner.call(agent);
    if (!HeadChanges.allowed(decision, owner.exchange().snapshot().config().system().limits())) {
      call.bodyFailed(FailureCode.AGENT_BAD_FIELD, false);
      failed(at, head, agent, FailureCode.AGENT_BAD_FIELD);
      return;
    }
    call.countDecision(decision);
    Round round = owner.round(head);
    boolean allowed = decision.verdict() instanceof Verdict.Allow;
    if (!round.open() && !allowed) {
      owner.decidedStep(agent, decision);
      owner.refuseLate(decision);
    } else if (!at.leave(agent)) {
      brokenOff(head, agent, FailureCode.AGENT_PROTOCOL);
    } else if (round.open()) {
      round.decided(agent, decision);
    } else {
      owner.decidedStep(agent, decision);
      round.decidedLate(agent, decision);
    }
  }

  void chunk(int agent, ChunkResult result, boolean more) {
    boolean ofRequest = result.event() == EventType.REQUEST_BODY;
    AgentBodies at = ofRequest ? request : response;
    if (at != null && !at.result(agent, result, more)) {
      owner.call(agent).bodyFailed(FailureCode.AGENT_PROTOCOL, true);
      failed(agent, FailureCode.AGENT_PROTOCOL);
    }
  }

  void agentTakesMore(int agent) {
    AgentBodies first = request;
    AgentBodies second = response;
    if (first != null) {
      first.agentTakesMore(agent);
    }
    if (second != null) {
      second.agentTakesMore(agent);
    }
  }

  @Override
  public void late(EventType body, int agent) {
    owner.call(agent).bodyFailed(FailureCode.AGENT_TIMEOUT, true);
    failed(agent, FailureCode.AGENT_TIMEOUT);
  }

  /** The call is gone without a decision: wherever the agent was, its failure mode decides. */
  void failed(int agent, FailureCode why) {
    AgentBodies first = request;
    if (first != null && first.takesPart(agent)) {
      failed(first, EventType.REQUEST_HEADERS, agent, why);
    }
    AgentBodies second = response;
    if (second != null && second.takesPart(agent)) {
      failed(second, EventType.RESPONSE_HEADERS, agent, why);
    }
  }

  /** Whether the agent is at a body that it has not decided on. */
  boolean takesPart(int agent) {
    AgentBodies first = request;
    AgentBodies second = response;
    return first != null && first.takesPart(agent) || second != null && second.takesPart(agent);
  }

  private void failed(AgentBodies at, EventType head, int agent, FailureCode why) {
    boolean open = owner.round(head).open();
    if (!open && !plan.failsOpen(agent)) {
      owner.step(agent, Step.AGENT_FAILED);
      owner.refuseLate(why);
    } else if (!at.leave(agent)) {
      brokenOff(head, agent, why);
    } else if (open) {
      owner.round(head).failed(agent, why);
    } else {
      owner.step(agent, Step.AGENT_FAILED);
      owner.gap(why);
    }
  }

  /** Half a chunk is replaced: no failure mode can make a body of that. */
  private void brokenOff(EventType head, int agent, FailureCode why) {
    if (owner.round(head).open()) {
      owner.round(head).refused(agent, why);
    } else {
      owner.refuseLate(why);
    }
  }

  // ---- beyond the inspection limit

  @Override
  public void overLimit(EventType body, int agent) {
    EventType head = head(body);
    AgentBodies at = bodies(head);
    if (plan.agent(agent).config().bodyOverLimit() == OverLimit.PASS) {
      owner.gap(FailureCode.BODY_OVER_INSPECT_LIMIT);
      return;
    }
    if (owner.round(head).open()) {
      at.leave(agent);
      owner.call(agent).cancel();
      owner.round(head).refused(agent, FailureCode.BODY_OVER_INSPECT_LIMIT);
    } else {
      owner.refuseLate(FailureCode.BODY_OVER_INSPECT_LIMIT);
    }
  }

  @Override
  public void left(EventType body, int agent) {
    AgentBodies at = find(head(body));
    if (at == null || owner.isOver() || !at.takesPart(agent)) {
      return;
    }
    at.leave(agent);
    owner.call(agent).cancel();
    owner.round(head(body)).passed(agent);
  }

  // ---- the way of the bytes

  /** The way of the request's body; null where it takes none of ours. */
  @Nullable AgentBodies requestWay() {
    AgentBodies at = request;
    return at != null && at.open() ? at : null;
  }

  /** The way of the answer's body; null where it takes none of ours. */
  @Nullable AgentBodies responseWay() {
    AgentBodies at = response;
    return at != null && at.open() ? at : null;
  }

  /** An agent is not asked any more: the exchange is refused. */
  void leave(int agent) {
    AgentBodies first = request;
    AgentBodies second = response;
    if (first != null) {
      first.leave(agent);
    }
    if (second != null) {
      second.leave(agent);
    }
  }

  /** Gives everything back. */
  void cancel() {
    AgentBodies first = request;
    AgentBodies second = response;
    if (first != null) {
      first.cancel();
    }
    if (second != null) {
      second.cancel();
    }
  }

  @Override
  public AgentCall call(int agent) {
    return owner.call(agent);
  }

  /** What a client may send on this route, or what the agent is shown, if that is more. */
  @Override
  public long mayMake(int agent) {
    long shown = plan.agent(agent).config().inspectLimit().bytes();
    return Math.max(shown, owner.exchange().route().maxBody());
  }

  private static EventType head(EventType body) {
    return body == EventType.REQUEST_BODY ? EventType.REQUEST_HEADERS : EventType.RESPONSE_HEADERS;
  }

  private static EventType body(EventType head) {
    return head == EventType.REQUEST_HEADERS ? EventType.REQUEST_BODY : EventType.RESPONSE_BODY;
  }

  private @Nullable AgentBodies find(EventType head) {
    return head == EventType.REQUEST_HEADERS ? request : response;
  }

  private AgentBodies bodies(EventType head) {
    AgentBodies found = find(head);
    if (found != null) {
      return found;
    }
    boolean ofRequest = head == EventType.REQUEST_HEADERS;
    Exchange exchange = owner.exchange();
    Worker worker = exchange.worker();
    BodyPipe.Means means =
        new BodyPipe.Means(
            worker.alloc(),
            exchange.dataplane().buffered(),
            exchange.snapshot().client().window(),
            exchange.dataplane().spill(),
            worker::execute);
    Sink end = ofRequest ? new RequestEnds() : new ResponseEnds(owner.onward());
    AgentBodies made = new AgentBodies(this, body(head), worker, means, plan.count(), end);
    if (ofRequest) {
      request = made;
    } else {
      response = made;
    }
    return made;
  }

  /** From the client to the service. */
  private final class RequestEnds implements Sink {

    @Override
    public void grant(int bytes) {
      owner.onward().requestCredit(bytes);
    }

    @Override
    public void chunk(ByteBuf chunk) {
      owner.service().requestChunk(chunk);
    }

    @Override
    public void end(@Nullable HttpHead trailers) {
      owner.onward().requestBodySent();
      owner.service().requestEnd(trailers);
    }

    @Override
    public void flush() {
      owner.service().requestFlush();
    }

    @Override
    public void failed(Failure why) {
      owner.exchange().clientFailed(why);
    }
  }

  /** From the service to the client. */
  private final class ResponseEnds implements Sink {
    private final Onward onward;

    ResponseEnds(Onward onward) {
      this.onward = onward;
    }

    @Override
    public void grant(int bytes) {
      owner.service().responseCredit(bytes);
    }

    @Override
    public void chunk(ByteBuf chunk) {
      onward.responseChunk(chunk);
    }

    /** The end of the answer ends the exchange, and this with it: what is left is to send it. */
    @Override
    public void end(@Nullable HttpHead trailers) {
      onward.responseEnd(trailers);
      onward.flush();
    }

    @Override
    public void flush() {
      onward.flush();
    }

    @Override
    public void failed(Failure why) {
      owner.exchange().clientFailed(why);
    }
  }
}
