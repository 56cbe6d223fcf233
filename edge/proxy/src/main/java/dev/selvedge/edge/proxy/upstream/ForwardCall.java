package dev.selvedge.edge.proxy.upstream;

import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.ServiceStream;
import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One exchange on its way to and from an upstream, over at most two connections: the first, and one
 * more if the first failed in a way that cannot have been acted on (EDGE 2, retry).
 *
 * <p>What the client sends of its body between the two, within the credit that the first was given,
 * is held and goes out on the second: at most one window.
 *
 * <p>A call is tried again once, if connecting failed, or if a reused connection ended before any
 * byte of an answer, the method is idempotent and no byte of the body was sent; or all of a body
 * that agents had, which is kept until then if it fits the window. Confined to its event loop.
 */
final class ForwardCall implements ServiceStream {

  private enum State {
    QUEUED,
    CONNECTING,
    ACTIVE,
    DONE
  }

  private static final byte[][] IDEMPOTENT = {
    ascii("GET"), ascii("HEAD"), ascii("OPTIONS"), ascii("PUT"), ascii("DELETE"), ascii("TRACE")
  };

  private final Exchange exchange;
  private final UpstreamPool pool;
  private final Worker worker;
  private final WaitTimer waitTimer = new WaitTimer();
  private State state = State.QUEUED;
  private @Nullable UpstreamConnection connection;
  private @Nullable Target target;
  private @Nullable UpstreamConnection awaited;
  private @Nullable Channel attempt;
  private int failedTarget = Balancer.NONE;
  private boolean retried;
  private boolean starting;
  private boolean granted;
  private boolean bodySent;
  private boolean upgrading;
  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
  private boolean endHeld;
  private @Nullable HttpHead heldTrailers;

  /** What was sent of a body that agents had, so that it can be sent again. */
  private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>();

  private int keptBytes;
  private boolean keeps;
  private boolean endKept;

  ForwardCall(Exchange exchange, UpstreamPool pool) {
    this.exchange = exchange;
    this.pool = pool;
    this.worker = pool.worker();
  }

  void start() {
    exchange.leaveContinueToUpstream();
    exchange.record().upstream(pool.upstream().nameNumber());
    if (exchange.upgradeOffer() != null) {
      Bounds tunnels = exchange.route().upgraded();
      upgrading = tunnels.tryAcquire();
      if (!upgrading) {
        state = State.DONE;
        exchange.refuse(
            tunnels.limit() == 0 ? FailureCode.UPGRADE_REFUSED : FailureCode.UPGRADES_FULL);
        return;
      }
    }
    starting = true;
    pool.acquire(this);
    starting = false;
  }

  Exchange exchange() {
    return exchange;
  }

  int failedTarget() {
    return failedTarget;
  }

  /** Whether a pooled connection will not do: one has just turned out to be dead. */
  boolean needsFresh() {
    return retried;
  }

  boolean upgrading() {
    return upgrading;
  }

  // ---- from the pool

  void queued(long nanos) {
    state = State.QUEUED;
    step(Step.POOL_QUEUED, pool.upstream().nameNumber());
    worker.timers().arm(waitTimer, worker.now() + nanos);
  }

  void dequeued() {
    worker.timers().remove(waitTimer);
  }

  void connecting(UpstreamConnection made, Target chosen, long nanos) {
    state = State.CONNECTING;
    awaited = made;
    take(chosen);
    step(Step.CONNECTING, chosen.nameNumber());
    worker.timers().arm(waitTimer, worker.now() + nanos);
  }

  /** The channel of a connect under way, so that it can be given up. */
  void attempt(Channel channel) {
    if (state == State.CONNECTING) {
      attempt = channel;
    }
  }

  /** Whether the call still wants this connection: it may have given up, or try another. */
  boolean waitsFor(UpstreamConnection made) {
    return state == State.CONNECTING && made.equals(awaited);
  }

  /** A connection is there: the request goes out on it. */
  void connected(UpstreamConnection ready, boolean reused) {
    if (waitTimer.armed()) {
      worker.timers().remove(waitTimer);
    }
    attempt = null;
    awaited = null;
    state = State.ACTIVE;
    connection = ready;
    take(ready.target());
    step(reused ? Step.CONNECTION_REUSED : Step.CONNECTED, ready.target().nameNumber());
    ready.begin(this, reused);
    keeps = reused && exchange.bodyFromInspection() && idempotent();
    sendHeld(ready);
    if (!granted && !exchange.requestComplete()) {
      granted = true;
      exchange.requestCredit(exchange.snapshot().client().window());
    }
    if (!starting && ready.equals(connection)) {
      ready.flush();
    }
  }

  private void sendHeld(UpstreamConnection ready) {
    for (ByteBuf chunk = held.poll(); chunk != null; chunk = held.poll()) {
      send(ready, chunk);
    }
    if (endHeld) {
      endHeld = false;
      sendEnd(ready, heldTrailers);
    }
  }

  private void send(UpstreamConnection open, ByteBuf chunk) {
    bodySent = true;
    if (keeps) {
      int more = chunk.readableBytes();
      if (keptBytes + more <= exchange.snapshot().client().window()) {
        kept.add(chunk.retainedDuplicate());
        keptBytes += more;
        pool.dataplane().buffered().add(more);
      } else {
        forget();
      }
    }
    open.send(chunk);
  }

  private void sendEnd(UpstreamConnection open, @Nullable HttpHead trailers) {
    endKept = keeps;
    heldTrailers = trailers;
    open.sendEnd(trailers);
  }

  /** Keeps nothing of the body any more. */
  private void forget() {
    for (ByteBuf chunk = kept.poll(); chunk != null; chunk = kept.poll()) {
      chunk.release();
    }
    pool.dataplane().buffered().add(-keptBytes);
    keptBytes = 0;
    keeps = false;
    endKept = false;
  }

  /** What was kept goes out again. */
  private void sendAgain() {
    held.addAll(kept);
    kept.clear();
    endHeld |= endKept;
    forget();
  }

  private void take(Target chosen) {
    Target before = target;
    if (before != null) {
      before.inFlight().release();
    }
    target = chosen;
    chosen.inFlight().add(1);
  }

  // ---- from the exchange

  @Override
  public void requestChunk(ByteBuf chunk) {
    UpstreamConnection open = connection;
    if (open != null) {
      send(open, chunk);
    } else if (state == State.DONE) {
      chunk.release();
    } else {
      held.add(chunk);
    }
  }

  @Override
  public void requestEnd(@Nullable HttpHead trailers) {
    UpstreamConnection open = connection;
    HttpHead wanted = exchange.wantsTrailers() ? trailers : null;
    if (open != null) {
      sendEnd(open, wanted);
    } else {
      endHeld = true;
      heldTrailers = wanted;
    }
  }

  @Override
  public void requestFlush() {
    UpstreamConnection open = connection;
    if (open != null) {
      open.flush();
    }
  }

  @Override
  public void responseCredit(int bytes) {
    UpstreamConnection open = connection;
    if (open != null) {
      open.credit(bytes);
    }
  }

  @Override
  public void cancel(Failure why) {
    UpstreamConnection open = connection;
    Channel connect = attempt;
    boolean waited = state == State.QUEUED;
    done();
    if (open != null) {
      open.abandon();
    } else if (connect != null) {
      connect.close();
    } else if (waited) {
      pool.leaveQueue(this);
    }
  }

  // ---- ends

  /** Lets go of everything; whoever calls decides what becomes of the connection. */
  void done() {
    if (state == State.DONE) {
      return;
    }
    state = State.DONE;
    connection = null;
    attempt = null;
    worker.timers().remove(waitTimer);
    for (ByteBuf chunk = held.poll(); chunk != null; chunk = held.poll()) {
      chunk.release();
    }
    forget();
    Target used = target;
    if (used != null) {
      target = null;
      used.inFlight().release();
    }
    if (upgrading) {
      upgrading = false;
      exchange.route().upgraded().release();
    }
  }

  /** It did not work on this connection, which the caller has closed. */
  void failed(Failure why) {
    failed(why, false);
  }

  /**
   * It did not work.
   *
   * @param unanswered whether a reused connection ended before any byte of an answer
   */
  void failed(Failure why, boolean unanswered) {
    boolean notConnected = state == State.CONNECTING;
    boolean again = notConnected || unanswered && (!bodySent || endKept) && idempotent();
    if (!retried && again && exchange.unanswered() && why.retryable()) {
      Target used = target;
      retried = true;
      failedTarget = used == null ? Balancer.NONE : used.index();
      connection = null;
      attempt = null;
      sendAgain();
      worker.metrics().add(pool.upstream().metrics().retries(), 1);
      step(Step.RETRIED, why.code().ordinal());
      pool.acquire(this);
      return;
    }
    done();
    exchange.serviceFailed(why);
  }

  private boolean idempotent() {
    for (byte[] method : IDEMPOTENT) {
      if (exchange.request().methodIs(method)) {
        return true;
      }
    }
    return false;
  }

  void step(Step step, int reference) {
    exchange.record().step(step, reference, worker.now());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The wait in the pool's queue, then the connect. */
  private final class WaitTimer extends TimerWheel.Timer {
    @Override
    protected void expired(long nowNanos) {
      worker.readClock();
      switch (state) {
        case QUEUED -> {
          pool.leaveQueue(ForwardCall.this);
          failed(Failure.of(FailureCode.POOL_WAIT_TIMEOUT));
        }
        case CONNECTING -> {
          Channel connect = attempt;
          failed(Failure.of(FailureCode.CONNECT_TIMEOUT));
          if (connect != null) {
            connect.close();
          }
        }
        case ACTIVE, DONE -> {}
      }
    }
  }
}
