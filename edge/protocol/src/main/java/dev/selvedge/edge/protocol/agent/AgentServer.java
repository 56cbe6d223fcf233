package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.frames.FrameServer;
import dev.selvedge.edge.protocol.grpc.GrpcServer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Serves one agent on an address until it is drained or closed. Thread-safe.
 *
 * <pre>
 *   unix:PATH    frames on a unix socket
 *   HOST:PORT    gRPC over TCP
 * </pre>
 */
public final class AgentServer implements AutoCloseable {

  private static final String UNIX = "unix:";
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final long DRAIN_STEP_MILLIS = 10;

  /** What listens: one transport. */
  public interface Listener extends AutoCloseable {
    /** The address bound, in the form it was given. */
    String address();

    @Override
    void close();
  }

  private final AgentHost host;
  private final Listener listener;
  private final CountDownLatch ended = new CountDownLatch(1);

  private AgentServer(AgentHost host, Listener listener) {
    this.host = host;
    this.listener = listener;
  }

  public static AgentServer listen(Lifecycle agent, String address) throws IOException {
    AgentHost host = new AgentHost(agent);
    if (address.startsWith(UNIX)) {
      return new AgentServer(host, FrameServer.listen(host, address.substring(UNIX.length())));
    }
    return new AgentServer(host, GrpcServer.listen(host, address));
  }

  public String address() {
    return listener.address();
  }

  /** To configure without a proxy, as from a file. */
  public AgentHost host() {
    return host;
  }

  /**
   * Drains and closes when that stream ends: the end of the pipe from the process that started us.
   */
  public void endWith(InputStream control) {
    Thread.ofPlatform()
        .daemon()
        .name("agent-control")
        .start(() -> {
          try {
            control.skip(Long.MAX_VALUE);
            while (control.read() >= 0) {}
          } catch (IOException e) {
            // The pipe broke: its end too.
          }
          drain(DRAIN);
        });
  }

  /** Takes no more calls, answers those open for at most that long, then closes. */
  public void drain(Duration most) {
    host.leave();
    long deadline = System.nanoTime() + most.toNanos();
    try {
      while (!host.idle() && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(DRAIN_STEP_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  /** Waits until the server is closed. */
  public void await() throws InterruptedException {
    ended.await();
  }

  @Override
  public void close() {
    listener.close();
    ended.countDown();
  }
}
