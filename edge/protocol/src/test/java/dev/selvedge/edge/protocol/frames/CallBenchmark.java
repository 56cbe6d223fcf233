package dev.selvedge.edge.protocol.frames;

import com.sun.management.OperatingSystemMXBean;
import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.AgentServer;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.Loss;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * CPU per call on the proxy's side: a browser's head of 12 fields out, a plain allow back.
 *
 * <pre>
 *   taskset -c 1 java … CallBenchmark agent unix:/tmp/a.sock
 *   taskset -c 0 java … CallBenchmark unix:/tmp/a.sock IN_FLIGHT SECONDS
 * </pre>
 */
public final class CallBenchmark {

  private CallBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("agent")) {
      AgentServer.listen(new Allowing(), arguments[1]).await();
    } else {
      int inFlight = Integer.parseInt(arguments[1]);
      new Caller(arguments[0], inFlight, Integer.parseInt(arguments[2])).run();
    }
  }

  /** Allows everything. */
  private static final class Allowing implements InlineAgent {
    @Override
    public AgentInfo info() {
      return AgentInfo.of("allow", EventType.REQUEST_HEADERS);
    }

    @Override
    public void event(AgentCall call, AgentEvent event, int flags) {
      call.decide(Decision.ALLOW);
    }
  }

  /** Keeps so many calls open and counts. */
  private static final class Caller implements AgentListener<Integer> {
    private final EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final Heads.Request request = Heads.browser();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final AgentChannel<Integer> agent;
    private final int inFlight;
    private final int seconds;
    private long calls;
    private long callsAtStart;
    private long cpuAtStart;
    private long startedAt;
    private boolean stopped;

    Caller(String address, int inFlight, int seconds) throws Exception {
      this.inFlight = inFlight;
      this.seconds = seconds;
      ToAgent.Hello hello =
          new ToAgent.Hello(1, 1, 0x3F, 0, 256 << 10, 4 << 20, 1_000, "benchmark");
      String path = address.substring("unix:".length());
      this.agent = loop.submit(() -> FrameConnection.connect(loop, path, hello, this)).get();
    }

    void run() throws Exception {
      System.out.println(end.get());
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private static long cpuNanos() {
      return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
          .getProcessCpuTime();
    }

    @Override
    public void ready(ToProxy.Welcome welcome) {
      agent.configure(new ToAgent.Configure(1, "", List.of()));
    }

    @Override
    public void configured(ToProxy.Configured configured) {
      for (int i = 0; i < inFlight; i++) {
        call(i);
      }
      Future<?> _ = loop.schedule(this::begin, seconds, TimeUnit.SECONDS);
      Future<?> _ = loop.schedule(this::report, 2L * seconds, TimeUnit.SECONDS);
    }

    private void begin() {
      callsAtStart = calls;
      cpuAtStart = cpuNanos();
      startedAt = System.nanoTime();
    }

    private void report() {
      double cpu = (cpuNanos() - cpuAtStart) / 1e3;
      double wall = (System.nanoTime() - startedAt) / 1e3;
      long done = calls - callsAtStart;
      stopped = true;
      end.complete(
          String.format(
              "in flight %d: %.3f µs CPU per call, %,.0f calls/s, core %.0f %% busy",
              inFlight, cpu / done, done * 1e6 / wall, 100 * cpu / wall));
      agent.close();
    }

    private void call(Integer number) {
      int flags = Flags.END | Flags.LAST;
      agent.open(number, flags, request.head(), request.target(), Heads.context());
    }

    @Override
    public void decided(Integer call, EventType event, Decision decision, boolean over) {
      calls++;
      if (!stopped) {
        call(call);
      }
    }

    @Override
    public void chunk(Integer call, ToProxy.ChunkResult result, boolean more) {}

    @Override
    public void credit(Integer call) {}

    @Override
    public void ended(Integer call, String reason) {
      end.completeExceptionally(new IllegalStateException(reason));
    }

    @Override
    public void lost(Integer call, Loss loss) {}

    @Override
    public void health(ToProxy.HealthReport report) {}

    @Override
    public void leaving() {}

    @Override
    public void lost(Loss loss) {
      end.completeExceptionally(new IllegalStateException(loss.toString()));
    }
  }
}
