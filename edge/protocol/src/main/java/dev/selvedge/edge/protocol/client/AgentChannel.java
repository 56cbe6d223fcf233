package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.CallRules;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Features;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ProtocolViolation;
import dev.selvedge.edge.protocol.ReceiveWindow;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToAgent.Hello;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.Violation;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an agent: calls multiplexed by id, each told exactly one end, under the credit
 * and the bounds that both sides agreed on. The same over frames and over gRPC.
 *
 * <p>Mechanism only: deadlines, permits, the breaker, reconnecting and the failure mode belong to
 * the proxy. Whatever breaks the protocol ends the connection with its reason ({@link Loss}).
 * Opening a call and its plain allow allocate nothing. Confined to its event loop.
 */
public final class AgentChannel<C> {

  private enum State {
    GREETING,
    READY,
    DRAINING,
    CLOSED
  }

  /** Messages between two questions for health that may answer nothing: grants, unknown types. */
  private static final int UNASKED = 10_000;

  /** Of what chunks entitle the agent to, as much is kept for later. */
  private static final int UNASKED_KEPT = 100_000;

  /** Grants that a chunk may bring: of its call and of the connection. */
  private static final int GRANTS = 2;

  /** Payload of an unknown message that weighs like another message. */
  private static final int SKIPPED_BYTES = 1024;

  /** Answered questions for health within which a cancel has to be confirmed. */
  private static final int ANSWERS_BEFORE_CONFIRM = 5;

  private final Hello hello;
  private final AgentListener<C> listener;
  private final CallTable<C> calls = new CallTable<>();
  private final ArrayDeque<OpenCall<C>> waiting = new ArrayDeque<>();
  private final ReceiveWindow window;
  private @Nullable Wire wire;
  private @Nullable Welcome welcome;
  private State state = State.GREETING;
  private long credit;
  private int unasked = UNASKED;
  private int configuresOpen;
  private int healthsOpen;
  private long healthsAnswered;

  public AgentChannel(Hello hello, AgentListener<C> listener) {
    this.hello = hello;
    this.listener = listener;
    this.window = new ReceiveWindow(hello.connectionCredit());
  }

  // ---- what the owner does

  /** Whether {@link #open} can be tried. */
  public boolean ready() {
    return state == State.READY;
  }

  /** Calls open now, with cancelled ones that the agent did not confirm yet. */
  public int openCalls() {
    return calls.openCount();
  }

  /** The agent's side of the handshake; null before it. */
  public @Nullable Welcome welcome() {
    return welcome;
  }

  /**
   * Opens a call with the request's head. Everything is encoded before this returns.
   *
   * @param flags of {@link Flags}: END where no body follows, LAST where only the request is asked
   *     about, NO_REPLY where the head is context for later events
   * @return the call's id, never 0; 0 where the agent takes no more calls or is not ready
   * @throws IllegalArgumentException where the head does not fit a frame; nothing was opened
   */
  public int open(C call, int flags, HttpHead head, RequestTarget target, RequestContext context) {
    if (state != State.READY) {
      return 0;
    }
    OpenCall<C> slot = calls.take();
    if (slot == null) {
      return 0;
    }
    slot.start(call, welcomed().callCredit(), hello.callCredit());
    slot.rules.head(EventType.REQUEST_HEADERS, flags);
    try {
      wired().requestHeaders(slot.id, flags, head, target, context);
    } catch (IllegalArgumentException tooLarge) {
      calls.free(slot);
      throw tooLarge;
    }
    return slot.id;
  }

  /**
   * Asks about the response; flags as for {@link #open}.
   *
   * @throws IllegalArgumentException where the head does not fit a frame; nothing was asked
   */
  public void responseHeaders(int id, int flags, HttpHead head) {
    CallRules rules = owned(id).rules;
    wired().responseHeaders(id, flags, head);
    rules.head(EventType.RESPONSE_HEADERS, flags);
  }

  /** Body bytes that may be sent now; where 0, {@link AgentListener#credit} will follow. */
  public int bodyCredit(int id) {
    OpenCall<C> slot = owned(id);
    long most = wired().takesChunks() ? Math.min(slot.credit, credit) : 0;
    int bytes = (int) Math.min(most, Bounds.CHUNK_BYTES_MAX);
    if (bytes == 0) {
      slot.waiting = true;
      queue(slot);
    }
    return bytes;
  }

  /** Each slot stands in the line once, whatever calls it is used for meanwhile. */
  private void queue(OpenCall<C> slot) {
    if (!slot.inLine) {
      slot.inLine = true;
      waiting.add(slot);
    }
  }

  /** Sends a chunk, not larger than {@link #bodyCredit}, of an asked-for body; takes ownership. */
  public void body(int id, EventType event, ByteBuf chunk, boolean end) {
    OpenCall<C> slot = owned(id);
    int bytes = chunk.readableBytes();
    if (bytes > Math.min(slot.credit, credit) || bytes > Bounds.CHUNK_BYTES_MAX) {
      throw new IllegalStateException(bytes + " bytes without credit");
    }
    slot.rules.chunk(event, replaces(event));
    slot.credit -= bytes;
    credit -= bytes;
    unasked += GRANTS;
    wired().body(id, end ? Flags.END : 0, event, chunk);
  }

  /** Whether the agent owes a decision on a head of that call. */
  public boolean pending(int id) {
    return owned(id).rules.pending();
  }

  /** Whether the agent answers each chunk of that body. */
  public boolean replaces(EventType event) {
    int feature =
        event == EventType.REQUEST_BODY
            ? Features.REPLACES_REQUEST_BODY
            : Features.REPLACES_RESPONSE_BODY;
    return (welcomed().features() & feature) != 0;
  }

  /**
   * Replaced bytes were passed on: the agent may send so many more of this call. Those of the
   * connection are granted as they arrive: a receiver that stands still must not take what the
   * agent needs for others.
   */
  public void consumed(int id, int bytes) {
    OpenCall<C> slot = calls.find(id);
    if (slot != null) {
      grant(id, slot.window.consume(bytes));
    }
  }

  /** Tells the agent how the exchange went; ends the call. */
  public void complete(int id, RequestComplete event) {
    OpenCall<C> slot = owned(id);
    if (slot.rules.pending()) {
      wired().requestComplete(id, 0, event);
      cancel(id);
    } else {
      credit += wired().purge(id);
      wired().requestComplete(id, Flags.LAST, event);
      calls.free(slot);
    }
  }

  /** Ends a call without its answer; nothing is called back for it any more. */
  public void cancel(int id) {
    OpenCall<C> slot = owned(id);
    slot.call = null;
    slot.cancelledAt = healthsAnswered;
    credit += wired().purge(id);
    wired().control(id, new ToAgent.Cancel());
  }

  public void configure(ToAgent.Configure configure) {
    if (state != State.CLOSED) {
      configuresOpen++;
      wired().control(0, configure);
    }
  }

  public void health(long nonce) {
    if (state != State.CLOSED) {
      healthsOpen++;
      unasked = Math.clamp(unasked, UNASKED, UNASKED_KEPT);
      wired().control(0, new ToAgent.Health(nonce));
    }
  }

  /** Opens no more calls; the agent closes after the last one. */
  public void drain() {
    if (state == State.READY) {
      state = State.DRAINING;
      wired().control(0, new ToAgent.Drain());
    }
  }

  /** Ends the connection at once; open calls are told. */
  public void close() {
    lose(Loss.of(Loss.Kind.CLOSED, "closed by the proxy"));
  }

  // ---- what the wire tells

  /** The connection stands: greets. */
  public void connected(Wire connection) {
    wire = connection;
    if (state == State.CLOSED) {
      connection.close();
    } else {
      connection.control(0, hello);
    }
  }

  /**
   * A message of the agent. Throws {@link ProtocolViolation}; the wire passes that to {@link
   * #failed}.
   */
  public void receive(int id, int flags, ToProxy message) {
    if (state == State.GREETING) {
      greeted(message);
      return;
    }
    switch (message) {
      case ToProxy.Decided decided -> decided(calls.require(id), flags, decided);
      case ToProxy.ChunkResult result -> chunk(calls.require(id), flags, result);
      case ToProxy.Ended ended -> ended(calls.require(id), ended);
      case ToProxy.AgentCredit more -> {
        unasked(1);
        credited(id, more.bytes());
      }
      case ToProxy.Configured configured -> {
        configuresOpen = answered(configuresOpen);
        listener.configured(configured);
      }
      case ToProxy.HealthReport report -> {
        healthsOpen = answered(healthsOpen);
        healthAnswered();
        listener.health(report);
      }
      case ToProxy.Leaving _ -> {
        unasked(1);
        drain();
        listener.leaving();
      }
      case ToProxy.Welcome _ -> throw Violation.UNEXPECTED.because("a second welcome");
    }
  }

  /** A message of an unknown type, which is skipped. Throws as {@link #receive}. */
  public void skipped(int bytes) {
    unasked(1 + bytes / SKIPPED_BYTES);
  }

  /** The wire may take chunks again; not to be called by what the channel calls. */
  public void roomAgain() {
    if (state != State.CLOSED && !waiting.isEmpty()) {
      wakeWaiting();
    }
  }

  /** The wire or a decoder failed. */
  public void failed(Throwable cause) {
    if (cause instanceof ProtocolViolation violation) {
      String detail = String.valueOf(violation.getMessage());
      lose(new Loss(Loss.Kind.VIOLATION, violation.violation(), detail));
    } else {
      lose(Loss.of(Loss.Kind.CLOSED, "our own failure: " + cause));
    }
  }

  /** The connection could not be made. */
  public void connectFailed(Throwable cause) {
    lose(Loss.of(Loss.Kind.CONNECT_FAILED, String.valueOf(cause)));
  }

  /** The agent ended the connection. */
  public void disconnected() {
    boolean drained = state == State.DRAINING && calls.openCount() == 0;
    Loss.Kind kind = drained ? Loss.Kind.DRAINED : Loss.Kind.CLOSED_BY_AGENT;
    lose(Loss.of(kind, "the agent closed the connection"));
  }

  public boolean closed() {
    return state == State.CLOSED;
  }

  // ----

  private void greeted(ToProxy message) {
    if (!(message instanceof Welcome answer)) {
      throw Violation.UNEXPECTED.because("the first frame is not a welcome");
    }
    int version = answer.version();
    if (version == 0) {
      lose(Loss.of(Loss.Kind.REFUSED, "no common protocol version"));
      return;
    }
    if (version < hello.versionMin() || version > hello.versionMax()) {
      throw Violation.VERSION_REFUSED.because("version " + version + " was not offered");
    }
    Bounds.checkCredit(answer.callCredit());
    Bounds.checkCredit(answer.connectionCredit());
    welcome = answer;
    credit = answer.connectionCredit();
    calls.bound(Math.min(Math.min(hello.callsMax(), answer.callsMax()), Bounds.CALLS_MAX));
    state = State.READY;
    listener.ready(answer);
  }

  private void decided(OpenCall<C> slot, int flags, ToProxy.Decided message) {
    EventType event = message.event();
    boolean over = slot.rules.decided(event, message.decision().verdict(), flags);
    C call = slot.call;
    if (over) {
      credit += wired().purge(slot.id);
      calls.free(slot);
    }
    if (call != null) {
      listener.decided(call, event, message.decision(), over);
    }
  }

  private void chunk(OpenCall<C> slot, int flags, ToProxy.ChunkResult result) {
    boolean more = Flags.has(flags, Flags.MORE);
    int bytes = result.data().length;
    slot.rules.chunkResult(result.event(), result.op(), bytes, more);
    slot.window.received(bytes);
    window.received(bytes);
    grant(0, window.consume(bytes));
    if (slot.call != null) {
      listener.chunk(slot.call, result, more);
    }
  }

  private void ended(OpenCall<C> slot, ToProxy.Ended message) {
    C call = slot.call;
    credit += wired().purge(slot.id);
    calls.free(slot);
    if (call != null) {
      listener.ended(call, message.reason());
    }
  }

  private void unasked(int weight) {
    unasked -= weight;
    if (unasked < 0) {
      throw Violation.FLOOD.because("messages that answer nothing");
    }
  }

  private static int answered(int questions) {
    if (questions == 0) {
      throw Violation.UNEXPECTED.because("an answer without a question");
    }
    return questions - 1;
  }

  /** An agent that answers has seen what it was told before, cancels too. */
  private void healthAnswered() {
    healthsAnswered++;
    if (calls.anyCancelledUpTo(healthsAnswered - ANSWERS_BEFORE_CONFIRM)) {
      throw Violation.CANCEL_IGNORED.because("a cancelled call is still open");
    }
  }

  private void grant(int id, int bytes) {
    if (bytes > 0) {
      wired().control(id, new ToAgent.ProxyCredit(bytes));
    }
  }

  private void credited(int id, int bytes) {
    if (id == 0) {
      credit += bytes;
    } else {
      OpenCall<C> slot = calls.find(id);
      if (slot == null) {
        return; // The call ended while the grant was on its way.
      }
      if (slot.credit + (long) bytes > Bounds.CREDIT_MAX) {
        throw Violation.CREDIT_OVERFLOW.because("credit of a call");
      }
      slot.credit += bytes;
    }
    if (credit > Bounds.CREDIT_MAX) {
      throw Violation.CREDIT_OVERFLOW.because("credit of the connection");
    }
    wakeWaiting();
  }

  /** Each waiting call is looked at once, in order; one without credit of its own stays. */
  private void wakeWaiting() {
    for (int left = waiting.size(); left > 0 && credit > 0 && wired().takesChunks(); left--) {
      OpenCall<C> slot = waiting.remove();
      slot.inLine = false;
      C call = slot.waiting ? slot.call : null;
      if (call != null && slot.credit > 0) {
        slot.waiting = false;
        listener.credit(call);
      } else if (call != null) {
        queue(slot);
      }
    }
  }

  private void lose(Loss loss) {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    if (wire != null) {
      wire.close();
    }
    RuntimeException bug = null;
    List<OpenCall<C>> open = calls.open();
    for (OpenCall<C> slot : open) {
      C call = slot.call;
      calls.free(slot);
      if (call != null) {
        try {
          listener.lost(call, loss);
        } catch (RuntimeException one) {
          bug = one; // Each call must hear its end, whatever another's owner does.
        }
      }
    }
    listener.lost(loss);
    if (bug != null) {
      throw bug;
    }
  }

  private OpenCall<C> owned(int id) {
    OpenCall<C> slot = calls.find(id);
    if (slot == null || slot.call == null) {
      throw new IllegalStateException("call " + id + " is over");
    }
    return slot;
  }

  private Wire wired() {
    if (wire == null) {
      throw new IllegalStateException("not connected");
    }
    return wire;
  }

  private Welcome welcomed() {
    if (welcome == null) {
      throw new IllegalStateException("not greeted");
    }
    return welcome;
  }
}
