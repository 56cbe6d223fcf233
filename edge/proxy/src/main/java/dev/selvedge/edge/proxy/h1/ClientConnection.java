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
import dev.selvedge.kernel.KnownField;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.util.Arrays;
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
public final class ClientConnection extends ChannelInboundHandlerAdapter implements ClientStream {

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
  private final ReadSize readSize;
  private final Peer peer;
  private final Outbox out;
  private final Exchange exchange;
  private final HeadReader heads;
  private final BodyReader body;
  private final Framing framing = new Framing();
  private final ReadTimer readTimer = new ReadTimer();
  private final WriteTimer writeTimer = new WriteTimer();

  private ClientSettings settings;
  private Phase phase = Phase.HEAD;
  private @Nullable ByteBuf input;
  private @Nullable HttpHead head;
  private byte @Nullable [] upgradeOffer;
  private boolean processing;
  private boolean delivered;
  private boolean inputEnded;
  private boolean endPending;
  private boolean outputEnded;
  private boolean closeDelimited;
  private boolean reading = true;
  private long credit;
  private boolean closeAfter;
  private boolean answerEnded;
  private boolean chunkedOut;
  private long lingered;
  private long rateWindowStart;
  private long rateWindowBytes;

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
    this.readSize = readSize;
    this.peer = peer;
    this.settings = dataplane.snapshot().client();
    this.out = new Outbox(channel, dataplane.buffered());
    this.exchange = new Exchange(worker, dataplane, this);
    this.heads = new HeadReader(true, settings.limits());
    this.body = new BodyReader(settings.limits());
  }

  // ---- what the channel says

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    worker.readClock();
    worker.metrics().add(metrics.open(), 1);
    arm(settings.headNanos());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    worker.readClock();
    received((ByteBuf) message);
  }

  private void received(ByteBuf bytes) {
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
    closed();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    worker.readClock();
    settle();
    if (channel.isWritable()) {
      process();
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
    if (phase == Phase.HEAD && head == null && input == null) {
      endIdle();
    }
  }

  /** Half-closes, unless a request has arrived just now: that one is answered first. */
  private void endIdle() {
    ByteBuf arrived = inputEnded ? null : Arrived.take(channel, worker.alloc());
    if (arrived == null) {
      linger();
    } else {
      closeAfter = true;
      received(arrived);
    }
  }

  /** The drain's time is over. */
  public void abort() {
    channel.close();
  }

  // ---- input

  /** Takes what can be taken of the input; what cannot stays, and reading pauses. */
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      do {
        delivered = false;
        takeInput();
        if (delivered) {
          exchange.requestFlush();
        }
      } while (delivered && phase != Phase.CLOSED);
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

  /** One step on the input; false where nothing can be done with it now. */
  private boolean step(ByteBuf in) {
    return switch (phase) {
      case HEAD -> !answerEnded && channel.isWritable() && readHead(in);
      case BODY -> readBody(in);
      case WAIT -> readBeyond();
      case TUNNEL -> readTunnel(in);
      case LINGER -> {
        lingered += outputEnded ? in.readableBytes() : 0;
        in.skipBytes(in.readableBytes());
        if (lingered > ClientSettings.LINGER_BYTES) {
          channel.close();
        }
        yield true;
      }
      case CLOSED -> false;
    };
  }

  private boolean readHead(ByteBuf in) {
    HttpHead current = head;
    if (current == null) {
      settings = dataplane.snapshot().client();
      current = worker.takeHead();
      head = current;
      heads.reset(settings.limits());
    }
    switch (heads.read(in, current)) {
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
    credit = 0;
    closeAfter |= !framing.keepAlive() || dataplane.draining();
    if (framing.upgrade()) {
      rememberUpgrade(current);
    }
    if (framing.length() == 0) {
      phase = Phase.WAIT;
    } else {
      phase = Phase.BODY;
      body.begin(framing.length());
      rateWindowStart = 0;
    }
    delivered = true;
    exchange.begin(
        current,
        peer,
        framing.length(),
        framing.expectContinue() && phase == Phase.BODY,
        framing.wantsTrailers());
  }

  /** Remembers what the client wants to upgrade to, before hop-by-hop fields are removed. */
  private void rememberUpgrade(HttpHead current) {
    int at = current.find(KnownField.UPGRADE, 0);
    boolean single = at >= 0 && current.find(KnownField.UPGRADE, at + 1) < 0;
    if (single && !Framing.hasToken(current, at, "h2c")) {
      int start = current.valueStart(at);
      upgradeOffer = Arrays.copyOfRange(current.bytes(), start, start + current.valueLength(at));
    }
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

  private boolean readBody(ByteBuf in) {
    if (credit <= 0) {
      return false;
    }
    ByteBuf chunk = body.next(in, (int) Math.min(credit, Integer.MAX_VALUE));
    if (chunk != null) {
      int size = chunk.readableBytes();
      credit -= size;
      rateWindowBytes += size;
      delivered = true;
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
      delivered = true;
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

  private boolean readTunnel(ByteBuf in) {
    if (credit <= 0) {
      return false;
    }
    int take = (int) Math.min(credit, in.readableBytes());
    credit -= take;
    delivered = true;
    arm(settings.upgradedIdleNanos());
    exchange.requestChunk(in.readRetainedSlice(take));
    return true;
  }

  private void endOfInput() {
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

  private void read(boolean wanted) {
    if (wanted && (phase == Phase.BODY || phase == Phase.TUNNEL)) {
      long expected = phase == Phase.BODY ? body.expected() : credit;
      readSize.next((int) Math.min(credit, Math.max(expected, ReadSize.HEAD)));
    } else {
      readSize.next(ReadSize.HEAD);
    }
    if (wanted != reading && !inputEnded && channel.isOpen()) {
      reading = wanted;
      channel.config().setAutoRead(wanted);
      if (phase == Phase.BODY) {
        rateWindowStart = 0;
        armBody();
      }
    }
  }

  // ---- the exchange's wishes

  @Override
  public void requestCredit(int bytes) {
    boolean waited = credit <= 0;
    credit += bytes;
    // Credit on top of credit is no reason to wait longer for the client.
    if (waited && phase == Phase.BODY) {
      armBody();
    }
    if (!processing) {
      process();
    }
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
    chunkedOut = bodyFollows && length == LENGTH_UNKNOWN && !version10;
    closeDelimited = bodyFollows && length == LENGTH_UNKNOWN && version10;
    closeAfter |= closeDelimited;
    int status = answer.status();
    boolean silent = status == 204 || length == LENGTH_UNKNOWN;
    long stated = chunkedOut ? Framing.CHUNKED : silent ? Framing.UNTIL_CLOSE : length;
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
    } else if (!chunk.isReadable()) {
      chunk.release();
    } else if (chunkedOut) {
      out.chunked(chunk, worker.alloc());
    } else {
      out.body(chunk);
    }
    if (phase == Phase.TUNNEL) {
      arm(settings.upgradedIdleNanos());
    }
  }

  @Override
  public void responseEnd(@Nullable HttpHead trailers) {
    if (chunkedOut) {
      out.head(HeadWriter.lastChunk(worker, framing.wantsTrailers() ? trailers : null));
    }
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
    chunkedOut = false;
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
    process();
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
    if (inputEnded) {
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
    if (out.empty()) {
      worker.timers().disarm(writeTimer);
      if (phase == Phase.LINGER) {
        closeWhenSent();
      }
    } else if (!writeTimer.armed()) {
      out.progressed();
      worker.timers().arm(writeTimer, worker.now() + settings.clientWriteNanos());
    }
  }

  private void closed() {
    if (phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.CLOSED;
    worker.timers().remove(readTimer);
    worker.timers().remove(writeTimer);
    worker.metrics().add(metrics.open(), -1);
    exchange.clientFailed(Failure.of(FailureCode.CLIENT_GONE));
    out.discard();
    ByteBuf rest = input;
    if (rest != null && !processing) {
      input = null;
      rest.release();
    }
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
    if (!reading && credit <= 0) {
      worker.timers().disarm(readTimer);
      return;
    }
    long now = worker.now();
    if (rateWindowStart == 0) {
      rateWindowStart = now;
      rateWindowBytes = 0;
    }
    long rateEnd = rateWindowStart + ClientSettings.RATE_WINDOW_NANOS;
    long idleEnd = now + settings.requestBodyNanos();
    boolean rated = settings.requestBodyMinRate() > 0;
    readTimer.idleEnd = idleEnd;
    worker.timers().arm(readTimer, rated ? Math.min(rateEnd, idleEnd) : idleEnd);
  }

  /** Head, idle, body, linger, tunnel: whatever the connection waits to read. */
  private final class ReadTimer extends TimerWheel.Timer {
    private boolean forHead = true;
    private long idleEnd;

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
      if (nowNanos >= idleEnd) {
        closeAfter = true;
        exchange.clientFailed(Failure.of(FailureCode.BODY_TIMEOUT));
        return;
      }
      long seconds = ClientSettings.RATE_WINDOW_NANOS / 1_000_000_000L;
      if (rateWindowBytes < settings.requestBodyMinRate() * seconds) {
        closeAfter = true;
        exchange.clientFailed(Failure.of(FailureCode.BODY_TOO_SLOW));
        return;
      }
      rateWindowStart = nowNanos;
      rateWindowBytes = 0;
      long rateEnd = nowNanos + ClientSettings.RATE_WINDOW_NANOS;
      worker.timers().arm(this, Math.min(rateEnd, idleEnd));
    }
  }

  /** The client takes nothing of what waits for it. */
  private final class WriteTimer extends TimerWheel.Timer {
    @Override
    protected void expired(long nowNanos) {
      worker.readClock();
      if (out.empty()) {
        return;
      }
      if (out.progressed()) {
        worker.timers().arm(this, nowNanos + settings.clientWriteNanos());
        return;
      }
      exchange.clientFailed(Failure.of(FailureCode.CLIENT_STALLED));
      channel.close();
    }
  }
}
