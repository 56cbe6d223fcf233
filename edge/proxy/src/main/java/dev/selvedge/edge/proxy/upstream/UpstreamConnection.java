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
import dev.selvedge.edge.proxy.h1.Outbox;
import dev.selvedge.edge.proxy.h1.ReadSize;
import dev.selvedge.edge.proxy.loop.StayRegistered;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.nio.channels.NotYetConnectedException;
import java.util.Arrays;
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
final class UpstreamConnection extends ChannelInboundHandlerAdapter {

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
  private final WriteTimer writeTimer = new WriteTimer();

  private @Nullable Channel channel;
  private @Nullable Outbox out;
  private Phase phase = Phase.CONNECTING;
  private @Nullable ForwardCall call;
  private @Nullable HttpHead head;
  private @Nullable ByteBuf input;
  private boolean reused;
  private boolean processing;
  private boolean delivered;
  private boolean reading = true;
  private boolean inputEnded;
  private boolean endPending;
  private boolean chunkedOut;
  private boolean requestSent;
  private boolean endOutput;
  private int interim;
  private long firstByteEnd;
  private long credit;

  UpstreamConnection(UpstreamPool pool, Target target) {
    this.pool = pool;
    this.worker = pool.worker();
    this.target = target;
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
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("not registered");
    }
    return open;
  }

  private Outbox out() {
    Outbox box = out;
    if (box == null) {
      throw new IllegalStateException("not registered");
    }
    return box;
  }

  // ---- what the channel says

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    worker.readClock();
    channel = ctx.channel();
    out = new Outbox(ctx.channel(), pool.dataplane().buffered());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    worker.readClock();
    ByteBuf bytes = (ByteBuf) message;
    ByteBuf held = input;
    if (held == null) {
      input = bytes;
    } else {
      input = worker.alloc().directBuffer(held.readableBytes() + bytes.readableBytes());
      input.writeBytes(held).writeBytes(bytes);
      held.release();
      bytes.release();
    }
    process();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    worker.readClock();
    if (event instanceof ChannelInputShutdownEvent
        || event instanceof ChannelInputShutdownReadComplete) {
      if (!inputEnded) {
        inputEnded = true;
        endPending = true;
        process();
      }
    }
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
    credit = exchange.snapshot().client().window();
    heads.reset(exchange.snapshot().client().limits());
    long length = exchange.declaredLength();
    chunkedOut = length == ClientStream.LENGTH_UNKNOWN;
    byte[] upgrade = newCall.upgrading() ? exchange.upgradeOffer() : null;
    out()
        .head(
            HeadWriter.request(
                worker,
                exchange.request(),
                exchange.target(),
                chunkedOut ? Framing.CHUNKED : length,
                upgrade,
                exchange.wantsTrailers(),
                Outbox.room(length)));
    if (exchange.requestComplete()) {
      sent();
    }
  }

  void send(ByteBuf chunk) {
    if (phase == Phase.CLOSED || !chunk.isReadable()) {
      chunk.release();
    } else if (chunkedOut) {
      out().chunked(chunk, worker.alloc());
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
    if (chunkedOut) {
      out().head(HeadWriter.lastChunk(worker, trailers));
    }
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
    Outbox box = out();
    int left = box.settle();
    if (box.empty()) {
      worker.timers().disarm(writeTimer);
    } else if (!writeTimer.armed()) {
      box.progressed();
      long stall = pool.upstream().config().writeStall().toNanos();
      worker.timers().arm(writeTimer, worker.now() + stall);
    }
    ForwardCall current = call;
    if (left > 0 && current != null && (!requestSent || phase == Phase.TUNNEL)) {
      current.exchange().requestCredit(left);
    }
  }

  // ---- the call's side: answer in

  void credit(int bytes) {
    credit += bytes;
    if (!processing) {
      process();
    }
  }

  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      do {
        delivered = false;
        takeInput();
        ForwardCall current = call;
        if (delivered && current != null) {
          current.exchange().flush();
        }
      } while (delivered);
    } finally {
      processing = false;
    }
    ByteBuf rest = input;
    if (rest != null && (!rest.isReadable() || phase == Phase.CLOSED)) {
      input = null;
      rest.release();
    }
    if (endPending && input == null) {
      endPending = false;
      endOfInput();
    }
    read(input == null && (credit > 0 || phase != Phase.BODY && phase != Phase.TUNNEL));
  }

  private void takeInput() {
    ByteBuf in = input;
    while (in != null && in.isReadable() && step(in)) {
      in = input;
    }
  }

  private boolean step(ByteBuf in) {
    return switch (phase) {
      case HEAD -> readHead(in);
      case BODY -> readBody(in);
      case TUNNEL -> readTunnel(in);
      case REST, CONNECTING -> {
        pool.forget(this);
        close();
        yield false;
      }
      case CLOSED -> false;
    };
  }

  private boolean readHead(ByteBuf in) {
    HttpHead current = head;
    if (current == null) {
      current = worker.takeHead();
      head = current;
    }
    switch (heads.read(in, current)) {
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
          answer(current, in);
        }
      }
    }
    return true;
  }

  private ForwardCall active() {
    ForwardCall current = call;
    if (current == null) {
      throw new IllegalStateException("an answer without a call");
    }
    return current;
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

  private void answer(HttpHead current, ByteBuf in) {
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
      delivered = true;
      exchange.respond(current, stated, true);
      giveBackHead();
      return;
    }
    boolean reusable = reusable(in);
    detach(owner);
    exchange.respond(current, stated, false);
    giveBackHead();
    finish(reusable, exchange);
  }

  private boolean readBody(ByteBuf in) {
    if (credit <= 0) {
      return false;
    }
    ForwardCall owner = active();
    ByteBuf chunk = body.next(in, (int) Math.min(credit, Integer.MAX_VALUE));
    if (chunk != null) {
      credit -= chunk.readableBytes();
      delivered = true;
      owner.exchange().responseChunk(chunk);
    }
    if (phase != Phase.BODY || !owner.equals(call)) {
      return true;
    }
    if (body.broken()) {
      malformed("chunk");
    } else if (body.done()) {
      complete(owner, in);
    } else {
      armBetweenBytes();
    }
    return true;
  }

  private void complete(ForwardCall owner, @Nullable ByteBuf in) {
    Exchange exchange = owner.exchange();
    HttpHead trailers = body.trailers();
    boolean reusable = reusable(in);
    detach(owner);
    exchange.responseEnd(trailers);
    finish(reusable, exchange);
  }

  private boolean reusable(@Nullable ByteBuf in) {
    return framing.keepAlive()
        && framing.length() != Framing.UNTIL_CLOSE
        && requestSent
        && !inputEnded
        && out().empty()
        && (in == null || !in.isReadable());
  }

  private void detach(ForwardCall owner) {
    call = null;
    delivered = false;
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
    int at = current.find(KnownField.UPGRADE, 0);
    byte[] offer = owner.exchange().upgradeOffer();
    if (!owner.upgrading() || offer == null || at < 0) {
      malformed("unexpected 101");
      return;
    }
    int start = current.valueStart(at);
    byte[] protocol = Arrays.copyOfRange(current.bytes(), start, start + current.valueLength(at));
    if (!offered(offer, protocol)) {
      malformed("101 to a protocol that was not offered");
      return;
    }
    FieldHygiene.cleanResponse(current);
    phase = Phase.TUNNEL;
    chunkedOut = false;
    worker.timers().disarm(readTimer);
    delivered = true;
    owner.exchange().switchProtocols(current, protocol);
    giveBackHead();
    owner.exchange().requestCredit(owner.exchange().snapshot().client().window());
  }

  private static boolean offered(byte[] offer, byte[] protocol) {
    HttpHead list = new HttpHead();
    int start = list.append(offer, 0, offer.length);
    list.addField(start, 0, start, offer.length);
    String chosen = new String(protocol, java.nio.charset.StandardCharsets.ISO_8859_1);
    return Framing.hasToken(list, 0, chosen.toLowerCase(java.util.Locale.ROOT));
  }

  private boolean readTunnel(ByteBuf in) {
    if (credit <= 0) {
      return false;
    }
    int take = (int) Math.min(credit, in.readableBytes());
    credit -= take;
    delivered = true;
    active().exchange().responseChunk(in.readRetainedSlice(take));
    return true;
  }

  private void endOfInput() {
    ForwardCall owner = call;
    switch (phase) {
      case CONNECTING, CLOSED -> {}
      case REST -> {
        pool.forget(this);
        close();
      }
      case HEAD -> {
        HttpHead partial = head;
        boolean nothing = partial == null || partial.length() == 0;
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

  private void read(boolean wanted) {
    if (phase == Phase.CLOSED) {
      return;
    }
    if (wanted && phase == Phase.BODY) {
      readSize.next((int) Math.min(credit, Math.max(body.expected(), ReadSize.HEAD)));
    } else if (wanted && phase == Phase.TUNNEL) {
      readSize.next((int) credit);
    } else {
      readSize.next(ReadSize.HEAD);
    }
    if (wanted != reading && !inputEnded && channel().isOpen()) {
      reading = wanted;
      channel().config().setAutoRead(wanted);
      if (phase == Phase.BODY) {
        armBetweenBytes();
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
        && !inputEnded
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
    delivered = false;
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
    HttpHead partial = head;
    boolean nothing = partial == null || partial.length() == 0;
    phase = Phase.CLOSED;
    worker.timers().remove(readTimer);
    worker.timers().remove(writeTimer);
    out().discard();
    giveBackHead();
    ByteBuf rest = input;
    if (rest != null && !processing) {
      input = null;
      rest.release();
    }
    if (!connecting) {
      pool.permitFreed();
    }
    ForwardCall owner = call;
    if (owner != null) {
      call = null;
      owner.failed(Failure.of(code), waiting && nothing && reused);
    }
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
    if (reading || credit > 0) {
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
        case HEAD -> {
          HttpHead partial = head;
          boolean nothing = partial == null || partial.length() == 0;
          fail(nothing ? FailureCode.FIRST_BYTE_TIMEOUT : FailureCode.BETWEEN_BYTES_TIMEOUT, false);
        }
        case BODY -> fail(FailureCode.BETWEEN_BYTES_TIMEOUT, false);
        case CONNECTING, TUNNEL, CLOSED -> {}
      }
    }
  }

  /** The target takes nothing of what waits for it. */
  private final class WriteTimer extends TimerWheel.Timer {
    @Override
    protected void expired(long nowNanos) {
      worker.readClock();
      Outbox box = out();
      if (phase == Phase.CLOSED || box.empty()) {
        return;
      }
      if (box.progressed()) {
        long stall = pool.upstream().config().writeStall().toNanos();
        worker.timers().arm(this, nowNanos + stall);
      } else {
        fail(FailureCode.UPSTREAM_STALLED, false);
      }
    }
  }
}
