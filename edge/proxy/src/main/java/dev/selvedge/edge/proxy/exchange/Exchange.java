package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.edge.proxy.field.Peer;
import dev.selvedge.edge.proxy.field.TraceContext;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.DecisionRecord;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: the only path between a client's codec and a service, so that every
 * rule holds for every protocol version.
 *
 * <p>Every exchange that begins ends exactly once: with a complete answer, a refusal, or a reset;
 * then its permits are given back and its record is kept. Bodies pass by reference against credit:
 * whoever consumes grants, whoever produces waits. A chunk given to the exchange is released by
 * whoever ends up with it.
 *
 * <p>Reused for the next request of the same stream. Confined to its event loop.
 */
public final class Exchange {

  private enum State {
    IDLE,
    ASKED,
    ANSWERING,
    TUNNEL
  }

  private static final byte[] DATE = "date".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RETRY_AFTER = "retry-after".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ONE_SECOND = {'1'};

  private final Worker worker;
  private final Dataplane dataplane;
  private final ClientStream client;
  private final RequestTarget target = new RequestTarget();
  private final DecisionRecord record = new DecisionRecord();
  private final TotalTimer totalTimer = new TotalTimer();
  private final HttpHead ownHead = new HttpHead();
  private final ExchangeId id = new ExchangeId();
  private final Onward onward;

  private State state = State.IDLE;
  private Snapshot snapshot;
  private Route route;
  private ServiceStream stream = Discard.INSTANCE;
  private @Nullable HttpHead request;
  private @Nullable Inspection inspection;

  /** The inspection, or past it where there is none. */
  private Passage way;

  private @Nullable Peer peer;
  private byte[] clientAddress = new byte[0];
  private boolean requestComplete;
  private boolean admitted;
  private boolean admittedToRoute;
  private boolean wantsTrailers;
  private long declaredLength;
  private long requestBytes;

  public Exchange(Worker worker, Dataplane dataplane, ClientStream client) {
    this.worker = worker;
    this.dataplane = dataplane;
    this.client = client;
    this.onward = new Onward(this, client);
    this.way = onward;
    this.snapshot = dataplane.snapshot();
    this.route = snapshot.unrouted();
  }

  // ---- from the client's codec

  /**
   * Begins with a complete head, decides, and starts the route's service.
   *
   * @param length of the request body: what was declared, 0 for none, or {@link
   *     ClientStream#LENGTH_UNKNOWN}
   * @param expectsContinue whether the client waits for a 100 before it sends the body
   * @param trailers whether the client takes trailers
   */
  public void begin(
      HttpHead head, Peer from, long length, boolean expectsContinue, boolean trailers) {
    open(from);
    request = head;
    record.method(head);
    declaredLength = length;
    requestComplete = length == 0;
    onward.continueOwed(expectsContinue);
    wantsTrailers = trailers;
    FailureCode refused = admit(head, from);
    if (refused == null) {
      refused = prepare(head, from);
    }
    if (refused != null) {
      refuse(refused);
      return;
    }
    stream = Discard.INSTANCE;
    Inspector inspector = route.inspector();
    if (inspector != null) {
      Inspection begun = inspector.inspect(this, onward);
      inspection = begun;
      way = begun;
      stream = begun;
      inspector.begin(begun);
      return;
    }
    ServiceStream started = route.service().start(this);
    if (state != State.IDLE && stream == Discard.INSTANCE) {
      stream = started;
    }
  }

  /** Begins with a head that the codec could not accept, and refuses it. */
  public void beginRefused(HttpHead head, Peer from, FailureCode code) {
    open(from);
    request = head;
    record.method(head);
    record.client(from.address());
    requestComplete = false;
    onward.continueOwed(false);
    refuse(code);
  }

  private void open(Peer from) {
    state = State.ASKED;
    snapshot = dataplane.snapshot();
    route = snapshot.unrouted();
    peer = from;
    clientAddress = from.address();
    requestBytes = 0;
    onward.reset();
    long sequence = worker.nextSequence();
    id.begin(dataplane.processId(), worker.index(), sequence);
    record.begin(worker.index(), sequence, worker.now(), worker.epochMillis());
  }

  /** Target, then global bounds, in the order in which they protect. */
  private @Nullable FailureCode admit(HttpHead head, Peer from) {
    boolean strict = snapshot.config().system().strictTarget();
    FailureCode bad = target.parse(head, from.secure(), strict);
    if (bad != null) {
      record.client(from.address());
      return bad;
    }
    record.target(target);
    bad = snapshot.hygiene().clean(head, from);
    clientAddress = snapshot.hygiene().client(head, from);
    record.client(clientAddress);
    if (bad != null) {
      return bad;
    }
    admitted = dataplane.inFlight().tryAcquire();
    if (!admitted) {
      return FailureCode.IN_FLIGHT_FULL;
    }
    return dataplane.buffered().full() ? FailureCode.BUFFERED_BYTES_FULL : null;
  }

  /** Route, the route's bounds, and the fields as the service and its agents see them. */
  private @Nullable FailureCode prepare(HttpHead head, Peer from) {
    int index = snapshot.router().route(target, head, from.listener());
    if (index < 0) {
      return FailureCode.NO_ROUTE;
    }
    route = snapshot.routes()[index];
    record.route(route.nameNumber());
    record.step(Step.ROUTED, route.nameNumber(), record.startNanos());
    if (route.rawPath() && !target.pathIsNormal()) {
      return FailureCode.PATH_NOT_NORMAL;
    }
    if (declaredLength > route.maxBody()) {
      return FailureCode.BODY_TOO_LARGE;
    }
    admittedToRoute = route.inFlight().tryAcquire();
    if (!admittedToRoute) {
      return FailureCode.ROUTE_IN_FLIGHT_FULL;
    }
    if (route.totalTimeoutNanos() > 0) {
      worker.timers().arm(totalTimer, record.startNanos() + route.totalTimeoutNanos());
    }
    id.takeOver(head, record);
    snapshot.hygiene().addForwarding(head, from, target);
    FieldHygiene.requestId(head, requestId());
    TraceContext.continueIn(head, from.trusted(), worker.random());
    route.requestEdits().apply(head);
    return null;
  }

  /** Bytes of the request body, within the credit granted. */
  public void requestChunk(ByteBuf chunk) {
    requestBytes += chunk.readableBytes();
    boolean body = state == State.ASKED || state == State.ANSWERING;
    if (body && requestBytes > route.maxBody()) {
      chunk.release();
      clientFailed(Failure.of(FailureCode.BODY_TOO_LARGE));
      return;
    }
    record.countRequestBytes(chunk.readableBytes());
    stream.requestChunk(chunk);
  }

  /** The request body ended. */
  public void requestEnd(@Nullable HttpHead trailers) {
    requestComplete = true;
    if (state == State.ASKED || state == State.ANSWERING) {
      record.step(Step.REQUEST_BODY_COMPLETE, 0, worker.now());
    }
    Peer from = peer;
    if (trailers != null && from != null) {
      snapshot.hygiene().cleanTrailers(trailers, from);
      route.requestEdits().dropFrom(trailers);
    }
    stream.requestEnd(trailers);
  }

  /** The client's codec has delivered what it had for now. */
  public void requestFlush() {
    stream.requestFlush();
  }

  /** Bytes of the answer have left. */
  public void responseCredit(int bytes) {
    stream.responseCredit(bytes);
  }

  /**
   * The client's side cannot go on: what arrived is malformed, too late, or the client is gone.
   * Answers where that is still possible.
   */
  public void clientFailed(Failure why) {
    if (state == State.IDLE) {
      return;
    }
    ServiceStream abandoned = stream;
    stream = Discard.INSTANCE;
    abandoned.cancel(why);
    end(why);
  }

  // ---- from the service

  /** Lets the client send so many more bytes of its body. */
  public void requestCredit(int bytes) {
    way.requestCredit(bytes);
  }

  /** The service passes the upstream's own 100 on; the proxy will not send one. */
  public void leaveContinueToUpstream() {
    onward.continueOwed(false);
  }

  /** Passes an interim answer on. */
  public void informational(HttpHead head) {
    way.informational(head);
  }

  /**
   * Begins the answer. The head is the service's own and may be reused after this call.
   *
   * @param length what Content-Length says, or {@link ClientStream#LENGTH_UNKNOWN}
   * @param bodyFollows false where the answer is complete with its head
   */
  public void respond(HttpHead head, long length, boolean bodyFollows) {
    way.respond(head, length, bodyFollows);
  }

  void passRespond(HttpHead head, long length, boolean bodyFollows) {
    state = State.ANSWERING;
    FieldHygiene.requestId(head, requestId());
    if (head.find(KnownField.DATE, 0) < 0) {
      head.addField(DATE, worker.date());
    }
    route.responseEdits().apply(head);
    record.status(head.status());
    record.step(Step.RESPONDED, head.status(), worker.now());
    if (!bodyFollows) {
      complete();
    }
    client.respond(head, length, bodyFollows);
  }

  /** Bytes of the answer's body. */
  public void responseChunk(ByteBuf chunk) {
    way.responseChunk(chunk);
  }

  /** The answer is complete. */
  public void responseEnd(@Nullable HttpHead trailers) {
    way.responseEnd(trailers);
  }

  /** Sends what was passed so far; after the end also lets the client go on to its next request. */
  public void flush() {
    way.flush();
  }

  /** The service cannot go on and has released all it held. */
  public void serviceFailed(Failure why) {
    way.serviceFailed(why);
  }

  void passServiceFailed(Failure why) {
    if (state != State.IDLE) {
      stream = Discard.INSTANCE;
      end(why);
    }
  }

  /** The upstream agreed to leave HTTP: from here on chunks are a byte tunnel. */
  public void switchProtocols(HttpHead head, byte[] protocol) {
    way.switchProtocols(head, protocol);
  }

  void passSwitchProtocols(HttpHead head, byte[] protocol) {
    state = State.TUNNEL;
    worker.timers().disarm(totalTimer);
    FieldHygiene.requestId(head, requestId());
    route.responseEdits().apply(head);
    record.status(head.status());
    record.step(Step.UPGRADED, 0, worker.now());
    client.switchProtocols(head, protocol);
  }

  /** Answers with a fixed body and ends. */
  public void answer(HttpHead head, byte[] body) {
    boolean bare = head.status() == 304 || head.status() == 204;
    boolean bodyFollows = body.length > 0 && !bare && !headOnly();
    respond(head, bare ? ClientStream.LENGTH_UNKNOWN : body.length, bodyFollows);
    if (bodyFollows) {
      ByteBuf chunk = worker.alloc().directBuffer(body.length);
      chunk.writeBytes(body);
      responseChunk(chunk);
      responseEnd(null);
    }
    flush();
  }

  /** Answers in place of the service: nobody inspects that any more. */
  private void answerOwn(HttpHead head, byte[] body) {
    way = onward;
    answer(head, body);
  }

  /** Refuses with the code's own status. */
  public void refuse(FailureCode code) {
    refuse(code, code.status());
  }

  /** Refuses with a problem document, or by closing where no answer can be given. */
  public void refuse(FailureCode code, int status) {
    record.fail(code);
    record.step(Step.REFUSED, code.ordinal(), worker.now());
    if (code.source() == FailureCode.Source.CLIENT) {
      client.closeAfterAnswer();
    }
    if (status == 0) {
      complete();
      client.responseReset(Failure.of(code));
      client.flush();
      return;
    }
    answerProblem(ownHead(), code, status);
  }

  /** Refuses with an answer of its own, or with a problem document in place of the body. */
  void refuse(FailureCode code, HttpHead head, byte @Nullable [] body) {
    record.fail(code);
    record.step(Step.REFUSED, code.ordinal(), worker.now());
    if (body == null) {
      answerProblem(head, code, head.status());
    } else {
      answerOwn(head, body);
    }
  }

  private void answerProblem(HttpHead head, FailureCode code, int status) {
    head.status(status);
    head.removeFields(Problem.CONTENT_TYPE_NAME);
    head.addField(Problem.CONTENT_TYPE_NAME, Problem.CONTENT_TYPE);
    if (code.retryAfter()) {
      head.addField(RETRY_AFTER, ONE_SECOND);
    }
    answerOwn(head, Problem.body(code, status, requestId()));
  }

  /** A failure of either side ends the exchange: an answer if none has begun, else a reset. */
  private void end(Failure why) {
    record.fail(why.code());
    record.step(Step.FAILED, why.code().ordinal(), worker.now());
    boolean answerable = state == State.ASKED || state == State.ANSWERING && client.withdraw();
    if (answerable && why.code().status() != 0) {
      answerProblem(ownHead(), why.code(), why.code().status());
      return;
    }
    complete();
    client.responseReset(why);
    client.flush();
  }

  /** Gives everything back and keeps the record; nothing of this request happens after it. */
  void complete() {
    ServiceStream rest = stream;
    stream = Discard.INSTANCE;
    if (!requestComplete && rest != Discard.INSTANCE) {
      rest.cancel(Failure.of(FailureCode.CLIENT_GONE));
    }
    worker.timers().disarm(totalTimer);
    if (admittedToRoute) {
      admittedToRoute = false;
      route.inFlight().release();
    }
    if (admitted) {
      admitted = false;
      dataplane.inFlight().release();
    }
    state = State.IDLE;
    record.end(worker.now());
    endInspection();
    FailureCode failure = record.failure();
    route.count(
        worker.metrics(),
        record.status(),
        record.durationNanos(),
        failure == null ? -1 : failure.ordinal());
    worker.recorder().finish(record);
    request = null;
  }

  private void endInspection() {
    Inspection over = inspection;
    inspection = null;
    way = onward;
    if (over != null) {
      over.ended();
    }
  }

  // ---- what the exchange is about

  public Worker worker() {
    return worker;
  }

  public Dataplane dataplane() {
    return dataplane;
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  public Route route() {
    return route;
  }

  /** The request's head, cleaned; valid until the exchange ends. */
  public HttpHead request() {
    HttpHead head = request;
    if (head == null) {
      throw new IllegalStateException("no request");
    }
    return head;
  }

  public RequestTarget target() {
    return target;
  }

  public DecisionRecord record() {
    return record;
  }

  /** The settled address of the client. */
  public byte[] clientAddress() {
    return clientAddress;
  }

  /** Who is at the other end of the client's connection; null before the first request. */
  public @Nullable Peer peer() {
    return peer;
  }

  /** 10, 11, 20 or 30. */
  public int httpVersion() {
    return client.httpVersion();
  }

  /** A head for answers of the proxy itself, empty. */
  public HttpHead ownHead() {
    ownHead.clear();
    return ownHead;
  }

  /** Our id, or the one a trusted peer gave. */
  public byte[] requestId() {
    return id.bytes();
  }

  /** How long the body is for the service, 0 for none, or {@link ClientStream#LENGTH_UNKNOWN}. */
  public long declaredLength() {
    return onward.bodyLength(declaredLength);
  }

  /** Whether the request's body has passed agents, and not come straight from the client. */
  public boolean bodyFromInspection() {
    return onward.bodyAltered();
  }

  /** Whether the service has got all of the request. */
  public boolean requestComplete() {
    return requestComplete && !onward.bodyPending();
  }

  /** Whether an answer may still be begun. */
  public boolean unanswered() {
    return state == State.ASKED;
  }

  /** Whether the exchange has begun and not ended. */
  public boolean active() {
    return state != State.IDLE;
  }

  /** The protocols that the client offers to upgrade to, as sent; null where it offers none. */
  public byte @Nullable [] upgradeOffer() {
    return client.upgradeOffer();
  }

  public boolean wantsTrailers() {
    return wantsTrailers;
  }

  /** Whether the answer has no body whatever its fields say. */
  public boolean headOnly() {
    HttpHead head = request;
    return head != null && head.methodIs(HEAD);
  }

  private static final byte[] HEAD = {'H', 'E', 'A', 'D'};

  /** The route's bound on the whole exchange. */
  private final class TotalTimer extends TimerWheel.Timer {
    @Override
    protected void expired(long nowNanos) {
      worker.readClock();
      clientFailed(Failure.of(FailureCode.TOTAL_TIMEOUT));
    }
  }
}
