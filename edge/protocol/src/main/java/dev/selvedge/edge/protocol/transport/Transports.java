package dev.selvedge.edge.protocol.transport;

import dev.selvedge.edge.protocol.ToAgent.Hello;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.frames.FrameConnection;
import dev.selvedge.edge.protocol.grpc.Addresses;
import dev.selvedge.edge.protocol.grpc.GrpcConnection;
import io.netty.channel.EventLoop;

/**
 * Connects to an agent by its address.
 *
 * <pre>
 *   unix:PATH    frames on a unix socket
 *   HOST:PORT    gRPC over TCP, plain text (with TLS: {@link GrpcConnection#connect})
 * </pre>
 */
public final class Transports {

  private static final String UNIX = "unix:";

  private Transports() {}

  /**
   * Connects on that loop and greets; the listener hears {@code ready} or {@code lost}. To be
   * called on the loop.
   */
  public static <C> AgentChannel<C> connect(
      EventLoop loop, String address, Hello hello, AgentListener<C> listener) {
    if (address.startsWith(UNIX)) {
      return FrameConnection.connect(loop, address.substring(UNIX.length()), hello, listener);
    }
    return GrpcConnection.connect(loop, Addresses.parse(address), null, hello, listener);
  }
}
