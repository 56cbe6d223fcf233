package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.AgentAddress;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.AgentConfig.Event;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Features;
import dev.selvedge.edge.protocol.ToAgent.Configure;
import dev.selvedge.edge.protocol.ToAgent.Hello;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.grpc.GrpcConnection;
import dev.selvedge.edge.protocol.transport.Transports;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to one agent and says what it is told first. Names are resolved on a virtual
 * thread, anew for every connection. Thread-safe.
 */
public final class AgentDialer {

  private static final String UNIX = "unix:";

  private final AgentConfig config;
  private final AgentAddresses addresses;
  private final Hello hello;
  private final Configure configure;
  private final @Nullable SslContext tls;

  public AgentDialer(AgentConfig config, AgentAddresses addresses, int events) throws IOException {
    this.config = config;
    this.addresses = addresses;
    this.hello =
        new Hello(
            Bounds.VERSION_MIN,
            Bounds.VERSION,
            events,
            Features.REPLACES_REQUEST_BODY | Features.REPLACES_RESPONSE_BODY,
            Bounds.CALL_CREDIT,
            Bounds.CONNECTION_CREDIT,
            Bounds.CALLS_MAX,
            config.name());
    this.configure =
        new Configure(1, config.place().source().name(), ConfigTree.of(config.config()));
    this.tls =
        config.address() instanceof AgentAddress.Grpc grpc && grpc.tls() != null
            ? AgentTls.client(grpc.tls())
            : null;
  }

  static EventType type(Event event) {
    return switch (event) {
      case REQUEST_HEADERS -> EventType.REQUEST_HEADERS;
      case REQUEST_BODY -> EventType.REQUEST_BODY;
      case RESPONSE_HEADERS -> EventType.RESPONSE_HEADERS;
      case RESPONSE_BODY -> EventType.RESPONSE_BODY;
      case REQUEST_COMPLETE -> EventType.REQUEST_COMPLETE;
    };
  }

  public Configure configure() {
    return configure;
  }

  /**
   * Connects and greets on that loop, at once or after a name was resolved.
   *
   * @param made takes the channel, on the loop; the listener may have heard of its loss before
   * @param failed takes the reason where there is no channel, on the loop
   */
  public <C> void dial(
      EventLoop loop,
      AgentListener<C> listener,
      Consumer<AgentChannel<C>> made,
      Consumer<String> failed) {
    String address;
    try {
      address = addresses.of(config);
      if (address.startsWith(UNIX)) {
        made.accept(Transports.connect(loop, address, hello, listener));
        return;
      }
    } catch (IOException | RuntimeException e) {
      failed.accept(String.valueOf(e.getMessage()));
      return;
    }
    Thread.ofVirtual()
        .name("agent-name")
        .start(() -> {
          Runnable next;
          try {
            InetSocketAddress resolved = resolve(address);
            next = () -> overTcp(loop, resolved, listener, made, failed);
          } catch (UnknownHostException | RuntimeException e) {
            next = () -> failed.accept("the host of " + address + " is not known");
          }
          try {
            loop.execute(next);
          } catch (RejectedExecutionException ended) {
            // The loop ended while the name was looked up; nobody waits for it.
          }
        });
  }

  private <C> void overTcp(
      EventLoop loop,
      InetSocketAddress address,
      AgentListener<C> listener,
      Consumer<AgentChannel<C>> made,
      Consumer<String> failed) {
    try {
      made.accept(GrpcConnection.connect(loop, address, tls, hello, listener));
    } catch (RuntimeException e) {
      failed.accept(String.valueOf(e.getMessage()));
    }
  }

  private static InetSocketAddress resolve(String address) throws UnknownHostException {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(colon, 0));
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = Integer.parseInt(address.substring(colon + 1));
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }
}
