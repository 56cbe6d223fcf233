package dev.selvedge.edge.proxy.upstream;

import dev.selvedge.edge.proxy.exchange.ClientStream;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.edge.proxy.h1.Arrived;
import dev.selvedge.edge.proxy.h1.BodyReader;
import dev.selvedge.edge.proxy.h1.Bug;
import dev.selvedge.edge.proxy.h1.Framing;
import dev.selvedge.edge.proxy.h1.HeadReader;
import dev.selvedge.edge.proxy.h1.HeadWriter;
import dev.selvedge.edge.proxy.h1.Inbox;
import dev.selvedge.edge.proxy.h1.Outbox;
import dev.selvedge.edge.proxy.h1.ReadSize;
import dev.selvedge.edge.proxy.h1.Upgrade;
import dev.selvedge.edge.proxy.loop.StayRegistered;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.nio.channels.NotYetConnectedException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a target, speaking HTTP/1.1: one exchange at a time.
 *
 * <p>Guarantees: an answer goes to the call that asked, because a connection is pooled only when
 * both sides are provably at a message boundary with nothing unread and nothing unsent; bytes on a
 * connection at rest close it; nothing is read without credit beyond one read; every wait has a
 * timer. Confined to its event loop.
 *
 * <pre>
 *   CONNECTING → HEAD → BODY → REST → HEAD …       or → TUNNEL, or → CLOSED from anywhere
 * </pre>
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements Inbox.Owner {

  private enum Phase {
    CONNECTING,
    REST,
    HEAD,
    BODY,
    TUNNEL,
    CLOSED
  }

  /** Interim answers accepted for one request. */
  private static final int INTERIM_MAX = 16;

  private final UpstreamPool pool;
  private final Worker worker;
  private final Target target;
  private final ReadSize readSize = new ReadSize();
  private final HeadReader heads;
  private final BodyReader body;
  private final Framing framing = new Framing();
  private final ReadTimer readTimer = new ReadTimer();
  private final Inbox in;

  private @Nullable Channel channel;
  private @Nullable Outbox out;
  private Phase phase = Phase.CONNECTING;
  private @Nullable ForwardCall call;
  private @Nullable HttpHead head;
  private boolean reused;
  private boolean requestSent;
  private boolean endOutput;
  private int interim;
  private long firstByteEnd;

  UpstreamConnection(UpstreamPool pool, Target target) {
    this.pool = pool;
    this.worker = pool.worker();
    this.target = target;
    this.in = new Inbox(worker.alloc(), readSize, pool.dataplane().buffered(), this);
    var limits = pool.dataplane().snapshot().client().limits();
    this.heads = new HeadReader(false, limits);
    this.body = new BodyReader(limits);
  }

  ReadSize readSize() {
    return readSize;
  }

  Target target() {
    return target;
  }

  /** The connection is made. */
  void keepRegistered() {
    StayRegistered.apply(channel());
  }

  private Channel channel() {
    return Objects.requireNonNull(channel, "not registered");
  }

  private Outbox out() {
    return Objects.requireNonNull(out, "not registered");
  }

  // ---- what the channel says

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    worker.readClock();
    channel = ctx.channel();
    out =
        new Outbox(
            ctx.channel(),
            worker,
            pool.dataplane().buffered(),
            () -> pool.upstream().config().writeStall().toNanos(),
            () -> fail(FailureCode.UPSTREAM_STALLED, false));
    in.attach(ctx.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    worker.readClock();
    in.received((ByteBuf) message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    worker.readClock();
    in.event(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    worker.readClock();
    closed(FailureCode.UPSTREAM_RESET);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    worker.readClock();
    settle();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    worker.readClock();
    // A connect that was reset may be seen as readable first: the connect's own failure follows.
    if (!(cause instanceof java.io.IOException || cause instanceof NotYetConnectedException)) {
      Bug.report("upstream connection", cause);
    }
    closed(FailureCode.UPSTREAM_RESET);
    ctx.close();
  }

  // ---- the call's side: request out

  /** Sends the call's request head; body and flush follow. */
  void begin(ForwardCall newCall, boolean pooled) {
    if (phase == Phase.REST) {
      worker.timers().disarm(readTimer);
    }
    call = newCall;
    reused = pooled;
    phase = Phase.HEAD;
    interim = 0;
    requestSent = false;
    Exchange exchange = newCall.exchange();
    in.credit(exchange.snapshot().client().window());
    heads.reset(exchange.snapshot().client().limits());
    long length = exchange.declaredLength();
    boolean chunked = length == ClientStream.LENGTH_UNKNOWN;
    out().inChunks(chunked);
    byte[] upgrade = newCall.upgrading() ? exchange.upgradeOffer() : null;
    out()
        .head(
            HeadWriter.request(
                worker,
                exchange.request(),
                exchange.target(),
                chunked ? Framing.CHUNKED : length,
                upgrade,
                exchange.wantsTrailers(),
                Outbox.room(length)));
    if (exchange.requestComplete()) {
      sent();
    }
  }

  void send(ByteBuf chunk) {
    if (phase == Phase.CLOSED) {
      chunk.release();
    } else {
      out().body(chunk);
    }
  }

  void sendEnd(@Nullable HttpHead trailers) {
    if (phase == Phase.CLOSED) {
      return;
    }
    if (phase == Phase.TUNNEL) {
      endOutput = true;
      return;
    }
    out().bodyEnd(trailers);
    sent();
  }

  private void sent() {
    requestSent = true;
    if (phase == Phase.HEAD) {
      firstByteEnd = worker.clock().nanos() + pool.upstream().config().firstByte().toNanos();
      worker.timers().arm(readTimer, firstByteEnd);
    }
  }

  void flush() {
    if (phase != Phase.CLOSED) {
      out().flush();
      settle();
      if (endOutput && phase == Phase.TUNNEL) {
        endOutput = false;
        out().whenSent(((DuplexChannel) channel())::shutdownOutput);
      }
    }
  }

  private void settle() {
    int left = out().settle();
    ForwardCall current = call;
    if (left > 0 && current != null && (!requestSent || phase == Phase.TUNNEL)) {
      current.exchange().requestCredit(left);
    }
  }

  // ---- the call's side: answer in

  void credit(int bytes) {
    in.grant(bytes);
    in.process();
  }

  @Override
  public void flushDelivered() {
    ForwardCall current = call;
    if (current != null) {
      current.exchange().flush();
    }
  }

  @Override
  public boolean onCredit() {
    return phase == Phase.BODY || phase == Phase.TUNNEL;
  }

  @Override
  public long expected() {
    return phase == Phase.BODY ? body.expected() : Long.MAX_VALUE;
  }

  @Override
  public void readingChanged() {
    if (phase == Phase.BODY) {
      armBetweenBytes();
    }
  }

  @Override
  public boolean take(ByteBuf bytes) {
    return switch (phase) {
      case HEAD -> readHead(bytes);
      case BODY -> readBody(bytes);
      case TUNNEL -> readTunnel(bytes);
      case REST, CONNECTING -> {
        pool.forget(this);
        close();
        yield false;
      }
      case CLOSED -> false;
    };
  }

  private boolean readHead(ByteBuf bytes) {
    HttpHead current = head;
    if (current == null) {
      current = worker.takeHead();
      head = current;
    }
    switch (heads.read(bytes, current)) {
      case PARTIAL -> {
        arm(pool.upstream().config().betweenBytes().toNanos());
        return false;
      }
      case REFUSED -> malformed("head");
      case COMPLETE -> {
        boolean toHead = active().exchange().headOnly();
        FailureCode bad = framing.response(current, heads.version10(), toHead);
        if (bad != null) {
          malformed("framing");
        } else if (current.status() < 200) {
          interim(current);
        } else {
          answer(current, bytes);
        }
      }
    }
    return true;
  }

  private ForwardCall active() {
    return Objects.requireNonNull(call, "an answer without a call");
  }

  private void interim(HttpHead current) {
    ForwardCall owner = active();
    if (current.status() == 101) {
      switchProtocols(owner, current);
      return;
    }
    if (++interim > INTERIM_MAX) {
      malformed("too many interim answers");
      return;
    }
    // Parts of this head may have armed the timer between bytes; the answer is still to come.
    if (requestSent) {
      worker.timers().arm(readTimer, firstByteEnd);
    } else {
      worker.timers().disarm(readTimer);
    }
    FieldHygiene.cleanResponse(current);
    owner.exchange().informational(current);
    current.clear();
    heads.reset(owner.exchange().snapshot().client().limits());
  }

  private void answer(HttpHead current, ByteBuf bytes) {
    ForwardCall owner = active();
    Exchange exchange = owner.exchange();
    owner.step(Step.FIRST_BYTE, current.status());
    FieldHygiene.cleanResponse(current);
    boolean bodyFollows = framing.length() != 0;
    long stated = framing.declared() >= 0 ? framing.declared() : ClientStream.LENGTH_UNKNOWN;
    if (bodyFollows) {
      phase = Phase.BODY;
      body.begin(framing.length());
      armBetweenBytes();
      in.delivered();
      exchange.respond(current, stated, true);
      giveBackHead();
      return;
    }
    boolean reusable = reusable(bytes);
    detach(owner);
    exchange.respond(current, stated, false);
    giveBackHead();
    finish(reusable, exchange);
  }

  private boolean readBody(ByteBuf bytes) {
    if (in.credit() <= 0) {
      return false;
    }
    ForwardCall owner = active();
    ByteBuf chunk = in.take(body, bytes);
    if (chunk != null) {
      owner.exchange().responseChunk(chunk);
    }
    if (phase != Phase.BODY || !owner.equals(call)) {
      return true;
    }
    if (body.broken()) {
      malformed("chunk");
    } else if (body.done()) {
      complete(owner, bytes);
    } else {
      armBetweenBytes();
    }
    return true;
  }

  private void complete(ForwardCall owner, @Nullable ByteBuf rest) {
    Exchange exchange = owner.exchange();
    HttpHead trailers = body.trailers();
    boolean reusable = reusable(rest);
    detach(owner);
    exchange.responseEnd(trailers);
    finish(reusable, exchange);
  }

  private boolean reusable(@Nullable ByteBuf rest) {
    return framing.keepAlive()
        && framing.length() != Framing.UNTIL_CLOSE
        && requestSent
        && !in.ended()
        && out().empty()
        && (rest == null || !rest.isReadable());
  }

  private void detach(ForwardCall owner) {
    call = null;
    in.undelivered();
    owner.done();
  }

  /**
   * The answer is complete: the connection first, then the client, whose next request may use it.
   */
  private void finish(boolean reusable, Exchange exchange) {
    worker.timers().disarm(readTimer);
    readSize.enough();
    if (reusable) {
      pool.release(this);
    } else {
      close();
    }
    exchange.flush();
  }

  private void switchProtocols(ForwardCall owner, HttpHead current) {
    byte[] offer = owner.exchange().upgradeOffer();
    byte[] protocol = owner.upgrading() && offer != null ? Upgrade.chosen(current, offer) : null;
    if (protocol == null) {
      malformed("a 101 to nothing that was offered");
      return;
    }
    FieldHygiene.cleanResponse(current);
    phase = Phase.TUNNEL;
    out().inChunks(false);
    worker.timers().disarm(readTimer);
    in.delivered();
    owner.exchange().switchProtocols(current, protocol);
    giveBackHead();
    owner.exchange().requestCredit(owner.exchange().snapshot().client().window());
  }

  private boolean readTunnel(ByteBuf bytes) {
    if (in.credit() <= 0) {
      return false;
    }
    active().exchange().responseChunk(in.takeRaw(bytes));
    return true;
  }

  @Override
  public void endOfInput() {
    ForwardCall owner = call;
    switch (phase) {
      case CONNECTING, CLOSED -> {}
      case REST -> {
        pool.forget(this);
        close();
      }
      case HEAD -> {
        boolean nothing = nothingCame();
        fail(
            nothing ? FailureCode.UPSTREAM_CLOSED : FailureCode.UPSTREAM_TRUNCATED,
            nothing && reused);
      }
      case BODY -> {
        if (framing.length() == Framing.UNTIL_CLOSE && owner != null) {
          complete(owner, null);
        } else {
          fail(FailureCode.UPSTREAM_TRUNCATED, false);
        }
      }
      case TUNNEL -> {
        if (owner != null) {
          Exchange exchange = owner.exchange();
          detach(owner);
          exchange.responseEnd(null);
          finish(false, exchange);
        }
      }
    }
  }

  // ---- ends

  /** At rest in the pool. */
  void rest(long nanos) {
    phase = Phase.REST;
    arm(nanos);
  }

  /** Whether a connection taken from the pool can carry a request. */
  boolean usable() {
    return phase == Phase.REST
        && !in.ended()
        && channel().isActive()
        && !Arrived.any(channel(), worker.probe());
  }

  /** The call was given up in the middle: the connection cannot be used again. */
  void abandon() {
    call = null;
    close();
  }

  void close() {
    channel().close();
    closed(FailureCode.UPSTREAM_CLOSED);
  }

  private void malformed(String what) {
    fail(Failure.of(FailureCode.UPSTREAM_MALFORMED, what), false);
  }

  private void fail(FailureCode code, boolean unanswered) {
    fail(Failure.of(code), unanswered);
  }

  private void fail(Failure why, boolean unanswered) {
    ForwardCall owner = call;
    call = null;
    in.undelivered();
    close();
    if (owner != null) {
      owner.failed(why, unanswered);
    }
  }

  private void closed(FailureCode code) {
    if (phase == Phase.CLOSED) {
      return;
    }
    boolean waiting = phase == Phase.HEAD;
    boolean connecting = phase == Phase.CONNECTING;
    if (phase == Phase.REST) {
      pool.forget(this);
    }
    boolean nothing = nothingCame();
    phase = Phase.CLOSED;
    worker.timers().remove(readTimer);
    out().discard();
    giveBackHead();
    in.close();
    if (!connecting) {
      pool.permitFreed();
    }
    ForwardCall owner = call;
    if (owner != null) {
      call = null;
      owner.failed(Failure.of(code), waiting && nothing && reused);
    }
  }

  private boolean nothingCame() {
    HttpHead partial = head;
    return partial == null || partial.length() == 0;
  }

  private void giveBackHead() {
    HttpHead current = head;
    if (current != null) {
      head = null;
      worker.giveBack(current);
    }
  }

  // ---- time

  private void arm(long nanos) {
    worker.timers().arm(readTimer, worker.now() + nanos);
  }

  private void armBetweenBytes() {
    if (in.waitsForPeer()) {
      arm(pool.upstream().config().betweenBytes().toNanos());
    } else {
      worker.timers().disarm(readTimer);
    }
  }

  /** First byte, between bytes, or the rest in the pool. */
  private final class ReadTimer extends TimerWheel.Timer {
    @Override
    protected void expired(long nowNanos) {
      worker.readClock();
      switch (phase) {
        case REST -> {
          pool.forget(UpstreamConnection.this);
          close();
        }
        case HEAD ->
            fail(
                nothingCame() ? FailureCode.FIRST_BYTE_TIMEOUT : FailureCode.BETWEEN_BYTES_TIMEOUT,
                false);
        case BODY -> fail(FailureCode.BETWEEN_BYTES_TIMEOUT, false);
        case CONNECTING, TUNNEL, CLOSED -> {}
      }
    }
  }
}
