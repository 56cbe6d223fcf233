package dev.selvedge.app.explain;

import dev.selvedge.app.explain.AgentReplies.Reply;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.Loss;
import dev.selvedge.edge.proxy.agent.AgentAddresses;
import dev.selvedge.edge.proxy.agent.AgentDialer;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One question to an agent that runs elsewhere, as the proxy would put it. One use. */
final class LiveAgent implements AgentListener<String> {

  private static final String CALL = "explain";

  private final AgentDialer dialer;
  private final RequestHeaders request;
  private final byte[] body;
  private final CompletableFuture<Reply> reply = new CompletableFuture<>();

  // Confined to the loop:
  private @Nullable AgentChannel<String> channel;
  private int call;
  private int sent;
  private boolean ended;

  private LiveAgent(AgentDialer dialer, RequestHeaders request, byte[] body) {
    this.dialer = dialer;
    this.request = request;
    this.body = body;
  }

  static Reply ask(AgentConfig agent, RequestHeaders request, byte[] body, Duration patience)
      throws InterruptedException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      AgentDialer dialer =
          new AgentDialer(
              agent,
              AgentAddresses.configured(),
              EventType.REQUEST_HEADERS.bit() | EventType.REQUEST_BODY.bit());
      LiveAgent asked = new LiveAgent(dialer, request, body);
      EventLoop loop = loops.next();
      loop.execute(() -> dialer.dial(loop, asked, asked::made, asked::fail));
      return asked.reply.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException silent) {
      return new Reply.Failed("no answer within " + patience.toSeconds() + " s");
    } catch (ExecutionException | IOException failed) {
      return new Reply.Failed(String.valueOf(failed.getMessage()));
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private void made(AgentChannel<String> made) {
    channel = made;
    if (made.ready() && call == 0) {
      made.configure(dialer.configure());
    }
  }

  private void fail(String reason) {
    reply.complete(new Reply.Failed(reason));
  }

  @Override
  public void ready(Welcome welcome) {
    if (channel != null) {
      channel.configure(dialer.configure());
    }
  }

  @Override
  public void configured(Configured configured) {
    AgentChannel<String> open = channel;
    if (!configured.problems().isEmpty()) {
      fail("it refuses its configuration: " + configured.problems().getFirst().message());
    } else if (open != null) {
      open.health(0);
    }
  }

  @Override
  public void health(HealthReport report) {
    AgentChannel<String> open = channel;
    if (report.state() != HealthReport.State.HEALTHY || open == null) {
      fail("it is not healthy, but " + report.state().name().toLowerCase(java.util.Locale.ROOT));
      return;
    }
    RequestTarget target = new RequestTarget();
    target.parse(request.head(), request.context().secure(), false);
    int flags = Flags.LAST | (body.length == 0 ? Flags.END : 0);
    call = open.open(CALL, flags, request.head(), target, request.context());
    if (call == 0) {
      fail("it takes no call");
    }
  }

  @Override
  public void decided(String asked, EventType event, Decision decision, boolean over) {
    if (over) {
      reply.complete(new Reply.Decided(decision));
    } else {
      send();
    }
  }

  private void send() {
    AgentChannel<String> open = channel;
    while (open != null && !ended) {
      int credit = open.bodyCredit(call);
      if (credit == 0) {
        return;
      }
      int count = Math.min(credit, body.length - sent);
      ended = sent + count == body.length;
      open.body(call, EventType.REQUEST_BODY, Unpooled.copiedBuffer(body, sent, count), ended);
      sent += count;
    }
  }

  @Override
  public void credit(String asked) {
    send();
  }

  @Override
  public void chunk(String asked, ChunkResult result, boolean more) {
    if (channel != null) {
      channel.consumed(call, result.data().length);
    }
  }

  @Override
  public void ended(String asked, String reason) {
    fail("it gave up: " + reason);
  }

  @Override
  public void lost(String asked, Loss loss) {
    fail(loss.detail());
  }

  @Override
  public void lost(Loss loss) {
    fail(loss.detail());
  }

  @Override
  public void leaving() {}
}
