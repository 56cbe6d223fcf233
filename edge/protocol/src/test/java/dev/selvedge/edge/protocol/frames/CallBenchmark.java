package dev.selvedge.edge.protocol.frames;

import com.sun.management.OperatingSystemMXBean;
import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.AgentServer;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.Loss;
import dev.selvedge.edge.protocol.transport.Transports;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * CPU per call on the proxy's side: a browser's head of 12 fields out, a plain allow back.
 *
 * <pre>
 *   taskset -c 1 java … CallBenchmark agent unix:/tmp/a.sock
 *   taskset -c 0 java … CallBenchmark unix:/tmp/a.sock IN_FLIGHT SECONDS
 *   taskset -c 0 java … CallBenchmark codec SECONDS
 * </pre>
 */
public final class CallBenchmark {

  private static final int BATCH = 32;

  private CallBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("agent")) {
      AgentServer.listen(new Allowing(), arguments[1]).await();
    } else if (arguments[0].equals("codec")) {
      codecOnly(Integer.parseInt(arguments[1]));
    } else {
      int inFlight = Integer.parseInt(arguments[1]);
      new Caller(arguments[0], inFlight, Integer.parseInt(arguments[2])).run();
    }
  }

  /** No socket and no wake-up: heads encoded 32 at a time, as many allows cut and decoded. */
  private static void codecOnly(int seconds) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    FrameOutput out = new FrameOutput();
    Heads.Request request = Heads.browser();
    RequestContext context = Heads.context();
    ByteBuf sent = Unpooled.directBuffer(64 << 10);
    ByteBuf answers = answers(out);
    Decoding decoding = new Decoding();
    for (int round = 0; round < 2 * seconds; round++) {
      long until = System.nanoTime() + 500_000_000;
      long cpu = threads.getCurrentThreadCpuTime();
      long calls = decoding.allowed;
      while (System.nanoTime() < until) {
        for (int i = 0; i < BATCH; i++) {
          int flags = Flags.END | Flags.LAST;
          EventFrames.requestHeaders(out, i, flags, request.head(), request.target(), context);
        }
        out.drainTo(sent.clear());
        decoding.channel.writeInbound(answers.retainedDuplicate());
      }
      double nanos = threads.getCurrentThreadCpuTime() - cpu;
      System.out.printf("codec: %.0f ns per call%n", nanos / (decoding.allowed - calls));
    }
  }

  private static ByteBuf answers(FrameOutput out) {
    for (int i = 0; i < BATCH; i++) {
      ToProxy allow = new ToProxy.Decided(EventType.REQUEST_HEADERS, Decision.ALLOW);
      ReplyFrames.write(out, i, 0, allow);
    }
    ByteBuf answers = Unpooled.directBuffer(out.length());
    out.drainTo(answers);
    return answers;
  }

  /** Counts what it decodes. */
  private static final class Decoding extends FrameHandler {
    final EmbeddedChannel channel = new EmbeddedChannel(this);
    long allowed;

    @Override
    void frame(int type, int flags, int call, ByteBuf buffer, int index, int length) {
      if (ReplyReader.read(type, flags, buffer, index, length) != null) {
        allowed++;
      }
    }

    @Override
    boolean accepting() {
      return true;
    }

    @Override
    void failed(Throwable cause) {
      throw new IllegalStateException(cause);
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
    private final RequestContext context = Heads.context();
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
      this.agent = loop.submit(() -> Transports.connect(loop, address, hello, this)).get();
    }

    void run() throws Exception {
      try {
        System.out.println(end.get());
      } finally {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      }
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
      agent.open(number, flags, request.head(), request.target(), context);
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
