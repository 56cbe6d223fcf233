package dev.selvedge.edge.proxy.service;

import dev.selvedge.edge.config.AdminConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.SystemConfig;
import dev.selvedge.edge.proxy.exchange.ClientSettings;
import dev.selvedge.edge.proxy.exchange.ClientStream;
import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Route;
import dev.selvedge.edge.proxy.exchange.Service;
import dev.selvedge.edge.proxy.exchange.Snapshot;
import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.edge.proxy.field.Peer;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Recorder;
import dev.selvedge.edge.proxy.route.Router;
import dev.selvedge.kernel.ByteSize;
import dev.selvedge.kernel.Clock;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.Metrics;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocatorMetric;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One event loop, one route and one service behind a real exchange, with a fake client in front.
 * Leak detection is paranoid for the whole test process.
 */
public final class ServiceRig implements AutoCloseable {

  static {
    System.setProperty("io.netty.leakDetection.level", "paranoid");
    io.netty.util.ResourceLeakDetector.setLevel(io.netty.util.ResourceLeakDetector.Level.PARANOID);
  }

  private static final long PATIENCE_SECONDS = 10;
  private static final Peer PEER =
      new Peer(
          new byte[] {(byte) 192, 0, 2, 7},
          "192.0.2.7".getBytes(StandardCharsets.US_ASCII),
          50_007,
          false,
          false,
          0);

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final long buffersBefore = buffers();
  private final Dataplane dataplane;
  private final Worker worker;

  public ServiceRig(Service service) {
    Metrics metrics = new Metrics();
    RouteConfig config =
        new RouteConfig(
            "tested",
            0,
            new RouteConfig.Matches(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of()),
            new RouteConfig.Service.Echo(),
            List.of(),
            new RouteConfig.Policies(null, null, 0, null, false, List.of(), List.of()));
    ByteSize maxBody = ByteSize.ofMebibytes(1024);
    Route route = new Route(config, 0, service, null, maxBody, metrics, null);
    Router router = new Router(List.of(config), List.of("test"));
    SystemConfig system = system(maxBody);
    Config whole =
        new Config(
            system, new AdminConfig(null, null), List.of(), List.of(config), Map.of(), Map.of());
    dataplane =
        new Dataplane(
            1,
            new Snapshot(
                whole,
                ClientSettings.of(system),
                router,
                new Route[] {route},
                route,
                new FieldHygiene(system)));
    worker =
        new Worker(
            0, loop, Clock.system(), metrics.shard(), Recorder.NONE, new SplittableRandom(1));
  }

  private static SystemConfig system(ByteSize large) {
    Duration second = Duration.ofSeconds(1);
    return new SystemConfig(
        1,
        SystemConfig.Transport.EPOLL,
        second,
        second,
        false,
        List.of(),
        SystemConfig.ForwardedField.X_FORWARDED_FOR,
        List.of(),
        false,
        new SystemConfig.AccessLog.Off(),
        null,
        new SystemConfig.LimitsConfig(
            10, 10, 10, large, large, large, large, 100, large, large, large, large),
        new SystemConfig.TimeoutsConfig(second, second, second, large, second, second));
  }

  /** One request that has been begun. */
  public final class Asked {
    public final FakeClient client = new FakeClient();
    final Exchange exchange = new Exchange(worker, dataplane, client);

    /** The answer, once it has ended in whatever way. */
    public FakeClient answer() throws Exception {
      return client.done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Passes bytes of the request body. */
    public void chunk(byte[] bytes) throws Exception {
      onLoop(() -> exchange.requestChunk(Unpooled.copiedBuffer(bytes)));
    }

    public void end() throws Exception {
      onLoop(() -> exchange.requestEnd(null));
    }

    /** Gives credit back. */
    public void credit(int bytes) throws Exception {
      onLoop(() -> take(bytes));
    }

    /** The same, from the loop itself. */
    public void take(int bytes) {
      client.outstanding -= bytes;
      exchange.responseCredit(bytes);
    }

    public void fail(dev.selvedge.kernel.FailureCode code) throws Exception {
      onLoop(() -> exchange.clientFailed(dev.selvedge.kernel.Failure.of(code)));
    }

    public dev.selvedge.edge.proxy.record.DecisionRecord record() {
      return exchange.record();
    }
  }

  /** Runs on the loop and waits for it. */
  public void onLoop(Runnable task) throws Exception {
    loop.submit(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Asks without a body, as a client that takes whatever comes. */
  public FakeClient ask(String method, String target, String... fields) throws Exception {
    Asked asked = new Asked();
    asked.client.onFlush = bytes -> loop.execute(() -> asked.take(bytes));
    begin(asked, 0, method, target, fields);
    return asked.answer();
  }

  /** Asks without a body; credit comes from the test. */
  public Asked askSlowly(String method, String target, String... fields) throws Exception {
    Asked asked = new Asked();
    begin(asked, 0, method, target, fields);
    return asked;
  }

  /** Asks with a body that the test passes; takes whatever comes. */
  public Asked askWithBody(String method, String target, String... fields) throws Exception {
    Asked asked = new Asked();
    asked.client.onFlush = bytes -> loop.execute(() -> asked.take(bytes));
    begin(asked, ClientStream.LENGTH_UNKNOWN, method, target, fields);
    return asked;
  }

  private void begin(Asked asked, long length, String method, String target, String[] fields)
      throws Exception {
    HttpHead head = head(method, target, fields);
    onLoop(() -> asked.exchange.begin(head, PEER, length, false, false));
  }

  /** A head as a codec would fill it; {@code Host: test.example} unless given. */
  public static HttpHead head(String method, String target, String... fields) {
    HttpHead head = new HttpHead();
    byte[] name = method.getBytes(StandardCharsets.ISO_8859_1);
    head.method(head.append(name, 0, name.length), name.length);
    byte[] path = target.getBytes(StandardCharsets.ISO_8859_1);
    head.target(head.append(path, 0, path.length), path.length);
    boolean host = false;
    for (int i = 0; i < fields.length; i += 2) {
      head.addField(fields[i], fields[i + 1]);
      host |= fields[i].equals("host");
    }
    if (!host) {
      head.addField("host", "test.example");
    }
    return head;
  }

  /** Ends the loop and sees that every buffer was released. */
  @Override
  public void close() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    // The loop's thread gives its cached buffers back on its very last steps.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (buffers() > buffersBefore) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(buffers() - buffersBefore + " buffers were not released");
      }
      Thread.onSpinWait();
    }
  }

  /** Pooled buffers that are taken, or kept by a thread for its next one. */
  private static long buffers() {
    PooledByteBufAllocatorMetric metric = PooledByteBufAllocator.DEFAULT.metric();
    return metric.directArenas().stream().mapToLong(PoolArenaMetric::numActiveAllocations).sum();
  }
}
