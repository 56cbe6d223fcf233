package dev.selvedge.edge.proxy.loop;

import dev.selvedge.edge.config.SystemConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/** Which system interface the loops wait on, and the sockets that go with it. Immutable. */
public record Transport(
    IoHandlerFactory handlers,
    ChannelFactory<? extends ServerChannel> listening,
    ChannelFactory<? extends SocketChannel> outgoing) {

  public static Transport of(SystemConfig.Transport kind) {
    return switch (kind) {
      case EPOLL ->
          new Transport(
              EpollIoHandler.newFactory(), EpollServerSocketChannel::new, EpollSocketChannel::new);
      case IO_URING ->
          new Transport(
              IoUringIoHandler.newFactory(),
              IoUringServerSocketChannel::new,
              IoUringSocketChannel::new);
    };
  }
}
