package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.exchange.ClientSettings;
import dev.selvedge.edge.proxy.exchange.ClientStream;
import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.field.Peer;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * One client connection speaking HTTP/1.1: one request at a time, in order, each answered before
 * the next is looked at.
 *
 * <p>Guarantees: nothing is read that nobody gave credit for, beyond one read; an answer is written
 * to the connection that asked; an answer given before the request was read arrives, because the
 * connection is half-closed and drained before it is closed (EDGE 2, early answers); every wait has
 * a timer. Confined to its event loop.
 *
 * <pre>
 *   HEAD → BODY → WAIT → HEAD        the usual round; BODY is skipped without a body
 *     └──────┴──────┴──→ LINGER → closed      after an answer that closes
 *                   └──→ TUNNEL → closed      after a 101
 * </pre>
 */
public final class ClientConnection extends ChannelInboundHandlerAdapter
    implements ClientStream, Inbox.Owner {

  private enum Phase {
    HEAD,
    BODY,
    WAIT,
    LINGER,
    TUNNEL,
    CLOSED
  }

  private final Channel channel;
  private final Worker worker;
  private final Dataplane dataplane;
  private final ClientMetrics metrics;
  private final Peer peer;
  private final Inbox in;
  private final Outbox out;
  private final Exchange exchange;
  private final HeadReader heads;
  private final BodyReader body;
  private final Framing framing = new Framing();
  private final ReadTimer readTimer = new ReadTimer();
  private final BodyPace pace = new BodyPace();

  private ClientSettings settings;
  private Phase phase = Phase.HEAD;
  private @Nullable HttpHead head;
  private byte @Nullable [] upgradeOffer;
  private boolean outputEnded;
  private boolean closeDelimited;
  private boolean closeAfter;
  private boolean answerEnded;
  private long lingered;

  public ClientConnection(
      Channel channel,
      Worker worker,
      Dataplane dataplane,
      ClientMetrics metrics,
      ReadSize readSize,
      Peer peer) {
    this.channel = channel;
    this.worker = worker;
    this.dataplane = dataplane;
    this.metrics = metrics;
    this.peer = peer;
    this.settings = dataplane.snapshot().client();
    this.in = new Inbox(worker.alloc(), readSize, dataplane.buffered(), this);
    this.out =
        new Outbox(
            channel,
            worker,
            dataplane.buffered(),
            () -> settings.clientWriteNanos(),
            this::clientStalled);
    this.exchange = new Exchange(worker, dataplane, this);
    this.heads = new HeadReader(true, settings.limits());
    this.body = new BodyReader(settings.limits());
  }

  // ---- what the channel says

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    worker.readClock();
    in.attach(channel);
    worker.metrics().add(metrics.open(), 1);
    arm(settings.headNanos());
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
    closed();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    worker.readClock();
    settle();
    if (channel.isWritable()) {
      in.process();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    worker.readClock();
    if (!(cause instanceof java.io.IOException)) {
      Bug.report("client connection", cause);
    }
    channel.close();
  }

  /** The drain begins: an idle connection is half-closed, a busy one closes after its answer. */
  public void drain() {
    closeAfter = true;
    if (phase == Phase.HEAD && head == null && in.empty()) {
      endIdle();
    }
  }

  /** Half-closes, unless a request has arrived just now: that one is answered first. */
  private void endIdle() {
    ByteBuf arrived = in.ended() ? null : Arrived.takeOrEnd(channel, worker.alloc());
    if (arrived == null) {
      linger();
    } else {
      closeAfter = true;
      in.received(arrived);
    }
  }

  /** The drain's time is over: a request without an answer gets 503 if that can leave at once. */
  public void abort() {
    exchange.clientFailed(Failure.of(FailureCode.DRAINING));
    channel.close();
  }

  // ---- input

  @Override
  public boolean take(ByteBuf bytes) {
    return switch (phase) {
      case HEAD -> !answerEnded && channel.isWritable() && readHead(bytes);
      case BODY -> readBody(bytes);
      case WAIT -> readBeyond();
      case TUNNEL -> readTunnel(bytes);
      case LINGER -> {
        lingered += outputEnded ? bytes.readableBytes() : 0;
        bytes.skipBytes(bytes.readableBytes());
        if (lingered > ClientSettings.LINGER_BYTES) {
          channel.close();
        }
        yield true;
      }
      case CLOSED -> false;
    };
  }

  @Override
  public void flushDelivered() {
    exchange.requestFlush();
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
      pace.restart();
      armBody();
    }
  }

  private boolean readHead(ByteBuf bytes) {
    HttpHead current = head;
    if (current == null) {
      settings = dataplane.snapshot().client();
      current = worker.takeHead();
      head = current;
      heads.reset(settings.limits());
    }
    switch (heads.read(bytes, current)) {
      case PARTIAL -> {
        if (current.length() > 0 && !readTimer.forHead) {
          readTimer.forHead = true;
          arm(settings.headNanos());
        }
        return false;
      }
      case REFUSED -> refuse(current, heads.failure());
      case COMPLETE -> {
        FailureCode refused = framing.request(current, heads.version10());
        if (refused == null) {
          begin(current);
        } else {
          refuse(current, refused);
        }
      }
    }
    return true;
  }

  private void refuse(HttpHead current, FailureCode code) {
    worker.metrics().add(metrics.headsRefused(), 1);
    worker.timers().disarm(readTimer);
    readTimer.forHead = false;
    closeAfter = true;
    phase = Phase.WAIT;
    exchange.beginRefused(current, peer, code);
  }

  private void begin(HttpHead current) {
    worker.timers().disarm(readTimer);
    readTimer.forHead = false;
    in.credit(0);
    closeAfter |= !framing.keepAlive();
    if (framing.upgrade()) {
      upgradeOffer = Upgrade.offer(current);
    }
    if (framing.length() == 0) {
      phase = Phase.WAIT;
    } else {
      phase = Phase.BODY;
      body.begin(framing.length());
      pace.restart();
    }
    in.delivered();
    exchange.begin(
        current,
        peer,
        framing.length(),
        framing.expectContinue() && phase == Phase.BODY,
        framing.wantsTrailers());
  }

  @Override
  public boolean withdraw() {
    return phase != Phase.CLOSED && out.withdraw();
  }

  @Override
  public void closeAfterAnswer() {
    closeAfter = true;
  }

  @Override
  public byte @Nullable [] upgradeOffer() {
    return upgradeOffer;
  }

  @Override
  public int httpVersion() {
    return heads.version10() ? 10 : 11;
  }

  private boolean readBody(ByteBuf bytes) {
    if (in.credit() <= 0) {
      return false;
    }
    ByteBuf chunk = in.take(body, bytes);
    if (chunk != null) {
      pace.received(chunk.readableBytes());
      armBody();
      exchange.requestChunk(chunk);
    }
    if (phase != Phase.BODY) {
      return true;
    }
    if (body.broken()) {
      phase = Phase.WAIT;
      closeAfter = true;
      worker.timers().disarm(readTimer);
      exchange.clientFailed(Failure.of(FailureCode.BAD_CHUNK));
    } else if (body.done()) {
      phase = Phase.WAIT;
      worker.timers().disarm(readTimer);
      in.delivered();
      exchange.requestEnd(body.trailers());
    }
    return true;
  }

  /** Bytes behind a request that is not answered yet: the next request, or a fault. */
  private boolean readBeyond() {
    if (upgradeOffer != null && exchange.unanswered()) {
      closeAfter = true;
      exchange.clientFailed(Failure.of(FailureCode.BYTES_BEFORE_UPGRADE));
    }
    return false;
  }

  private boolean readTunnel(ByteBuf bytes) {
    if (in.credit() <= 0) {
      return false;
    }
    arm(settings.upgradedIdleNanos());
    exchange.requestChunk(in.takeRaw(bytes));
    return true;
  }

  @Override
  public void endOfInput() {
    switch (phase) {
      case HEAD -> {
        if (!answerEnded) {
          linger();
        }
      }
      case BODY -> {
        closeAfter = true;
        exchange.clientFailed(Failure.of(FailureCode.CLIENT_GONE));
      }
      case WAIT -> closeAfter = true;
      case TUNNEL -> {
        exchange.requestEnd(null);
        exchange.requestFlush();
      }
      case LINGER -> closeWhenSent();
      case CLOSED -> {}
    }
  }

  // ---- the exchange's wishes

  @Override
  public void requestCredit(int bytes) {
    boolean waited = in.credit() <= 0;
    in.grant(bytes);
    // Credit on top of credit is no reason to wait longer for the client.
    if (waited && phase == Phase.BODY) {
      armBody();
    }
    in.process();
  }

  @Override
  public void informational(HttpHead interim) {
    if (!heads.version10()) {
      out.head(
          HeadWriter.response(
              worker, interim, Framing.UNTIL_CLOSE, HeadWriter.Persistence.DEFAULT, 0));
      out.flush();
    }
  }

  @Override
  public void respond(HttpHead answer, long length, boolean bodyFollows) {
    closeAfter |= phase == Phase.BODY || dataplane.draining();
    boolean version10 = heads.version10();
    boolean chunked = bodyFollows && length == LENGTH_UNKNOWN && !version10;
    out.inChunks(chunked);
    closeDelimited = bodyFollows && length == LENGTH_UNKNOWN && version10;
    closeAfter |= closeDelimited;
    int status = answer.status();
    boolean silent = status == 204 || length == LENGTH_UNKNOWN;
    long stated = chunked ? Framing.CHUNKED : silent ? Framing.UNTIL_CLOSE : length;
    HeadWriter.Persistence persistence =
        closeAfter
            ? HeadWriter.Persistence.CLOSE
            : version10 ? HeadWriter.Persistence.KEEP_ALIVE : HeadWriter.Persistence.DEFAULT;
    int room = bodyFollows ? Outbox.room(length) : 0;
    out.head(HeadWriter.response(worker, answer, stated, persistence, room));
    answerEnded = !bodyFollows;
  }

  @Override
  public void responseChunk(ByteBuf chunk) {
    if (phase == Phase.CLOSED) {
      chunk.release();
    } else {
      out.body(chunk);
    }
    if (phase == Phase.TUNNEL) {
      arm(settings.upgradedIdleNanos());
    }
  }

  @Override
  public void responseEnd(@Nullable HttpHead trailers) {
    out.bodyEnd(framing.wantsTrailers() ? trailers : null);
    answerEnded = true;
  }

  @Override
  public void responseReset(Failure why) {
    // Too few bytes or no last chunk tell the client; where only the close would, it is a reset.
    if (phase != Phase.CLOSED) {
      if (closeDelimited) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      out.discard();
      channel.close();
    }
  }

  @Override
  public void switchProtocols(HttpHead answer, byte[] protocol) {
    out.head(HeadWriter.switching(worker, answer, protocol));
    phase = Phase.TUNNEL;
    out.inChunks(false);
    closeAfter = true;
    arm(settings.upgradedIdleNanos());
  }

  @Override
  public void flush() {
    if (phase == Phase.CLOSED) {
      return;
    }
    out.flush();
    settle();
    if (answerEnded && phase != Phase.LINGER) {
      finish();
    }
  }

  /** The answer is written: goes on to the next request, or closes so that the answer arrives. */
  private void finish() {
    answerEnded = false;
    out.nextMessage();
    HttpHead done = head;
    if (done != null) {
      head = null;
      worker.giveBack(done);
    }
    upgradeOffer = null;
    worker.timers().disarm(readTimer);
    if (closeAfter || phase == Phase.BODY || phase == Phase.TUNNEL) {
      linger();
    } else {
      phase = Phase.HEAD;
      arm(settings.keepAliveNanos());
    }
    in.process();
  }

  /** Until the answer has left, only the write timer may cut it; lingering begins after that. */
  private void linger() {
    phase = Phase.LINGER;
    lingered = 0;
    worker.timers().disarm(readTimer);
    if (!out.empty()) {
      out.whenSent(this::closeWhenSent);
    }
    closeWhenSent();
  }

  /**
   * Half-closes once everything has left; closes if the client has half-closed too. Only then the
   * time to linger begins: until then the client has its own time to take the answer.
   */
  private void closeWhenSent() {
    if (!out.empty() || !channel.isActive()) {
      return;
    }
    if (in.ended()) {
      channel.close();
    } else if (!outputEnded) {
      outputEnded = true;
      arm(ClientSettings.LINGER_NANOS);
      ((DuplexChannel) channel).shutdownOutput();
    }
  }

  private void settle() {
    int left = out.settle();
    if (left > 0) {
      exchange.responseCredit(left);
    }
    if (phase == Phase.LINGER) {
      closeWhenSent();
    }
  }

  private void closed() {
    if (phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.CLOSED;
    worker.timers().remove(readTimer);
    worker.metrics().add(metrics.open(), -1);
    exchange.clientFailed(Failure.of(FailureCode.CLIENT_GONE));
    out.discard();
    in.close();
    HttpHead unfinished = head;
    if (unfinished != null) {
      head = null;
      worker.giveBack(unfinished);
    }
  }

  // ---- time

  private void arm(long nanos) {
    worker.timers().arm(readTimer, worker.now() + nanos);
  }

  private void armBody() {
    if (in.waitsForPeer()) {
      worker.timers().arm(readTimer, pace.waitFrom(worker.now(), settings));
    } else {
      worker.timers().disarm(readTimer);
    }
  }

  /** Also behind an answer that the exchange has passed on in full: only the metric tells then. */
  private void clientStalled() {
    worker.metrics().add(metrics.stalls(), 1);
    exchange.clientFailed(Failure.of(FailureCode.CLIENT_STALLED));
    channel.close();
  }

  /** Head, idle, body, linger, tunnel: whatever the connection waits to read. */
  private final class ReadTimer extends TimerWheel.Timer {
    private boolean forHead = true;

    @Override
    protected void expired(long nowNanos) {
      worker.readClock();
      switch (phase) {
        case HEAD -> headExpired();
        case BODY -> bodyExpired(nowNanos);
        case WAIT, CLOSED -> {}
        case LINGER -> channel.close();
        case TUNNEL -> exchange.clientFailed(Failure.of(FailureCode.UPGRADED_IDLE));
      }
    }

    private void headExpired() {
      HttpHead partial = head;
      if (partial != null && partial.length() > 0) {
        refuse(partial, FailureCode.HEAD_TIMEOUT);
      } else {
        worker.metrics().add(metrics.idleTimeouts(), 1);
        endIdle();
      }
    }

    private void bodyExpired(long nowNanos) {
      FailureCode late = pace.look(nowNanos, settings);
      if (late == null) {
        worker.timers().arm(this, pace.next(settings));
      } else {
        closeAfter = true;
        exchange.clientFailed(Failure.of(late));
      }
    }
  }
}
