package dev.selvedge.edge.proxy.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel has received on a connection and the loop has not been told of: asked for right
 * before an idle connection is half-closed, so that a request which was sent before our FIN is
 * still answered (EDGE 7).
 *
 * <p>What arrives between this question and the FIN, a matter of microseconds, is lost as it would
 * be anywhere. Stateless.
 */
public final class Arrived {

  private Arrived() {}

  /**
   * Whether anything has arrived, be it bytes or the end; a byte that did is lost, so the
   * connection must be given up then. Asked before a pooled connection is used again: what lies
   * there unread would be taken for the answer to the next request.
   *
   * @param room one byte of direct memory, for nobody's use
   */
  public static boolean any(Channel channel, ByteBuffer room) {
    if (!(channel instanceof EpollSocketChannel socket)) {
      return false;
    }
    try {
      return socket.fd().read(room, 0, 1) != 0;
    } catch (IOException gone) {
      return true;
    }
  }

  /**
   * The bytes, owned by the caller; or null if there are none, and then our side has ended, by two
   * system calls in a row: whatever stands between them is time for a request to get lost in. Never
   * waits.
   */
  static @Nullable ByteBuf takeOrEnd(Channel channel, ByteBufAllocator alloc) {
    // With io_uring a read is always under way: the kernel has already given what arrived to it.
    if (!(channel instanceof EpollSocketChannel socket) || !socket.isOpen()) {
      return null;
    }
    ByteBuf bytes = alloc.directBuffer(ReadSize.HEAD);
    int read = -1;
    try {
      ByteBuffer room = bytes.internalNioBuffer(0, ReadSize.HEAD);
      FileDescriptor descriptor = socket.fd();
      read = descriptor.read(room, room.position(), room.limit());
      if (read == 0 && descriptor instanceof Socket open) {
        open.shutdown(false, true);
      }
    } catch (IOException gone) {
      // A reset: the loop is about to be told.
    }
    if (read <= 0) {
      bytes.release();
      return null;
    }
    return bytes.writerIndex(read);
  }
}
