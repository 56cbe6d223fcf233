package dev.selvedge.edge.protocol.contract;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Features;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ReceivedContext;
import dev.selvedge.edge.protocol.RequestContext;
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
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the agent under test, as blocking steps with a deadline each. What the agent
 * says is queued and taken in order; another kind than expected fails the check. Not thread-safe.
 */
final class CheckedAgent implements AgentListener<Integer>, AutoCloseable {

  private static final int ALL_EVENTS = 0x2F;
  private static final int FEATURES =
      Features.REPLACES_REQUEST_BODY | Features.REPLACES_RESPONSE_BODY;
  private static final int CALLS = 1_000;

  /** What the agent said about a call. */
  sealed interface Told {
    int call();
  }

  record Decided(int call, EventType event, Decision decision, boolean over) implements Told {}

  record Chunk(int call, ChunkResult result, boolean more) implements Told {}

  record Credit(int call) implements Told {}

  record GivenUp(int call, String reason) implements Told {}

  private final EventLoop loop;
  private final BlockingQueue<Object> said = new LinkedBlockingQueue<>();
  private final AgentChannel<Integer> channel;
  private final long patienceMillis;

  CheckedAgent(EventLoop loop, String address, int versionMin, long patienceMillis)
      throws Exception {
    this.loop = loop;
    this.patienceMillis = patienceMillis;
    ToAgent.Hello hello =
        new ToAgent.Hello(
            versionMin,
            Math.max(versionMin, Bounds.VERSION),
            ALL_EVENTS,
            FEATURES,
            Bounds.CALL_CREDIT,
            Bounds.CONNECTION_CREDIT,
            CALLS,
            "contract");
    channel = on(() -> Transports.connect(loop, address, hello, this));
  }

  <T> T on(Callable<T> task) throws Exception {
    return loop.submit(task).get(patienceMillis, TimeUnit.MILLISECONDS);
  }

  void run(Runnable task) throws Exception {
    loop.submit(task).get(patienceMillis, TimeUnit.MILLISECONDS);
  }

  // ---- steps

  /** Waits for the next thing the agent says, which must be of that kind. */
  <T> T expect(Class<T> kind) throws InterruptedException {
    Object next = next();
    if (!kind.isInstance(next)) {
      throw new CheckFailed("expected " + kind.getSimpleName() + ", got " + next);
    }
    return kind.cast(next);
  }

  Object next() throws InterruptedException {
    Object next = said.poll(patienceMillis, TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new CheckFailed("the agent said nothing for " + patienceMillis + " ms");
    }
    return next;
  }

  /** Greets, configures with nothing and waits until the agent is healthy. */
  Welcome ready() throws Exception {
    Welcome welcome = expect(Welcome.class);
    run(() -> channel.configure(new ToAgent.Configure(1, "", List.of())));
    expect(Configured.class);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    while (health(1).state() != HealthReport.State.HEALTHY) {
      if (System.nanoTime() > deadline) {
        throw new CheckFailed("not healthy after " + patienceMillis + " ms");
      }
      Thread.sleep(20);
    }
    return welcome;
  }

  HealthReport health(long nonce) throws Exception {
    run(() -> channel.health(nonce));
    return expect(HealthReport.class);
  }

  int open(int call, int flags, String method) throws Exception {
    return on(() -> openNow(call, flags, method));
  }

  /** Opens a call and takes it back before the agent can have answered. */
  void openAndCancel(int call) throws Exception {
    run(() -> channel.cancel(openNow(call, 0, "POST")));
  }

  private int openNow(int call, int flags, String method) {
    HttpHead head = new HttpHead();
    text(head, method, true);
    text(head, "/contract/" + call + "?q=1", false);
    head.addField("host", "contract.example");
    head.addField("user-agent", "selvedge-contract");
    RequestTarget target = new RequestTarget();
    if (target.parse(head, false, true) != null) {
      throw new IllegalStateException("a request of our own is refused");
    }
    int id = channel.open(call, flags, head, target, context());
    if (id == 0) {
      throw new CheckFailed("call " + call + " could not be opened");
    }
    return id;
  }

  private static void text(HttpHead head, String text, boolean method) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int start = head.append(bytes, 0, bytes.length);
    if (method) {
      head.method(start, bytes.length);
    } else {
      head.target(start, bytes.length);
    }
  }

  private static RequestContext context() {
    byte[] id = "00000000000000000000".getBytes(StandardCharsets.US_ASCII);
    byte[] route = "contract".getBytes(StandardCharsets.US_ASCII);
    return new ReceivedContext(id, route, new byte[] {127, 0, 0, 1}, 40_000, false, 11, 1_000_000);
  }

  void responseHeaders(int id, int flags) throws Exception {
    HttpHead head = new HttpHead();
    head.status(200);
    head.addField("content-type", "text/plain");
    run(() -> channel.responseHeaders(id, flags, head));
  }

  /** Sends a body as credit allows; returns what came of it, the final decision last. */
  Decided body(int id, EventType event, int size) throws Exception {
    int sent = 0;
    int results = 0;
    int chunks = 0;
    boolean ended = false;
    while (true) {
      while (!ended && said.isEmpty()) {
        int credit = on(() -> channel.bodyCredit(id));
        if (credit == 0) {
          break;
        }
        int count = Math.min(credit, size - sent);
        boolean end = sent + count == size;
        run(() -> channel.body(id, event, Unpooled.buffer().writeZero(count), end));
        sent += count;
        ended = end;
        chunks++;
      }
      switch (expect(Told.class)) {
        case Credit _ -> {}
        case Chunk chunk -> {
          results += chunk.more() ? 0 : 1;
          run(() -> channel.consumed(id, chunk.result().data().length));
        }
        case Decided decided -> {
          if (on(() -> channel.replaces(event)) && ended && results != chunks) {
            throw new CheckFailed(results + " results for " + chunks + " chunks");
          }
          return decided;
        }
        case GivenUp given -> throw new CheckFailed("the call was given up: " + given.reason());
      }
    }
  }

  void complete(int id) throws Exception {
    run(() -> channel.complete(id, new RequestComplete(200, 1_000, 0, 5, "")));
  }

  void drain() throws Exception {
    run(channel::drain);
  }

  int openCalls() throws Exception {
    return on(channel::openCalls);
  }

  /** Nothing more was said. */
  void quiet() {
    Object next = said.poll();
    if (next != null) {
      throw new CheckFailed("unexpected " + next);
    }
  }

  static boolean wants(Welcome welcome, EventType event) {
    return event.in(welcome.events());
  }

  static int only(int flags) {
    return flags | Flags.LAST;
  }

  @Override
  public void close() {
    loop.execute(channel::close);
  }

  // ---- what the agent says

  @Override
  public void decided(Integer call, EventType event, Decision decision, boolean over) {
    said.add(new Decided(call, event, decision, over));
  }

  @Override
  public void chunk(Integer call, ChunkResult result, boolean more) {
    said.add(new Chunk(call, result, more));
  }

  @Override
  public void credit(Integer call) {
    said.add(new Credit(call));
  }

  @Override
  public void ended(Integer call, String reason) {
    said.add(new GivenUp(call, reason));
  }

  @Override
  public void lost(Integer call, Loss loss) {}

  @Override
  public void ready(Welcome welcome) {
    said.add(welcome);
  }

  @Override
  public void configured(Configured configured) {
    said.add(configured);
  }

  @Override
  public void health(HealthReport report) {
    said.add(report);
  }

  @Override
  public void leaving() {}

  @Override
  public void lost(Loss loss) {
    said.add(loss);
  }

  /** A check did not hold. */
  static final class CheckFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    CheckFailed(String message) {
      super(message, null, false, false);
    }

    static void unless(boolean holds, @Nullable Object what) {
      if (!holds) {
        throw new CheckFailed(String.valueOf(what));
      }
    }
  }
}
