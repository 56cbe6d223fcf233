package dev.selvedge.edge.protocol.frames;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Unix sockets on whichever kind of event loop the caller has. */
final class Sockets {

  private Sockets() {}

  static ChannelFactory<? extends Channel> client(EventLoop loop) {
    if (isOn(loop, EpollIoHandler.class)) {
      return EpollDomainSocketChannel::new;
    }
    if (isOn(loop, IoUringIoHandler.class)) {
      return IoUringDomainSocketChannel::new;
    }
    if (isOn(loop, NioIoHandler.class)) {
      return NioDomainSocketChannel::new;
    }
    throw new IllegalArgumentException("no unix sockets on " + loop);
  }

  static SocketAddress address(EventLoop loop, String path) {
    return isOn(loop, NioIoHandler.class)
        ? UnixDomainSocketAddress.of(path)
        : new DomainSocketAddress(path);
  }

  private static boolean isOn(EventLoop loop, Class<? extends IoHandler> io) {
    return loop instanceof IoEventLoop typed && typed.isIoType(io);
  }
}
