package dev.selvedge.edge.proxy.rig;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import dev.selvedge.edge.proxy.Proxy;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.edge.proxy.record.Records;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A real proxy on real sockets, made from configuration text. Listeners use port 0; a listener's
 * port is asked for by its name.
 */
public final class RunningProxy implements AutoCloseable {

  private final Metrics metrics = new Metrics();
  private final JumpClock clock = new JumpClock();
  private final Records records;
  private final Proxy proxy;

  private RunningProxy(Config config) throws IOException {
    Names names = new Names();
    int loops = config.system().workerThreads();
    records = Records.open(7, loops, names, metrics, config.system().accessLog(), new LinesRead());
    proxy =
        Proxy.start(config, new Proxy.Surroundings(7, clock, metrics, names, records::recorderFor));
  }

  /** Starts; the text must set worker-threads and should switch the access log off. */
  public static RunningProxy start(String kdl) throws IOException {
    return new RunningProxy(parse(kdl));
  }

  /**
   * Starts with one listener "web" on a free port.
   *
   * @param system further nodes of the system block
   * @param rest routes and upstreams
   */
  public static RunningProxy start(int loops, String system, String rest) throws IOException {
    return start(text(loops, system, rest));
  }

  public static String text(int loops, String system, String rest) {
    return """
    system {
      worker-threads %d
      access-log "off"
      %s
    }
    listeners { listener "web" { address "127.0.0.1:0" } }
    %s
    """
        .formatted(loops, system, rest);
  }

  /** Checks a text; every problem fails the test. */
  public static Config parse(String kdl) {
    return switch (ConfigLoader.parse(kdl, "test.kdl", name -> null)) {
      case Loaded.Ok ok -> ok.config();
      case Loaded.Refused refused -> throw new AssertionError(refused.problems().toString());
    };
  }

  /** Starts, and waits until every agent can be asked. */
  public static RunningProxy startWithAgents(int loops, String system, String rest)
      throws IOException {
    RunningProxy running = start(loops, system, rest);
    if (!running.proxy.awaitAgents(Duration.ofSeconds(10))) {
      String agents = running.proxy.agents().toString();
      running.close();
      throw new AssertionError("not healthy within 10 s: " + agents);
    }
    return running;
  }

  public void reload(String kdl) throws IOException {
    proxy.reload(parse(kdl));
  }

  public Proxy proxy() {
    return proxy;
  }

  /**
   * Lets that much time pass for the proxy in no time at all: sets its clock forward and has every
   * loop fire the timers that are due by then. What reached the proxy before counts as before.
   */
  public void elapse(Duration time) {
    clock.jump(time);
    for (Worker worker : proxy.workers()) {
      worker.loop().submit(worker.timers()).syncUninterruptibly();
    }
  }

  public int port() {
    return port("web");
  }

  public int port(String listener) {
    InetSocketAddress address = proxy.addresses().get(listener);
    if (address == null) {
      throw new AssertionError("no listener " + listener);
    }
    return address.getPort();
  }

  /** A client connected to listener "web". */
  public RawClient client() throws IOException {
    return RawClient.connect(port());
  }

  /** The sum of all series of a name whose labels contain the text. */
  public long metric(String name, String labels) {
    long total = 0;
    for (Metrics.Series series : metrics.series()) {
      if (series.family().name().equals(name) && series.labels().contains(labels)) {
        total += metrics.sum(series.slot());
      }
    }
    for (Metrics.Sampled sampled : metrics.sampled()) {
      if (sampled.family().name().equals(name) && sampled.labels().contains(labels)) {
        total += sampled.value().getAsLong();
      }
    }
    return total;
  }

  public @Nullable RecordView record(String id) {
    return records.find(id);
  }

  /** Waits until nothing is in flight, open or buffered; for the end of every test of bounds. */
  public void awaitRest() throws InterruptedException {
    Await.until(
        "the proxy is at rest",
        () ->
            proxy.dataplane().inFlight().count() == 0
                && proxy.dataplane().connections().count() == 0
                && proxy.dataplane().buffered().count() == 0);
  }

  @Override
  public void close() {
    proxy.close();
    records.close();
  }
}
