package dev.selvedge.edge.proxy.listen;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.proxy.loop.Transport;
import dev.selvedge.edge.proxy.loop.Worker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * The bound sockets of one address: one a loop, sharing the port, so that the kernel spreads
 * connections and no loop hands one to another. They survive reloads.
 *
 * <p>Sharing a port would let a second program of the same user share it too without a word; so the
 * port is first bound the exclusive way, which fails if anyone has it. Immutable.
 */
public record ListenerSockets(InetSocketAddress address, List<Channel> channels) {

  private static final int BACKLOG = 4096;

  /**
   * Binds; nothing is accepted yet.
   *
   * @throws IOException with the address in its message, if it cannot be had
   */
  public static ListenerSockets open(Address wanted, List<Worker> workers, Transport transport)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(wanted.host(), wanted.port());
    if (address.isUnresolved()) {
      throw new IOException("cannot listen on " + wanted + ": the host name is not known");
    }
    if (wanted.port() != 0) {
      assertFree(wanted, address);
    }
    List<Channel> channels = new ArrayList<>();
    for (Worker worker : workers) {
      Channel channel = transport.listening().newChannel();
      channel.config().setAutoRead(false);
      channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
      channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
      channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
      worker.loop().register(channel).syncUninterruptibly();
      ChannelFuture bound = channel.bind(address).awaitUninterruptibly();
      if (!bound.isSuccess()) {
        channels.forEach(Channel::close);
        channel.close();
        throw new IOException("cannot listen on " + wanted + ": " + reason(bound.cause()));
      }
      address = (InetSocketAddress) channel.localAddress();
      channels.add(channel);
    }
    return new ListenerSockets(address, List.copyOf(channels));
  }

  private static void assertFree(Address wanted, InetSocketAddress address) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address, 1);
    } catch (IOException taken) {
      throw new IOException("cannot listen on " + wanted + ": " + reason(taken), taken);
    }
  }

  private static String reason(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    int colon = message.lastIndexOf(": ");
    return colon < 0 ? message : message.substring(colon + 2);
  }

  /** Closes the sockets; connections go on. */
  public void close() {
    channels.forEach(Channel::close);
  }
}
