package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.Answer;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.proxy.exchange.Discard;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Inspection;
import dev.selvedge.edge.proxy.exchange.Onward;
import dev.selvedge.edge.proxy.exchange.ServiceStream;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.DecisionRecord;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One exchange put to the agents of its route: nothing of the request reaches the service before
 * every agent that has a say let it pass, and nothing of the answer the client before those asked
 * about answers did.
 *
 * <pre>
 *   request head ─▶ round ─▶ changes ─▶ service ─▶ response head ─▶ round ─▶ changes ─▶ client
 *                     └─refused─▶ answer                              └─refused─▶ answer
 * </pre>
 *
 * <p>The proxy decides: agents advise, {@link Ballot} merges, and what is refused changes nothing.
 * Reused by its plan. Confined to its event loop.
 */
final class Consultation implements Inspection {

  private static final byte[] ACCEPT_ENCODING =
      "accept-encoding".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IDENTITY = "identity".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] RANGE = "range".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IF_RANGE = "if-range".getBytes(StandardCharsets.US_ASCII);
  private static final int BAD_GATEWAY = 502;

  private final AgentPlan plan;
  private final AgentPlan.Store store;
  private final Round request;
  private final Round response;
  private final HeldAnswer held = new HeldAnswer();
  private final BodyPhase bodies;
  private final @Nullable AgentCall[] calls;
  private @Nullable Exchange exchange;
  private @Nullable Onward onward;
  private ServiceStream service = Discard.INSTANCE;
  private boolean over;
  private boolean beginning;
  private boolean starting;
  private boolean changed;
  private boolean requestBodyFollows;
  private boolean requestEnded;
  private @Nullable HttpHead requestTrailers;
  private int owedCredit;

  Consultation(AgentPlan plan, AgentPlan.Store store) {
    this.plan = plan;
    this.store = store;
    this.request = new Round(this, plan, EventType.REQUEST_HEADERS);
    this.response = new Round(this, plan, EventType.RESPONSE_HEADERS);
    this.calls = new @Nullable AgentCall[plan.count()];
    this.bodies = new BodyPhase(this, plan);
  }

  void attach(Exchange about, Onward past) {
    exchange = about;
    onward = past;
    service = Discard.INSTANCE;
    over = false;
    starting = false;
    changed = false;
    requestBodyFollows = about.declaredLength() != 0;
    requestEnded = false;
    requestTrailers = null;
    owedCredit = 0;
    int loop = about.worker().index();
    for (int i = 0; i < calls.length; i++) {
      AgentCall call = plan.agent(i).loop(loop).take();
      call.attach(this, about, i);
      calls[i] = call;
    }
  }

  void begin() {
    store.enter();
    beginning = true;
    request.begin(plan.requestVoters());
    beginning = false;
    store.exit();
  }

  // ---- from the rounds

  void ask(int agent, EventType event) {
    call(agent).ask(event);
  }

  void cancel(int agent) {
    bodies.leave(agent);
    call(agent).cancel();
  }

  void step(int agent, Step step) {
    record().step(step, plan.agent(agent).nameNumber(), worker().now());
  }

  /** What an agent should have checked passes unchecked. */
  void gap(FailureCode why) {
    record().gap();
    record().step(Step.GAP, why.ordinal(), worker().now());
  }

  /** The result does not stand, and only these can change that. */
  void unsettled(Round round, long pending) {
    bodies.unsettled(round.event(), pending);
  }

  /** The result of a round stands. */
  void settled(Round round) {
    int winner = round.winner();
    if (winner != Ballot.NOBODY) {
      refuse(round, winner);
    } else if (round == request) {
      round.changeAll(exchange().request(), Target.REQUEST);
      changed = true;
      startService();
    } else {
      round.changeAll(held.head(), Target.RESPONSE);
      bodies.responseSettled(held);
      worker().giveBack(held.release(onward()));
      bodies.releaseResponse();
    }
  }

  private void startService() {
    if (plan.inspectsResponseBodies()) {
      HttpHead head = exchange().request();
      head.removeFields(ACCEPT_ENCODING);
      head.addField(ACCEPT_ENCODING, IDENTITY);
      head.removeFields(RANGE);
      head.removeFields(IF_RANGE);
    }
    bodies.requestSettled();
    starting = true;
    ServiceStream started = onward().startService();
    starting = false;
    if (over) {
      return;
    }
    service = started;
    if (owedCredit > 0) {
      creditRequest(owedCredit);
    }
    AgentBodies way = bodies.requestWay();
    if (way != null) {
      way.release();
    } else if (requestEnded && !over) {
      service.requestEnd(requestTrailers);
    }
    if (!beginning && !over) {
      service.requestFlush();
    }
  }

  private void creditRequest(int bytes) {
    AgentBodies way = bodies.requestWay();
    if (way != null) {
      way.credit(bytes);
    } else {
      onward().requestCredit(bytes);
    }
  }

  private void refuse(Round round, int winner) {
    bodies.cancel();
    if (round == response) {
      boolean running = !held.complete();
      held.drop(worker());
      if (running) {
        service.cancel(Failure.of(FailureCode.AGENT_BLOCKED));
      }
    }
    service = Discard.INSTANCE;
    if (!refuse(round.decision(winner))) {
      FailureCode why = round.failure(winner);
      boolean tooLarge = round == response && why == FailureCode.BODY_OVER_INSPECT_LIMIT;
      exchange().refuse(why, tooLarge ? BAD_GATEWAY : why.status());
    }
  }

  /** False where that is no refusal. */
  private boolean refuse(Decision decision) {
    switch (decision.verdict()) {
      case Verdict.Block(Answer answer) -> refuse(FailureCode.AGENT_BLOCKED, answer, false);
      case Verdict.Challenge(Answer answer) -> refuse(FailureCode.AGENT_CHALLENGED, answer, false);
      case Verdict.Redirect(Answer answer) -> refuse(FailureCode.AGENT_REDIRECTED, answer, true);
      case Verdict.Allow _, Verdict.NeedsMore _ -> {
        return false;
      }
    }
    return true;
  }

  /** An agent refuses what has begun to pass: with its answer where none has begun. */
  void refuseLate(Decision decision) {
    if (exchange().unanswered()) {
      cancel(Failure.of(FailureCode.AGENT_BLOCKED));
      refuse(decision);
    } else {
      exchange().clientFailed(Failure.of(FailureCode.AGENT_BLOCKED));
    }
  }

  /** What has begun to pass cannot go on. */
  void refuseLate(FailureCode why) {
    exchange().clientFailed(Failure.of(why));
  }

  /** Notes what an agent decided when the result stood already. */
  void decidedStep(int agent, Decision decision) {
    step(
        agent,
        decision.verdict() instanceof Verdict.Allow ? Step.AGENT_ALLOWED : Step.AGENT_BLOCKED);
  }

  /** A refusal says why (DESIGN 9), by the agent's own words or by a problem document. */
  private void refuse(FailureCode code, Answer answer, boolean bare) {
    HttpHead head = exchange().ownHead();
    head.status(answer.status());
    HeadChanges.add(answer.fields(), head);
    onward().refuse(code, head, bare || answer.body().length > 0 ? answer.body() : null);
  }

  // ---- from the calls

  void queued(int agent) {
    step(agent, Step.AGENT_QUEUED);
  }

  void asked(int agent) {
    step(agent, Step.AGENT_ASKED);
  }

  void decided(int agent, EventType event, Decision decision) {
    store.enter();
    audit(agent, decision);
    if (decision.verdict() instanceof Verdict.NeedsMore) {
      step(agent, Step.AGENT_NEEDS_MORE);
      if (bodies.wants(agent, event)) {
        store.exit();
        return;
      }
      call(agent).cancel();
      round(event).failed(agent, FailureCode.AGENT_WANTS_BODY);
    } else if (!HeadChanges.allowed(decision, exchange().snapshot().config().system().limits())) {
      round(event).failed(agent, FailureCode.AGENT_BAD_FIELD);
    } else {
      round(event).decided(agent, decision);
    }
    store.exit();
  }

  /** Keeps why an agent advised what it did. */
  void audit(int agent, Decision decision) {
    if (!decision.audit().isNone()) {
      record().audit(plan.agent(agent).nameNumber(), decision.audit());
    }
  }

  void failed(int agent, EventType event, FailureCode why) {
    store.enter();
    round(event).failed(agent, why);
    bodies.failed(agent, why);
    store.exit();
  }

  /** The agent has said before that it needs no more of this exchange. */
  void needsNoMore(int agent, EventType event) {
    round(event).passed(agent);
  }

  /** A decision that no question waits for. */
  void decidedLate(int agent, EventType event, Decision decision) {
    bodies.decided(agent, event, decision);
  }

  /** The agent ended the call while nothing was asked; a later question opens it anew. */
  void callEnded(int agent, FailureCode why, boolean counts) {
    if (bodies.takesPart(agent)) {
      call(agent).bodyFailed(why, counts);
      bodies.failed(agent, why);
    }
  }

  void chunk(int agent, ChunkResult result, boolean more) {
    bodies.chunk(agent, result, more);
  }

  void credit(int agent) {
    bodies.agentTakesMore(agent);
  }

  /** The request's head as that agent is to see it; to be given back. */
  HttpHead requestHead(int agent) {
    HttpHead head = exchange().request();
    long before = request.predecessors(agent);
    if (changed || before == 0 || !request.changesBy(before)) {
      return head;
    }
    HttpHead changed = worker().takeHead();
    HeadChanges.copy(head, changed);
    request.change(before, changed, Target.REQUEST);
    return changed;
  }

  void giveBack(HttpHead head) {
    if (head != exchange().request()) {
      worker().giveBack(head);
    }
  }

  HttpHead responseHead() {
    return held.head();
  }

  boolean requestBodyFollows() {
    return requestBodyFollows;
  }

  boolean responseBodyFollows() {
    return held.bodyFollows();
  }

  byte[] routeName() {
    return plan.routeName();
  }

  // ---- from the client's side

  @Override
  public void requestChunk(ByteBuf chunk) {
    AgentBodies way = bodies.requestWay();
    if (way != null) {
      way.chunk(chunk);
    } else {
      service.requestChunk(chunk);
    }
  }

  @Override
  public void requestEnd(@Nullable HttpHead trailers) {
    AgentBodies way = bodies.requestWay();
    if (way != null) {
      way.end(trailers);
    } else if (service == Discard.INSTANCE) {
      requestEnded = true;
      requestTrailers = trailers;
    } else {
      service.requestEnd(trailers);
    }
  }

  @Override
  public void requestFlush() {
    AgentBodies way = bodies.requestWay();
    if (way != null) {
      way.flush();
    } else {
      service.requestFlush();
    }
  }

  @Override
  public void responseCredit(int bytes) {
    AgentBodies way = bodies.responseWay();
    if (way != null) {
      way.credit(bytes);
    } else {
      service.responseCredit(bytes);
    }
  }

  @Override
  public void cancel(Failure why) {
    ServiceStream abandoned = service;
    service = Discard.INSTANCE;
    request.close();
    response.close();
    held.drop(worker());
    bodies.cancel();
    abandoned.cancel(why);
  }

  // ---- from the service's side

  @Override
  public void requestCredit(int bytes) {
    if (starting) {
      owedCredit += bytes;
    } else {
      creditRequest(bytes);
    }
  }

  @Override
  public void informational(HttpHead head) {
    if (!held.holds()) {
      onward().informational(head);
    }
  }

  @Override
  public void respond(HttpHead head, long length, boolean bodyFollows) {
    request.changeAll(head, Target.RESPONSE);
    if (plan.responseVoters() == 0) {
      onward().respond(head, length, bodyFollows);
      return;
    }
    store.enter();
    held.begin(worker(), head, length, bodyFollows);
    response.begin(plan.responseVoters());
    store.exit();
  }

  @Override
  public void responseChunk(ByteBuf chunk) {
    AgentBodies way = bodies.responseWay();
    if (way != null) {
      way.chunk(chunk);
    } else if (held.holds()) {
      held.add(chunk, worker().alloc(), exchange().dataplane().buffered());
    } else if (over) {
      chunk.release();
    } else {
      onward().responseChunk(chunk);
    }
  }

  @Override
  public void responseEnd(@Nullable HttpHead trailers) {
    AgentBodies way = bodies.responseWay();
    if (held.holds()) {
      held.end(trailers);
    }
    if (way != null) {
      way.end(trailers);
    } else if (!held.holds() && !over) {
      onward().responseEnd(trailers);
    }
  }

  @Override
  public void flush() {
    AgentBodies way = bodies.responseWay();
    if (way != null) {
      way.flush();
    } else if (!held.holds() && !over) {
      onward().flush();
    }
  }

  @Override
  public void serviceFailed(Failure why) {
    service = Discard.INSTANCE;
    response.close();
    held.drop(worker());
    bodies.cancel();
    onward().serviceFailed(why);
  }

  @Override
  public void switchProtocols(HttpHead head, byte[] protocol) {
    request.changeAll(head, Target.RESPONSE);
    onward().switchProtocols(head, protocol);
  }

  // ---- the end

  @Override
  public void ended() {
    over = true;
    request.close();
    response.close();
    held.drop(worker());
    bodies.cancel();
    RequestComplete how = null;
    for (int i = 0; i < calls.length; i++) {
      AgentCall call = call(i);
      calls[i] = null;
      if (how == null && plan.tellsEnds()) {
        how = how();
      }
      call.finish(how);
    }
    service = Discard.INSTANCE;
    if (!bodies.used()) {
      store.giveBack(this);
    }
  }

  private RequestComplete how() {
    DecisionRecord record = record();
    FailureCode failure = record.failure();
    return new RequestComplete(
        record.status(),
        record.durationNanos() / 1000,
        record.requestBodyBytes(),
        record.responseBodyBytes(),
        failure == null ? "" : failure.code());
  }

  Round round(EventType event) {
    return event == EventType.REQUEST_HEADERS ? request : response;
  }

  AgentCall call(int agent) {
    return Objects.requireNonNull(calls[agent]);
  }

  Exchange exchange() {
    return Objects.requireNonNull(exchange);
  }

  Onward onward() {
    return Objects.requireNonNull(onward);
  }

  HeldAnswer held() {
    return held;
  }

  ServiceStream service() {
    return service;
  }

  boolean isOver() {
    return over;
  }

  private Worker worker() {
    return exchange().worker();
  }

  private DecisionRecord record() {
    return exchange().record();
  }
}
