package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.ProtocolViolation;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.Violation;
import dev.selvedge.edge.protocol.agent.AgentHost;
import dev.selvedge.edge.protocol.agent.AgentSession;
import dev.selvedge.edge.protocol.agent.AgentWire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An agent's end of a unix socket with frames. Answers of one turn leave in one write; while the
 * proxy does not read them, nothing more is read from it. Confined to its event loop.
 */
final class FrameAgentConnection extends FrameHandler implements AgentWire {

  private static final System.Logger LOG = System.getLogger("selvedge.agent");

  /** Answers beyond which the proxy goes on while more are made: 32 plain ones. */
  private static final int BATCH_BYTES = 32 * 24;

  private final AgentSession session;
  private final Channel channel;
  private final FrameOutput out = new FrameOutput();
  private final Runnable flush = this::flush;
  private boolean scheduled;
  private boolean reading;
  private boolean closed;

  FrameAgentConnection(AgentHost host, Channel channel) {
    this.channel = channel;
    this.session = new AgentSession(host, this);
  }

  @Override
  void frame(int type, int flags, int call, ByteBuf buffer, int index, int length) {
    if (type >= 0x80) {
      throw Violation.UNEXPECTED.because("type " + type + " is not a proxy's");
    }
    reading = true;
    ToAgent message = read(type, flags, buffer, index, length);
    if (message != null) {
      session.receive(call, flags, message);
    }
  }

  static @Nullable ToAgent read(int type, int flags, ByteBuf buffer, int index, int length) {
    EventType event = EventType.of(type);
    if (event != null) {
      return EventFrames.read(event, flags, buffer, index, length);
    }
    byte[] payload = new byte[length];
    buffer.getBytes(index, payload);
    ToAgent message = ControlFrames.read(type, flags, new FrameInput(payload, 0, length));
    return message;
  }

  @Override
  boolean accepting() {
    return !closed;
  }

  @Override
  void failed(Throwable cause) {
    if (cause instanceof ProtocolViolation violation) {
      LOG.log(System.Logger.Level.WARNING, "the proxy broke the protocol", violation);
    } else {
      LOG.log(System.Logger.Level.ERROR, "the connection failed", cause);
    }
    close();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed = true;
    session.disconnected();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    channel.config().setAutoRead(channel.isWritable());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      ChannelFuture _ = channel.close();
    } else {
      failed(cause);
    }
  }

  @Override
  public void send(int call, int flags, ToProxy message) {
    if (closed) {
      return;
    }
    ReplyFrames.write(out, call, flags, message);
    if (out.length() >= BATCH_BYTES) {
      flush();
    } else if (!reading && !scheduled) {
      scheduled = true;
      channel.eventLoop().execute(flush);
    }
  }

  private void flush() {
    scheduled = false;
    if (out.length() > 0 && channel.isActive()) {
      ByteBuf frames = channel.alloc().directBuffer(out.length());
      out.drainTo(frames);
      ChannelFuture _ = channel.writeAndFlush(frames, channel.voidPromise());
    }
  }

  @Override
  public void close() {
    if (!closed) {
      flush();
      closed = true;
      ChannelFuture _ =
          channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public boolean onLoop() {
    return channel.eventLoop().inEventLoop();
  }

  @Override
  public void run(Runnable task) {
    channel.eventLoop().execute(task);
  }
}
