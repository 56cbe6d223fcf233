package dev.selvedge.edge.protocol.grpc;

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
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An agent channel over one gRPC stream, on exactly the loop given and with a direct executor, so
 * that nothing changes threads. Chunks wait while gRPC says that it is not ready. Confined to its
 * event loop.
 */
public final class GrpcConnection implements Wire {

  /** Messages gRPC may hand over before it is asked for more. */
  private static final int AHEAD = 64;

  private static final long KEEPALIVE_SECONDS = 20;
  private static final int CAUSES_MAX = 10;

  /** Bytes sent while gRPC is not ready beyond which the agent is given up: it reads nothing. */
  private static final long UNSENT_MAX = 16L * 1024 * 1024;

  private final AgentChannel<?> agent;
  private final EventLoop loop;
  private final ManagedChannel channel;
  private final ClientCall<byte[], byte[]> call;
  private final ChunkQueue chunks = new ChunkQueue();
  private long unsent;
  private boolean closed;

  private GrpcConnection(AgentChannel<?> agent, EventLoop loop, ManagedChannel channel) {
    this.agent = agent;
    this.loop = loop;
    this.channel = channel;
    this.call = channel.newCall(AgentService.CONNECT, CallOptions.DEFAULT);
  }

  /**
   * Connects on that loop (epoll or io_uring) and greets; the listener hears {@code ready} or
   * {@code lost}. To be called on the loop.
   *
   * @param address of a TCP or a unix socket, resolved
   * @param tls null for plain text
   */
  public static <C> AgentChannel<C> connect(
      EventLoop loop,
      SocketAddress address,
      @Nullable SslContext tls,
      ToAgent.Hello hello,
      AgentListener<C> listener) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(address)
            .eventLoopGroup(loop)
            .directExecutor()
            .maxInboundMessageSize(AgentService.MESSAGE_BYTES_MAX)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS);
    boolean ring = loop instanceof IoEventLoop typed && typed.isIoType(IoUringIoHandler.class);
    if (address instanceof DomainSocketAddress) {
      builder =
          builder.channelType(
              ring ? IoUringDomainSocketChannel.class : EpollDomainSocketChannel.class,
              DomainSocketAddress.class);
    } else {
      builder = builder.channelType(ring ? IoUringSocketChannel.class : EpollSocketChannel.class);
    }
    builder = tls == null ? builder.usePlaintext() : builder.sslContext(tls);
    AgentChannel<C> agent = new AgentChannel<>(hello, listener);
    GrpcConnection connection = new GrpcConnection(agent, loop, builder.build());
    connection.start();
    return agent;
  }

  private void start() {
    call.start(new Receiver(), new Metadata());
    call.request(AHEAD);
    agent.connected(this);
  }

  /** What gRPC tells; brought onto the loop where it is not there yet. */
  private final class Receiver extends ClientCall.Listener<byte[]> {
    @Override
    public void onMessage(byte[] bytes) {
      if (loop.inEventLoop()) {
        received(bytes);
      } else {
        loop.execute(() -> received(bytes));
      }
    }

    @Override
    public void onReady() {
      loop.execute(GrpcConnection.this::ready);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      loop.execute(() -> ended(status));
    }
  }

  private void received(byte[] bytes) {
    if (closed) {
      return;
    }
    try {
      Envelope<ToProxy> read = ToProxyReader.read(bytes);
      if (read.message() != null) {
        agent.receive(read.call(), read.flags(), read.message());
      } else {
        agent.skipped(bytes.length);
      }
      if (!closed) {
        call.request(1);
      }
    } catch (RuntimeException e) {
      agent.failed(e);
    }
  }

  private void ended(Status status) {
    chunks.releaseAll();
    if (agent.welcome() == null && !status.isOk()) {
      agent.connectFailed(reason(status));
    } else {
      agent.disconnected();
    }
    channel.shutdownNow();
  }

  /** What was the matter at last: gRPC itself says no more than that it is unavailable. */
  private static Throwable reason(Status status) {
    Throwable reason = status.asException();
    for (int i = 0; i < CAUSES_MAX && reason.getCause() != null; i++) {
      reason = reason.getCause();
    }
    return reason;
  }

  // ---- writing

  @Override
  public void requestHeaders(
      int id, int flags, HttpHead head, RequestTarget target, RequestContext context) {
    send(bounded(ToAgentProto.requestHeaders(id, flags, head, target, context)));
  }

  @Override
  public void responseHeaders(int id, int flags, HttpHead head) {
    send(bounded(ToAgentProto.responseHeaders(id, flags, head)));
  }

  /** As frames: what the agent would have to refuse is not sent. */
  private static byte[] bounded(byte[] message) {
    if (message.length > AgentService.MESSAGE_BYTES_MAX) {
      throw new IllegalArgumentException("a message of " + message.length + " bytes");
    }
    return message;
  }

  /** Heads and controls do not wait until gRPC is ready, so somebody must count them. */
  private void send(byte[] message) {
    unsent = call.isReady() ? 0 : unsent + message.length;
    call.sendMessage(message);
    if (unsent > UNSENT_MAX) {
      loop.execute(() -> agent.failed(Violation.NOT_READING.because(UNSENT_MAX + " bytes unread")));
    }
  }

  @Override
  public void requestComplete(int id, int flags, RequestComplete event) {
    send(ToAgentProto.requestComplete(id, flags, event));
  }

  @Override
  public void control(int id, ToAgent.Control message) {
    if (!closed) {
      send(ToAgentProto.control(id, 0, message));
    }
  }

  @Override
  public void body(int id, int flags, EventType event, ByteBuf chunk) {
    chunks.add(new ChunkQueue.Chunk(id, flags, event, chunk));
    sendChunks();
  }

  private void ready() {
    sendChunks();
    agent.roomAgain();
  }

  private void sendChunks() {
    for (ChunkQueue.Chunk chunk; !closed && call.isReady() && (chunk = chunks.poll()) != null; ) {
      byte[] bytes = new byte[chunk.data().readableBytes()];
      chunk.data().readBytes(bytes).release();
      boolean response = chunk.event() == EventType.RESPONSE_BODY;
      send(ToAgentProto.body(chunk.call(), chunk.flags(), response, bytes));
    }
  }

  @Override
  public boolean takesChunks() {
    return chunks.hasRoom();
  }

  @Override
  public int purge(int id) {
    return chunks.purge(id);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      chunks.releaseAll();
      call.cancel("closed", null);
      channel.shutdownNow();
    }
  }
}
