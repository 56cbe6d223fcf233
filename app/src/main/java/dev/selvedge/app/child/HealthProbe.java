package dev.selvedge.app.child;

import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToAgent.Configure;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.Loss;
import dev.selvedge.edge.protocol.transport.Transports;
import io.netty.channel.EventLoop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks one agent how it is, over a connection of its own through the path of its socket: so a
 * socket whose file was removed is noticed, although older connections go on. Methods may be called
 * from any thread; the listener is called on the event loop.
 */
final class HealthProbe implements AgentListener<Object> {

  /** What a probe finds out. */
  interface Listener {
    void health(HealthReport.State state);

    /** The agent does not take its configuration. */
    void refused(List<ConfigProblem> problems);
  }

  private final EventLoop loop;
  private final String address;
  private final String name;
  private final Configure configure;
  private final Listener listener;

  // Confined to the loop:
  private @Nullable AgentChannel<Object> channel;
  private boolean connected;

  /**
   * A probe that has not asked yet.
   *
   * @param configure what the proxy tells the agent too; the first to connect configures it
   */
  HealthProbe(EventLoop loop, String address, String name, Configure configure, Listener listener) {
    this.loop = loop;
    this.address = address;
    this.name = name;
    this.configure = configure;
    this.listener = listener;
  }

  /**
   * Asks once more.
   *
   * @param anew over a new connection, else over the one that is open, if it is
   */
  void ask(boolean anew) {
    loop.execute(() -> {
      if (anew || channel == null || channel.closed()) {
        closeNow();
        connected = false;
        ToAgent.Hello hello =
            new ToAgent.Hello(
                Bounds.VERSION_MIN,
                Bounds.VERSION,
                0,
                0,
                Bounds.CHUNK_BYTES_MAX,
                Bounds.CHUNK_BYTES_MAX,
                1,
                name);
        channel = Transports.connect(loop, address, hello, this);
      } else if (connected) {
        channel.health(0);
      }
    });
  }

  void close() {
    loop.execute(this::closeNow);
  }

  private void closeNow() {
    AgentChannel<Object> open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void ready(Welcome welcome) {
    connected = true;
    AgentChannel<Object> open = channel;
    if (open != null) {
      open.configure(configure);
      open.health(0);
    }
  }

  @Override
  public void health(HealthReport report) {
    listener.health(report.state());
  }

  @Override
  public void configured(Configured configured) {
    if (!configured.problems().isEmpty()) {
      listener.refused(configured.problems());
    }
  }

  @Override
  public void lost(Loss loss) {
    // The next question opens a connection; silence is what counts.
  }

  @Override
  public void leaving() {}

  @Override
  public void decided(Object call, EventType event, Decision decision, boolean over) {}

  @Override
  public void chunk(Object call, ChunkResult result, boolean more) {}

  @Override
  public void credit(Object call) {}

  @Override
  public void ended(Object call, String reason) {}

  @Override
  public void lost(Object call, Loss loss) {}
}
