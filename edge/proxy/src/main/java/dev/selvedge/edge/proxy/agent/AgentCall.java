package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.field.Peer;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One exchange as one agent sees it: at most one question at a time, each told exactly one end,
 * {@code decided} or {@code failed}, unless the consultation cancels it.
 *
 * <p><b>Clock</b> (EDGE 5): runs only while the proxy waits for the agent: from the question, the
 * wait for a permit included, to its answer. What an answer leaves of the agent's timeout is there
 * for the next question of this exchange. The timer wheel notices up to 8.4 ms late.
 *
 * <p>Reused: {@link #attach} to {@link #finish}. Confined to its event loop.
 */
final class AgentCall extends TimerWheel.Timer implements RequestContext {

  private enum State {
    /** Nothing is awaited. */
    RESTING,
    QUEUED,
    ASKED
  }

  private final AgentLoop loop;
  private final RemoteAgent agent;
  private final Worker worker;
  private @Nullable Consultation consultation;
  private @Nullable Exchange exchange;
  private int index;
  private State state = State.RESTING;
  private EventType event = EventType.REQUEST_HEADERS;
  private CircuitBreaker.Pass pass = CircuitBreaker.Pass.NORMAL;
  private @Nullable AgentChannel<AgentCall> channel;
  private int id;
  private boolean permit;
  private boolean dismissed;
  private long leftNanos;
  private long clockSince;
  private long askedAt;

  AgentCall(AgentLoop loop) {
    this.loop = loop;
    this.agent = loop.agent();
    this.worker = loop.worker();
  }

  // ---- from the consultation

  /** Takes up a new exchange. */
  void attach(Consultation owner, Exchange about, int number) {
    consultation = owner;
    exchange = about;
    index = number;
    id = 0;
    channel = null;
    dismissed = false;
    permit = false;
    state = State.RESTING;
    leftNanos = agent.config().timeout().toNanos();
  }

  /**
   * Asks about a head that the consultation has, unless the agent needs no more of this exchange.
   */
  void ask(EventType about) {
    if (dismissed) {
      owner().needsNoMore(index, about);
    } else {
      loop.ask(this, about);
    }
  }

  /** The question, or the whole call, is not wanted any more; says nothing more. */
  void cancel() {
    stop();
    if (id != 0) {
      int open = id;
      id = 0;
      owned().cancel(open);
    }
  }

  /** The answer to a question is not wanted any more. */
  private void stop() {
    if (state == State.QUEUED) {
      loop.leaveQueue(this);
    }
    if (state != State.RESTING) {
      agent.breaker().abandoned(pass);
      rest();
    }
  }

  /** The exchange is over: the call ends, and its object may be reused. */
  void finish(@Nullable RequestComplete how) {
    stop();
    if (how != null && !dismissed && wants(EventType.REQUEST_COMPLETE)) {
      tell(how);
    }
    cancel();
    consultation = null;
    exchange = null;
    channel = null;
    loop.giveBack(this);
  }

  private void tell(RequestComplete how) {
    if (id == 0 && loop.healthy() && !open(Flags.NO_REPLY)) {
      return;
    }
    if (id != 0) {
      int open = id;
      id = 0;
      owned().complete(open, how);
    }
  }

  /** Whether the agent can be told such events: configured, and wanted by it as far as is known. */
  private boolean wants(EventType type) {
    AgentChannel<AgentCall> on = channel != null ? channel : loop.healthy() ? link() : null;
    Welcome welcome = on == null ? null : on.welcome();
    return type.in(agent.events()) && (welcome == null || type.in(welcome.events()));
  }

  private AgentChannel<AgentCall> link() {
    return loop.link().channel();
  }

  // ---- from the loop

  /** A question begins: the clock runs. */
  void begin(EventType about, CircuitBreaker.Pass by) {
    event = about;
    pass = by;
    askedAt = worker.now();
    startClock();
  }

  /** Whether the agent knows the call already. */
  boolean connected() {
    return id != 0;
  }

  void queued() {
    state = State.QUEUED;
    owner().queued(index);
  }

  /** Sends the question; the permit is taken. */
  void send() {
    permit = true;
    state = State.ASKED;
    boolean sent =
        switch (event) {
          case REQUEST_HEADERS -> sendRequest();
          case RESPONSE_HEADERS -> sendResponse();
          case REQUEST_BODY, RESPONSE_BODY, WEBSOCKET_FRAME, REQUEST_COMPLETE ->
              throw new IllegalStateException(event + " is no question");
        };
    if (sent && state == State.ASKED) {
      owner().asked(index);
    }
  }

  private boolean sendRequest() {
    if (!loop.healthy()) {
      failed(FailureCode.AGENT_UNAVAILABLE, loop.link().connectFailed());
      return false;
    }
    if (!wants(EventType.REQUEST_HEADERS) && !wants(EventType.REQUEST_BODY)) {
      answered(Decision.ALLOW);
      return false;
    }
    boolean more =
        wants(EventType.RESPONSE_HEADERS)
            || wants(EventType.RESPONSE_BODY)
            || wants(EventType.REQUEST_COMPLETE);
    return open(more ? 0 : Flags.LAST);
  }

  private boolean sendResponse() {
    if (id == 0 && !loop.healthy()) {
      failed(FailureCode.AGENT_UNAVAILABLE, loop.link().connectFailed());
      return false;
    }
    if (!wants(EventType.RESPONSE_HEADERS) && !wants(EventType.RESPONSE_BODY)) {
      answered(Decision.ALLOW);
      return false;
    }
    if (id == 0 && !open(Flags.NO_REPLY)) {
      return false;
    }
    int flags = owner().responseBodyFollows() ? 0 : Flags.END;
    // While the request's body is not decided on, the answer to this must not end the call.
    boolean last = !wants(EventType.REQUEST_COMPLETE) && !owned().pending(id);
    flags |= last ? Flags.LAST : 0;
    try {
      owned().responseHeaders(id, flags, owner().responseHead());
    } catch (IllegalArgumentException tooLarge) {
      failed(FailureCode.AGENT_HEAD_TOO_LARGE, false);
      return false;
    }
    return true;
  }

  /** Opens the call on the link with the request's head. */
  private boolean open(int flags) {
    AgentChannel<AgentCall> on = link();
    int all = flags | (owner().requestBodyFollows() ? 0 : Flags.END);
    HttpHead head = owner().requestHead(index);
    int opened;
    try {
      opened = on.open(this, all, head, about().target(), this);
    } catch (IllegalArgumentException tooLarge) {
      opened = -1;
    } finally {
      owner().giveBack(head);
    }
    if (opened == 0 || opened == -1) {
      if (state == State.ASKED) {
        failed(
            opened == 0 ? FailureCode.AGENT_QUEUE_FULL : FailureCode.AGENT_HEAD_TOO_LARGE, false);
      }
      return false;
    }
    channel = on;
    id = opened;
    return true;
  }

  // ---- from the link

  void decided(EventType about, Decision decision, boolean over) {
    Consultation before = owner();
    if (over) {
      id = 0;
      dismissed = true;
    }
    if (state == State.ASKED && about == event) {
      answered(decision);
    } else {
      before.decidedLate(index, about, decision);
    }
    if (over && consultation == before && id == 0) {
      // It wants no more of the call: what it still owed on the other head will not come.
      ended(FailureCode.AGENT_GAVE_UP, false);
    }
  }

  private void answered(Decision decision) {
    Verdict verdict = decision.verdict();
    worker.metrics().add(agent.metrics().decision(verdict), 1);
    worker.metrics().observe(agent.metrics().latency(), worker.now() - askedAt);
    agent.breaker().succeeded(pass, worker.now());
    rest();
    owner().decided(index, event, decision);
  }

  void chunk(ChunkResult result, boolean more) {
    owner().chunk(index, result, more);
  }

  void credit() {
    owner().credit(index);
  }

  void gaveUp() {
    id = 0;
    ended(FailureCode.AGENT_GAVE_UP, false);
  }

  void lost(boolean violation, boolean counts) {
    id = 0;
    channel = null;
    ended(violation ? FailureCode.AGENT_PROTOCOL : FailureCode.AGENT_LOST, counts);
  }

  private void ended(FailureCode why, boolean counts) {
    if (state == State.ASKED) {
      failed(why, counts);
    } else {
      owner().callEnded(index, why, counts);
    }
  }

  // ---- bodies

  AgentConfig config() {
    return agent.config();
  }

  /** The id on {@link #openChannel}. */
  int id() {
    return id;
  }

  AgentChannel<AgentCall> openChannel() {
    return owned();
  }

  /** Whether the agent, as far as is known, changes such bodies. */
  boolean mayReplace(EventType body) {
    AgentChannel<AgentCall> on = channel != null ? channel : loop.healthy() ? link() : null;
    return on != null && on.welcome() != null && on.replaces(body);
  }

  /** Bytes that the agent takes now. */
  int bodyCredit() {
    return id == 0 ? 0 : owned().bodyCredit(id);
  }

  void sendBody(EventType body, ByteBuf chunk, boolean end) {
    if (id == 0) {
      chunk.release();
    } else {
      owned().body(id, body, chunk, end);
    }
  }

  void countDecision(Decision decision) {
    worker.metrics().add(agent.metrics().decision(decision.verdict()), 1);
  }

  /** The agent failed at a body: the call ends. */
  void bodyFailed(FailureCode why, boolean counts) {
    worker.metrics().add(agent.metrics().failure(why), 1);
    if (why == FailureCode.AGENT_TIMEOUT) {
      worker.metrics().add(agent.metrics().timeouts(), 1);
    }
    if (counts) {
      agent.breaker().failed(CircuitBreaker.Pass.NORMAL, worker.now());
    }
    cancel();
  }

  // ---- ends of a question

  /** Whether the deadline has passed, though its timer did not fire yet. */
  boolean late() {
    return worker.now() - clockSince >= leftNanos;
  }

  @Override
  protected void expired(long nowNanos) {
    worker.readClock();
    expire();
  }

  void expire() {
    worker.metrics().add(agent.metrics().timeouts(), 1);
    boolean held = state == State.ASKED;
    if (state == State.QUEUED) {
      loop.leaveQueue(this);
    }
    failed(FailureCode.AGENT_TIMEOUT, held);
  }

  /** The breaker is open: nothing was begun. */
  void notAsked(EventType about, FailureCode why) {
    worker.metrics().add(agent.metrics().failure(why), 1);
    owner().failed(index, about, why);
  }

  /**
   * The agent did not decide.
   *
   * @param counts whether that says something about the agent (EDGE 5)
   */
  void failed(FailureCode why, boolean counts) {
    worker.metrics().add(agent.metrics().failure(why), 1);
    boolean askedAtAll = why != FailureCode.AGENT_UNAVAILABLE || pass != CircuitBreaker.Pass.PROBE;
    if (counts && askedAtAll) {
      agent.breaker().failed(pass, worker.now());
    } else {
      agent.breaker().abandoned(pass);
    }
    rest();
    if (id != 0) {
      int open = id;
      id = 0;
      owned().cancel(open);
    }
    owner().failed(index, event, why);
  }

  private void rest() {
    stopClock();
    state = State.RESTING;
    if (permit) {
      permit = false;
      loop.permitFreed();
    }
  }

  // ---- the clock

  private void startClock() {
    clockSince = worker.now();
    worker.timers().arm(this, clockSince + leftNanos);
  }

  private void stopClock() {
    worker.timers().disarm(this);
    leftNanos = Math.max(0, leftNanos - (worker.now() - clockSince));
  }

  // ---- what the agent is told with the head

  @Override
  public byte[] requestId() {
    return about().requestId();
  }

  @Override
  public byte[] route() {
    return owner().routeName();
  }

  @Override
  public byte[] clientAddress() {
    return about().clientAddress();
  }

  @Override
  public int clientPort() {
    Peer peer = about().peer();
    return peer == null ? 0 : peer.port();
  }

  @Override
  public boolean secure() {
    Peer peer = about().peer();
    return peer != null && peer.secure();
  }

  @Override
  public int httpVersion() {
    return about().httpVersion();
  }

  @Override
  public int deadlineMicros() {
    long left = leftNanos - (worker.now() - clockSince);
    return state == State.ASKED ? Math.clamp(left / 1000, 1, Integer.MAX_VALUE) : 0;
  }

  private Consultation owner() {
    if (consultation == null) {
      throw new IllegalStateException("nobody asks");
    }
    return consultation;
  }

  private Exchange about() {
    if (exchange == null) {
      throw new IllegalStateException("nobody asks");
    }
    return exchange;
  }

  private AgentChannel<AgentCall> owned() {
    if (channel == null) {
      throw new IllegalStateException("not connected");
    }
    return channel;
  }
}
