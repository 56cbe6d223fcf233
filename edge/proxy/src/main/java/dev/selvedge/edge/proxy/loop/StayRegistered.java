package dev.selvedge.edge.proxy.loop;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Keeps a socket known to epoll even while nothing is waited for.
 *
 * <p>Netty 4.2.18 removes a socket from epoll when its last interest is cleared, which happens when
 * the peer has half-closed and reading is paused or over; the next interest (the socket is full, so
 * wait until it is writable) is then a modification of something that is not there, fails with
 * ENOENT, and Netty closes the connection in the middle of an answer. {@code HalfCloseTest} fails
 * without this. The interest added here, EPOLLMSG, is one that the kernel ignores. Stateless.
 */
public final class StayRegistered {

  private static final int EPOLLMSG = 0x400;
  private static final MethodHandle SET_FLAG = setFlag();

  private StayRegistered() {}

  /** Call once the channel is registered; other transports need nothing. */
  public static void apply(Channel channel) {
    if (channel instanceof EpollSocketChannel socket) {
      try {
        SET_FLAG.invoke(socket, EPOLLMSG);
      } catch (Throwable failed) {
        throw new IllegalStateException("epoll refuses " + channel, failed);
      }
    }
  }

  private static MethodHandle setFlag() {
    Class<?> owner = EpollSocketChannel.class;
    while (!owner.getSimpleName().equals("AbstractEpollChannel")) {
      owner = owner.getSuperclass();
    }
    try {
      return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
          .findVirtual(owner, "setFlag", MethodType.methodType(void.class, int.class));
    } catch (ReflectiveOperationException changed) {
      throw new IllegalStateException("another Netty: look whether this is still needed", changed);
    }
  }
}
