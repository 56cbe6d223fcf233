package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.Loss;
import dev.selvedge.edge.protocol.client.Recording;
import dev.selvedge.edge.protocol.transport.Transports;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The proxy's side of a connection for tests: blocking, one call after the other. */
final class ProxySide implements AutoCloseable {

  private static final int ONLY = Flags.END | Flags.LAST;

  final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  final EventLoop loop = loops.next();
  final Recording told = new Recording();
  final AgentChannel<String> channel;
  final Heads.Request request = Heads.browser();

  ProxySide(String address) throws Exception {
    ToAgent.Hello hello =
        new ToAgent.Hello(
            1, 1, 0x2F, 3, Bounds.CALL_CREDIT, Bounds.CONNECTION_CREDIT, 1_000, "test");
    channel = on(() -> Transports.connect(loop, address, hello, told));
  }

  /** Connects, configures with nothing, and waits until the agent is healthy. */
  static ProxySide ready(String address) throws Exception {
    ProxySide side = new ProxySide(address);
    side.told.next();
    side.configure(List.of());
    side.told.next();
    return side;
  }

  <T> T on(Callable<T> task) throws Exception {
    return loop.submit(task).get(20, TimeUnit.SECONDS);
  }

  void configure(List<ConfigNode> nodes) throws Exception {
    on(() -> {
      channel.configure(new ToAgent.Configure(1, "test.kdl", nodes));
      return 0;
    });
  }

  String health() throws Exception {
    on(() -> {
      channel.health(1);
      return 0;
    });
    return told.next();
  }

  int open(String call, int flags) throws Exception {
    return on(() -> channel.open(call, flags, request.head(), request.target(), Heads.context()));
  }

  int openOnly(String call) throws Exception {
    return open(call, ONLY);
  }

  void complete(int id) throws Exception {
    on(() -> {
      channel.complete(id, new RequestComplete(200, 1, 2, 3, ""));
      return 0;
    });
  }

  BodyCall bodyCall(String address, byte[] body) throws Exception {
    BodyCall call = new BodyCall(body);
    on(() -> {
      call.agent = Transports.connect(loop, address, call.hello, call);
      return 0;
    });
    return call;
  }

  /** One request whose body is sent as credit allows. */
  final class BodyCall implements AgentListener<String> {
    final CompletableFuture<byte[]> done = new CompletableFuture<>();
    final CompletableFuture<Decision> decision = new CompletableFuture<>();
    private final ToAgent.Hello hello =
        new ToAgent.Hello(1, 1, 0x2F, 3, 65_536, 65_536, 10, "body");
    private final byte[] body;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private @Nullable AgentChannel<String> agent;
    private int id;
    private int at;
    private boolean ended;

    BodyCall(byte[] body) {
      this.body = body;
    }

    private AgentChannel<String> agent() {
      return Objects.requireNonNull(agent);
    }

    @Override
    public void ready(Welcome welcome) {
      agent().configure(new ToAgent.Configure(1, "", List.of()));
    }

    @Override
    public void configured(Configured configured) {
      id = agent().open("b", Flags.LAST, request.head(), request.target(), Heads.context());
    }

    @Override
    public void decided(String call, EventType event, Decision advice, boolean over) {
      if (over) {
        decision.complete(advice);
        done.complete(out.toByteArray());
      } else {
        send();
      }
    }

    private void send() {
      while (!ended) {
        int credit = agent().bodyCredit(id);
        if (credit == 0) {
          return;
        }
        int count = Math.min(credit, body.length - at);
        ended = at + count == body.length;
        agent().body(id, EventType.REQUEST_BODY, Unpooled.copiedBuffer(body, at, count), ended);
        at += count;
      }
    }

    @Override
    public void credit(String call) {
      send();
    }

    @Override
    public void chunk(String call, ChunkResult result, boolean more) {
      out.writeBytes(result.data());
      agent().consumed(id, result.data().length);
    }

    @Override
    public void ended(String call, String reason) {
      fail(reason);
    }

    @Override
    public void lost(String call, Loss loss) {
      fail(loss.toString());
    }

    private void fail(String reason) {
      done.completeExceptionally(new IllegalStateException(reason));
      decision.completeExceptionally(new IllegalStateException(reason));
    }

    @Override
    public void health(HealthReport report) {}

    @Override
    public void leaving() {}

    @Override
    public void lost(Loss loss) {
      fail(loss.toString());
    }
  }

  @Override
  public void close() {
    loop.execute(channel::close);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
