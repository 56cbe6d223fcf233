package dev.selvedge.edge.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A deaf listening socket, on the real kernel. */
class NoNewcomersTest {

  private static final int TIMEOUT_MILLIS = 300;

  /** Sends back what it gets. */
  private static final class Echo extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel child) {
      child
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  ctx.writeAndFlush(message);
                }
              });
    }
  }

  @Test
  void lastConnectionsAreServedAndNoneBegins() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      Channel server =
          new ServerBootstrap()
              .group(loops)
              .channel(EpollServerSocketChannel.class)
              .childHandler(new Echo())
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
      try (Socket before = new Socket();
          Socket after = new Socket()) {
        before.connect(server.localAddress(), TIMEOUT_MILLIS);
        NoNewcomers.apply(server);
        assertThatThrownBy(() -> after.connect(server.localAddress(), TIMEOUT_MILLIS))
            .isInstanceOf(SocketTimeoutException.class);
        before.setSoTimeout(10_000);
        before.getOutputStream().write(7);
        InputStream in = before.getInputStream();
        assertThat(in.read()).isEqualTo(7);
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }
}
