package dev.selvedge.edge.proxy.listen;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The connections that the kernel has made on a listening socket and nobody has taken yet.
 * Stateless.
 */
final class AcceptQueue {

  /** Room for an address as the native accept writes it: length, 16 bytes, scope, port. */
  private static final int ADDRESS_BYTES = 26;

  private AcceptQueue() {}

  /**
   * Takes them all, without waiting, and closes the socket in the next instant. With io_uring an
   * accept is always under way and the queue is empty but for what came this instant.
   *
   * @throws IOException if the system refuses
   */
  static void takeAllAndClose(Channel accepting, Consumer<Channel> taker) throws IOException {
    if (!(accepting instanceof EpollServerSocketChannel server)
        || !(server.fd() instanceof Socket socket)) {
      return;
    }
    byte[] address = new byte[ADDRESS_BYTES];
    for (int fd = socket.accept(address); fd >= 0; fd = socket.accept(address)) {
      taker.accept(new EpollSocketChannel(fd));
    }
    // Here and now: each step until the channel's own close is time for one more to be queued.
    socket.close();
  }
}
