package dev.selvedge.edge.proxy.listen;

import dev.selvedge.edge.config.SystemConfig;
import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.field.ClientAddress;
import dev.selvedge.edge.proxy.field.Peer;
import dev.selvedge.edge.proxy.h1.ClientConnection;
import dev.selvedge.edge.proxy.h1.ReadSize;
import dev.selvedge.edge.proxy.loop.StayRegistered;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The first moments of a client connection: settles whose it is, then makes way for the codec (EDGE
 * 1, client address).
 *
 * <p>Order: PROXY header, only where the listener requires it and only from a trusted peer; then
 * the bound per address, on the resulting address, trusted peers exempt. Confined to its event
 * loop.
 */
final class ConnectionStart extends ChannelInboundHandlerAdapter {

  private final Listener listener;
  private final Worker worker;
  private final ConnectionSet connections;
  private final ReadSize readSize = new ReadSize();
  private final HeaderTimer timer = new HeaderTimer();
  private byte[] address = new byte[0];
  private int port;
  private boolean counted;
  private @Nullable ByteBuf gathered;
  private @Nullable Channel channel;
  private @Nullable ClientConnection connection;

  ConnectionStart(Listener listener, Worker worker, ConnectionSet connections) {
    this.listener = listener;
    this.worker = worker;
    this.connections = connections;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    Channel accepted = ctx.channel();
    channel = accepted;
    int window = listener.dataplane().snapshot().client().window();
    ChannelConfig config = accepted.config();
    config.setOption(ChannelOption.TCP_NODELAY, true);
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    config.setAllocator(worker.alloc());
    config.setRecvByteBufAllocator(readSize);
    config.setWriteBufferWaterMark(new WriteBufferWaterMark(window / 2, window / 2 + 1));
    worker.metrics().add(listener.clientMetrics().accepted(), 1);
    accepted.closeFuture().addListener(done -> closed());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    StayRegistered.apply(ctx.channel());
    InetAddress remote = null;
    if (ctx.channel().remoteAddress() instanceof InetSocketAddress socket) {
      remote = socket.getAddress();
      port = socket.getPort();
    }
    if (remote == null) {
      ctx.close();
      return;
    }
    address = ClientAddress.canonical(remote);
    if (!listener.proxyProtocol()) {
      start(ctx, false);
      ctx.pipeline().remove(this);
    } else if (trusted()) {
      long head = listener.dataplane().snapshot().client().headNanos();
      worker.timers().arm(timer, worker.clock().nanos() + head);
    } else {
      refuseHeader(ctx);
    }
  }

  private boolean trusted() {
    SystemConfig system = listener.dataplane().snapshot().config().system();
    return ClientAddress.trusted(system.trustedProxies(), address);
  }

  private void refuseHeader(ChannelHandlerContext ctx) {
    worker.metrics().add(listener.metrics().proxyHeaderRefused(), 1);
    ctx.close();
  }

  /** Bytes before the codec: the PROXY header, possibly with the first request behind it. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    ByteBuf all = gathered;
    if (all == null) {
      all = bytes;
    } else {
      all.writeBytes(bytes);
      bytes.release();
    }
    gathered = all;
    switch (ProxyHeader.read(all)) {
      case ProxyHeader.Result.Partial partial -> {}
      case ProxyHeader.Result.Broken broken -> refuseHeader(ctx);
      case ProxyHeader.Result.Header header -> {
        all.skipBytes(header.length());
        byte[] source = header.source();
        if (source != null) {
          address = source;
          port = 0; // The header names one; nobody needs it enough to read it there.
        }
        gathered = null;
        worker.timers().disarm(timer);
        if (start(ctx, source == null) && all.isReadable()) {
          ctx.fireChannelRead(all);
        } else {
          all.release();
        }
        ctx.pipeline().remove(this);
      }
    }
  }

  /**
   * The address is settled: admits the connection and hands it to the codec.
   *
   * @param self whether the trusted peer speaks for itself
   */
  private boolean start(ChannelHandlerContext ctx, boolean self) {
    Dataplane dataplane = listener.dataplane();
    boolean trusted = trusted();
    int limit = dataplane.snapshot().config().system().limits().maxConnectionsPerAddress();
    if (!trusted && !self) {
      if (!listener.perAddress().tryAcquire(address, limit)) {
        worker.metrics().add(listener.metrics().perAddressRefused(), 1);
        ctx.close();
        return false;
      }
      counted = true;
    }
    byte[] text = ClientAddress.text(address).getBytes(StandardCharsets.US_ASCII);
    Peer peer = new Peer(address, text, port, trusted, false, listener.index());
    ClientConnection made =
        new ClientConnection(
            ctx.channel(), worker, dataplane, listener.clientMetrics(), readSize, peer);
    connection = made;
    connections.add(made);
    ctx.pipeline().addLast(made);
    return true;
  }

  private void closed() {
    worker.timers().remove(timer);
    ByteBuf rest = gathered;
    if (rest != null) {
      gathered = null;
      rest.release();
    }
    if (counted) {
      counted = false;
      listener.perAddress().release(address);
    }
    ClientConnection ended = connection;
    if (ended != null) {
      connections.remove(ended);
    }
    connections.freed();
  }

  /** The PROXY header did not come in time. */
  private final class HeaderTimer extends TimerWheel.Timer {
    @Override
    protected void expired(long nowNanos) {
      worker.metrics().add(listener.metrics().proxyHeaderRefused(), 1);
      Channel accepted = channel;
      if (accepted != null) {
        accepted.close();
      }
    }
  }
}
