package dev.selvedge.edge.protocol.grpc;

import dev.selvedge.edge.protocol.agent.AgentHost;
import dev.selvedge.edge.protocol.agent.AgentServer;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Accepts proxies over gRPC on a TCP port, on one event loop. Thread-safe. */
public final class GrpcServer implements AgentServer.Listener {

  private static final int STREAMS_MAX = 16;

  private final EventLoopGroup loops;
  private final Server server;
  private final String host;

  private GrpcServer(EventLoopGroup loops, Server server, String host) {
    this.loops = loops;
    this.server = server;
    this.host = host;
  }

  /** Listens at {@code HOST:PORT}; port 0 takes a free one. */
  public static GrpcServer listen(AgentHost agent, String address) throws IOException {
    InetSocketAddress socket = Addresses.parse(address);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    EventLoop loop = loops.next();
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(AgentService.NAME)
            .addMethod(AgentService.CONNECT, (call, _) -> new GrpcAgentStream(agent, call, loop))
            .build();
    Server server =
        NettyServerBuilder.forAddress(socket)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelType(EpollServerSocketChannel.class)
            .directExecutor()
            .maxInboundMessageSize(AgentService.MESSAGE_BYTES_MAX)
            .maxConcurrentCallsPerConnection(STREAMS_MAX)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(service)
            .build();
    try {
      return new GrpcServer(loops, server.start(), socket.getHostString());
    } catch (IOException e) {
      Future<?> _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  @Override
  public String address() {
    return host + ":" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    Future<?> _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
