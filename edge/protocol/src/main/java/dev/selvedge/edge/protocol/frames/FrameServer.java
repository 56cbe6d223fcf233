package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.agent.AgentHost;
import dev.selvedge.edge.protocol.agent.AgentServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Accepts proxies on a unix socket, on one event loop. Thread-safe. */
public final class FrameServer implements AgentServer.Listener {

  /** A proxy has one connection per event loop, two while it reloads. */
  private static final int CONNECTIONS_MAX = 512;

  private final EventLoopGroup loops;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Path path;
  private @Nullable Channel accepting;

  private FrameServer(Path path) {
    this.path = path;
    this.loops =
        new MultiThreadIoEventLoopGroup(
            1, EpollIoHandler.newFactory(0, () -> new BriefPoll(System::nanoTime)));
  }

  /** Listens at that path; the socket of a process that is gone is replaced. */
  public static FrameServer listen(AgentHost host, String path) throws IOException {
    Path file = Path.of(path);
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      Files.delete(file);
    }
    FrameServer server = new FrameServer(file);
    try {
      server.bind(host);
      return server;
    } catch (Exception e) {
      server.close();
      throw new IOException("cannot listen at " + path, e);
    }
  }

  private void bind(AgentHost host) throws InterruptedException {
    accepting =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerDomainSocketChannel.class)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (connections.size() >= CONNECTIONS_MAX) {
                      ChannelFuture _ = channel.close();
                      return;
                    }
                    connections.add(channel);
                    channel.pipeline().addLast(new FrameAgentConnection(host, channel));
                  }
                })
            .bind(new DomainSocketAddress(path.toString()))
            .sync()
            .channel();
  }

  @Override
  public String address() {
    return "unix:" + path;
  }

  /** The socket's file goes before this returns: a later end would take away a successor's. */
  @Override
  public void close() {
    if (accepting != null) {
      accepting.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    Future<?> _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // Somebody else removed it or the folder: nothing is left to do.
    }
  }
}
