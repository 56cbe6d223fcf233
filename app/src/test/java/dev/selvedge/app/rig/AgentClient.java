package dev.selvedge.app.rig;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ReceivedContext;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.Loss;
import dev.selvedge.edge.protocol.transport.Transports;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks an agent about one request, as a proxy would. Blocks. */
public final class AgentClient implements AgentListener<String> {

  private static final byte[] NONE = {};

  private final String method = "GET";
  private final String path;
  private final CompletableFuture<Decision> decision = new CompletableFuture<>();
  private @Nullable AgentChannel<String> channel;

  private AgentClient(String path) {
    this.path = path;
  }

  /** The decision on a GET of that path; an exception names why there is none. */
  public static Decision ask(String address, String path, long patienceMillis) throws Exception {
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      EventLoop loop = loops.next();
      AgentClient client = new AgentClient(path);
      ToAgent.Hello hello =
          new ToAgent.Hello(1, 1, EventType.REQUEST_HEADERS.bit(), 0, 65_536, 65_536, 10, "client");
      loop.execute(() -> client.channel = Transports.connect(loop, address, hello, client));
      return client.decision.get(patienceMillis, TimeUnit.MILLISECONDS);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private AgentChannel<String> channel() {
    return Objects.requireNonNull(channel);
  }

  @Override
  public void ready(Welcome welcome) {
    channel().configure(new ToAgent.Configure(1, "", List.of()));
  }

  @Override
  public void configured(Configured configured) {
    HttpHead head = new HttpHead();
    byte[] text = (method + path).getBytes(StandardCharsets.ISO_8859_1);
    int start = head.append(text, 0, text.length);
    head.method(start, method.length());
    head.target(start + method.length(), path.length());
    head.addField("host", "localhost");
    RequestTarget target = new RequestTarget();
    if (target.parse(head, false, false) != null) {
      throw new AssertionError("not a path: " + path);
    }
    ReceivedContext context = new ReceivedContext(NONE, NONE, new byte[4], 1, false, 11, 0);
    int id = channel().open("call", Flags.END | Flags.LAST, head, target, context);
    if (id == 0) {
      decision.completeExceptionally(new IllegalStateException("not taken"));
    }
  }

  @Override
  public void decided(String call, EventType event, Decision advice, boolean over) {
    decision.complete(advice);
  }

  @Override
  public void ended(String call, String reason) {
    decision.completeExceptionally(new IllegalStateException(reason));
  }

  @Override
  public void lost(String call, Loss loss) {
    decision.completeExceptionally(new IllegalStateException(loss.toString()));
  }

  @Override
  public void lost(Loss loss) {
    decision.completeExceptionally(new IllegalStateException(loss.toString()));
  }

  @Override
  public void chunk(String call, ChunkResult result, boolean more) {}

  @Override
  public void credit(String call) {}

  @Override
  public void health(HealthReport report) {}

  @Override
  public void leaving() {}
}
