package dev.selvedge.bench.agents;

import com.sun.management.OperatingSystemMXBean;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ReceivedContext;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.Loss;
import dev.selvedge.edge.protocol.transport.Transports;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program that asks an agent as the proxy does, about a browser's request of 12 fields, and
 * prints what a call cost: {@code ADDRESS IN_FLIGHT RATE WARMUP SECONDS}; with a rate of 0 each
 * answer brings the next call, else calls are due at fixed moments and latency counts from those.
 *
 * <p>Its CPU time is that of the whole process: encoding, the socket, decoding, GC and JIT.
 */
public final class CallLoad implements AgentListener<CallLoad.Call> {

  /** One call at a time, reused. */
  static final class Call {
    private long dueNanos;
  }

  private static final int LATENCIES_MAX = 1 << 20;
  private static final int CALLS_MAX = 10_000;
  private static final long NANOS = 1_000_000_000L;
  private static final int FLAGS = Flags.END | Flags.LAST;

  private final EventLoop loop;
  private final AgentChannel<Call> agent;
  private final HttpHead head = browserHead();
  private final RequestTarget target = new RequestTarget();
  private final RequestContext context =
      new ReceivedContext(
          "1f2e3d4c000000000007".getBytes(StandardCharsets.US_ASCII),
          "api".getBytes(StandardCharsets.UTF_8),
          new byte[] {(byte) 203, 0, 113, 7},
          51_234,
          true,
          11,
          100_000);
  private final ArrayDeque<Call> idle = new ArrayDeque<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final long[] latencies = new long[LATENCIES_MAX];
  private final int inFlight;
  private final long intervalNanos;
  private final int warmup;
  private final int seconds;
  private long calls;
  private long callsAtStart;
  private long cpuAtStart;
  private boolean measuring;
  private boolean stopped;
  private int latencyCount;
  private long nextDue;

  private CallLoad(EventLoop loop, String[] arguments) throws Exception {
    this.loop = loop;
    this.inFlight = Integer.parseInt(arguments[1]);
    long rate = Long.parseLong(arguments[2]);
    this.intervalNanos = rate == 0 ? 0 : NANOS / rate;
    this.warmup = Integer.parseInt(arguments[3]);
    this.seconds = Integer.parseInt(arguments[4]);
    if (target.parse(head, true, false) != null) {
      throw new IllegalStateException("the request is not well-formed");
    }
    ToAgent.Hello hello = new ToAgent.Hello(1, 1, 0x3F, 0, 256 << 10, 4 << 20, CALLS_MAX, "bench");
    this.agent = loop.submit(() -> Transports.connect(loop, arguments[0], hello, this)).get();
  }

  /** Runs once and prints one JSON object. */
  public static void main(String[] arguments) throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      System.out.println(new CallLoad(loops.next(), arguments).end.get());
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static HttpHead browserHead() {
    HttpHead head = new HttpHead();
    byte[] method = "GET".getBytes(StandardCharsets.US_ASCII);
    byte[] path = "/api/v1/users/12345?page=2".getBytes(StandardCharsets.US_ASCII);
    head.method(head.append(method, 0, method.length), method.length);
    head.target(head.append(path, 0, path.length), path.length);
    String[][] fields = {
      {"host", "app.example.com"},
      {"user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/149.0"},
      {"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
      {"accept-language", "en-GB,en;q=0.9,de;q=0.8"},
      {"accept-encoding", "gzip, deflate, br, zstd"},
      {"cookie", "session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=analytics"},
      {"authorization", "Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"},
      {"referer", "https://app.example.com/users"},
      {"sec-fetch-mode", "navigate"},
      {"sec-fetch-site", "same-origin"},
      {"x-forwarded-for", "203.0.113.7"},
      {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    };
    for (String[] field : fields) {
      head.addField(field[0], field[1]);
    }
    return head;
  }

  @Override
  public void ready(ToProxy.Welcome welcome) {
    agent.configure(new ToAgent.Configure(1, "", List.of()));
  }

  @Override
  public void configured(ToProxy.Configured configured) {
    int made = intervalNanos == 0 ? inFlight : CALLS_MAX / 2;
    for (int i = 0; i < made; i++) {
      idle.add(new Call());
    }
    nextDue = System.nanoTime();
    if (intervalNanos == 0) {
      for (int i = 0; i < inFlight; i++) {
        ask(nextDue);
      }
    } else {
      askDue();
    }
    Future<?> _ = loop.schedule(this::begin, warmup, TimeUnit.SECONDS);
    Future<?> _ = loop.schedule(this::report, warmup + seconds, TimeUnit.SECONDS);
  }

  private void askDue() {
    long now = System.nanoTime();
    while (nextDue <= now) {
      ask(nextDue);
      nextDue += intervalNanos;
    }
    if (!stopped) {
      Future<?> _ = loop.schedule(this::askDue, nextDue - now, TimeUnit.NANOSECONDS);
    }
  }

  private void ask(long dueNanos) {
    Call call = idle.poll();
    if (call == null) {
      end.completeExceptionally(new IllegalStateException("the agent does not keep up"));
      return;
    }
    call.dueNanos = dueNanos;
    if (agent.open(call, FLAGS, head, target, context) == 0) {
      end.completeExceptionally(new IllegalStateException("the agent takes no call"));
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private void begin() {
    measuring = true;
    callsAtStart = calls;
    cpuAtStart = cpuNanos();
  }

  private void report() {
    double cpuMicros = (cpuNanos() - cpuAtStart) / 1e3;
    long done = calls - callsAtStart;
    stopped = true;
    Arrays.sort(latencies, 0, latencyCount);
    end.complete(
        String.format(
            Locale.ROOT,
            "{\"calls\":%d,\"seconds\":%d,\"cpuMicros\":%.3f,"
                + "\"p50Micros\":%.1f,\"p99Micros\":%.1f}",
            done,
            seconds,
            cpuMicros / Math.max(1, done),
            latencies[latencyCount / 2] / 1e3,
            latencies[(int) (latencyCount * 0.99)] / 1e3));
    agent.close();
  }

  @Override
  public void decided(Call call, EventType event, Decision decision, boolean over) {
    if (!decision.isPlainAllow()) {
      end.completeExceptionally(new IllegalStateException("not allowed: " + decision));
    }
    calls++;
    idle.add(call);
    if (measuring && latencyCount < LATENCIES_MAX) {
      latencies[latencyCount++] = System.nanoTime() - call.dueNanos;
    }
    if (!stopped && intervalNanos == 0) {
      ask(measuring && inFlight == 1 ? System.nanoTime() : 0);
    }
  }

  @Override
  public void chunk(Call call, ToProxy.ChunkResult result, boolean more) {}

  @Override
  public void credit(Call call) {}

  @Override
  public void ended(Call call, String reason) {
    end.completeExceptionally(new IllegalStateException(reason));
  }

  @Override
  public void lost(Call call, Loss loss) {}

  @Override
  public void health(ToProxy.HealthReport report) {}

  @Override
  public void leaving() {}

  @Override
  public void lost(Loss loss) {
    end.completeExceptionally(new IllegalStateException(loss.toString()));
  }
}
