package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ProtocolViolation;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.Verdict;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks an agent about single requests in this process, under the same rules as over a socket: for
 * explaining what would happen, and for tests of agents. One question at a time; blocks.
 */
public final class InProcess {

  private static final int CALL = 1;

  /** How an agent answered. */
  public sealed interface Reply {

    /** Its final decision on the request. */
    record Decided(Decision decision) implements Reply {}

    /** It gave the call up, broke the protocol, or said nothing in time. */
    record Failed(String reason) implements Reply {}
  }

  /** The session's wire: messages go to a queue, tasks to one thread. */
  private static final class LocalWire implements AgentWire {
    final BlockingQueue<ToProxy> said = new LinkedBlockingQueue<>();
    final ExecutorService loop =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("agent").factory());
    private volatile @Nullable Thread thread;

    LocalWire() {
      loop.execute(() -> thread = Thread.currentThread());
    }

    @Override
    public void send(int call, int flags, ToProxy message) {
      said.add(message);
    }

    @Override
    public void close() {}

    @Override
    public boolean onLoop() {
      return Thread.currentThread() == thread;
    }

    @Override
    public void run(Runnable task) {
      try {
        loop.execute(task);
      } catch (RejectedExecutionException over) {
        // An answer that comes when nobody waits any more.
      }
    }
  }

  private final AgentHost host;

  public InProcess(Lifecycle agent) {
    this.host = new AgentHost(agent);
  }

  /** Configures the agent and warms it up. */
  public List<ConfigProblem> configure(String file, List<ConfigNode> nodes) {
    return host.configureNow(file, nodes);
  }

  public boolean healthy() {
    return host.state() == ToProxy.HealthReport.State.HEALTHY;
  }

  /** What the agent says about itself. */
  public AgentInfo info() {
    return host.info();
  }

  /**
   * Asks about one request.
   *
   * @param body the whole of it; sent only if the agent wants it
   * @param patience for the whole question
   */
  public Reply ask(AgentEvent.RequestHeaders request, byte[] body, Duration patience)
      throws InterruptedException {
    LocalWire wire = new LocalWire();
    AgentSession session = new AgentSession(host, wire);
    try {
      Question question = new Question(wire, session, body, System.nanoTime() + patience.toNanos());
      return question.ask(request);
    } finally {
      wire.run(session::disconnected);
      wire.loop.shutdown();
    }
  }

  /** One call from its head to its decision. */
  private static final class Question {
    private final LocalWire wire;
    private final AgentSession session;
    private final byte[] body;
    private final long deadline;
    private int credit;
    private int sent;
    private boolean wanted;
    private boolean ended;

    Question(LocalWire wire, AgentSession session, byte[] body, long deadline) {
      this.wire = wire;
      this.session = session;
      this.body = body;
      this.deadline = deadline;
      this.credit = Bounds.CALL_CREDIT;
    }

    Reply ask(AgentEvent.RequestHeaders request) throws InterruptedException {
      tell(0, 0, new ToAgent.Hello(1, 1, -1, 3, Bounds.CALL_CREDIT, Bounds.CREDIT_MAX, 1, ""));
      tell(CALL, Flags.LAST | (body.length == 0 ? Flags.END : 0), request);
      while (true) {
        ToProxy message = wire.said.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (message == null) {
          return new Reply.Failed("no answer in time");
        }
        Reply reply = take(message);
        if (reply != null) {
          return reply;
        }
        sendBody();
      }
    }

    private void tell(int id, int flags, ToAgent message) {
      wire.run(() -> {
        try {
          session.receive(id, flags, message);
        } catch (ProtocolViolation broken) {
          wire.said.add(new ToProxy.Ended(String.valueOf(broken.getMessage())));
        }
      });
    }

    private @Nullable Reply take(ToProxy message) {
      return switch (message) {
        case ToProxy.Decided decided -> {
          wanted |= decided.decision().verdict() instanceof Verdict.NeedsMore;
          yield decided.decision().verdict() instanceof Verdict.NeedsMore
              ? null
              : new Reply.Decided(decided.decision());
        }
        case ToProxy.Ended up -> new Reply.Failed(up.reason());
        case ToProxy.AgentCredit more -> {
          credit += more.bytes();
          yield null;
        }
        case ToProxy.ChunkResult result -> {
          tell(CALL, 0, new ToAgent.ProxyCredit(result.data().length));
          yield null;
        }
        case ToProxy.Welcome _, ToProxy.Configured _, ToProxy.HealthReport _, ToProxy.Leaving _ ->
            null;
      };
    }

    private void sendBody() {
      while (wanted && !ended && credit > 0) {
        int bytes = Math.min(Math.min(credit, Bounds.CHUNK_BYTES_MAX), body.length - sent);
        byte[] chunk = Arrays.copyOfRange(body, sent, sent + bytes);
        sent += bytes;
        credit -= bytes;
        ended = sent == body.length;
        tell(CALL, ended ? Flags.END : 0, new AgentEvent.RequestBody(chunk));
      }
    }
  }
}
