package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.Violation;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.ChunkQueue;
import dev.selvedge.edge.protocol.client.Wire;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.IOException;

/**
 * An agent channel over frames on a unix socket.
 *
 * <p>All frames of one turn of the event loop leave in one write. Body chunks wait while the socket
 * has unsent bytes, so that a head sent later overtakes them; they are bounded by their queue,
 * heads by the bound of calls and by what may be unsent. Confined to its event loop.
 */
public final class FrameConnection extends FrameHandler implements Wire {

  /** Unsent bytes beyond which the agent is given up: it reads nothing of what it asked for. */
  private static final long UNSENT_MAX = 16L * 1024 * 1024;

  /** Frames beyond which the agent begins while more are made: some 32 heads of browsers. */
  private static final int BATCH_BYTES = 32 * 1024;

  private final AgentChannel<?> agent;
  private final Channel channel;
  private final FrameOutput out = new FrameOutput();
  private final ChunkQueue chunks = new ChunkQueue();
  private final Runnable flush = this::flush;
  private boolean flushing;
  private boolean reading;
  private boolean sending;

  private FrameConnection(AgentChannel<?> agent, Channel channel) {
    this.agent = agent;
    this.channel = channel;
  }

  /**
   * Connects on that loop and greets; the listener hears {@code ready} or {@code lost}. To be
   * called on the loop.
   *
   * @param path of the agent's socket
   */
  public static <C> AgentChannel<C> connect(
      EventLoop loop, String path, ToAgent.Hello hello, AgentListener<C> listener) {
    AgentChannel<C> agent = new AgentChannel<>(hello, listener);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(Sockets.client(loop))
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .handler(new Starter(agent));
    ChannelFuture connected = bootstrap.connect(Sockets.address(loop, path));
    connected.addListener(done -> {
      if (!done.isSuccess()) {
        agent.connectFailed(done.cause());
      }
    });
    return agent;
  }

  /** Puts the connection into the pipeline once its channel stands. */
  private static final class Starter extends io.netty.channel.ChannelInboundHandlerAdapter {
    private final AgentChannel<?> agent;

    Starter(AgentChannel<?> agent) {
      this.agent = agent;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      FrameConnection connection = new FrameConnection(agent, context.channel());
      context.pipeline().replace(this, null, connection);
      agent.connected(connection);
    }
  }

  // ---- reading

  @Override
  void frame(int type, int flags, int call, ByteBuf buffer, int index, int length) {
    if (type < 0x80) {
      throw Violation.UNEXPECTED.because("type " + type + " is not an agent's");
    }
    reading = true;
    ToProxy message = ReplyReader.read(type, flags, buffer, index, length);
    if (message != null) {
      agent.receive(call, flags, message);
    } else {
      agent.skipped(length);
    }
  }

  @Override
  boolean accepting() {
    return !agent.closed();
  }

  @Override
  void failed(Throwable cause) {
    agent.failed(cause);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    send();
    agent.roomAgain();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    chunks.releaseAll();
    agent.disconnected();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      tell(agent::disconnected);
    } else {
      agent.failed(cause);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable() && !chunks.isEmpty()) {
      schedule();
    }
  }

  // ---- writing

  @Override
  public void requestHeaders(
      int call, int flags, HttpHead head, RequestTarget target, RequestContext context) {
    EventFrames.requestHeaders(out, call, flags, head, target, context);
    schedule();
  }

  @Override
  public void responseHeaders(int call, int flags, HttpHead head) {
    EventFrames.responseHeaders(out, call, flags, head);
    schedule();
  }

  @Override
  public void requestComplete(int call, int flags, RequestComplete event) {
    EventFrames.requestComplete(out, call, flags, event);
    schedule();
  }

  @Override
  public void control(int call, ToAgent.Control message) {
    ControlFrames.write(out, call, 0, message);
    schedule();
  }

  @Override
  public void body(int call, int flags, EventType event, ByteBuf chunk) {
    if (agent.closed()) {
      chunk.release();
      return;
    }
    chunks.add(new ChunkQueue.Chunk(call, flags, event, chunk));
    schedule();
  }

  @Override
  public boolean takesChunks() {
    return chunks.hasRoom();
  }

  @Override
  public int purge(int call) {
    return chunks.purge(call);
  }

  @Override
  public void close() {
    send();
    ChannelFuture _ = channel.close();
    chunks.releaseAll();
  }

  private void schedule() {
    if (out.length() >= BATCH_BYTES) {
      send();
    } else if (!flushing && !reading) {
      flushing = true;
      channel.eventLoop().execute(flush);
    }
  }

  private void flush() {
    if (flushing && channel.isActive()) {
      send();
    }
    agent.roomAgain();
  }

  /** A write that fails is heard of within it, and it may be in the middle of opening a call. */
  private void tell(Runnable news) {
    if (sending) {
      channel.eventLoop().execute(news);
    } else {
      news.run();
    }
  }

  private void send() {
    flushing = false; // First: sending may make the socket writable, which schedules again.
    if (out.length() == 0 && chunks.isEmpty()) {
      return;
    }
    sending = true;
    writeFrames();
    for (ChunkQueue.Chunk chunk; channel.isWritable() && (chunk = chunks.poll()) != null; ) {
      EventFrames.bodyHeader(
          out, chunk.call(), chunk.flags(), chunk.event(), chunk.data().readableBytes());
      writeFrames();
      ChannelFuture _ = channel.write(chunk.data(), channel.voidPromise());
    }
    channel.flush();
    if (channel.bytesBeforeWritable() > UNSENT_MAX) {
      tell(() -> agent.failed(Violation.NOT_READING.because(UNSENT_MAX + " bytes unread")));
    }
    sending = false;
  }

  private void writeFrames() {
    if (out.length() > 0) {
      ByteBuf frames = channel.alloc().directBuffer(out.length());
      out.drainTo(frames);
      ChannelFuture _ = channel.write(frames, channel.voidPromise());
    }
  }
}
