package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.AgentListener;
import dev.selvedge.edge.protocol.client.Loss;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one loop to one agent, made again whenever it is gone.
 *
 * <pre>
 *   RESTING ──back-off──▶ GREETING ─welcome─▶ CONFIGURING ─configured─▶ WATCHING (asks for health)
 *      ◀──────────────lost, silent, refused──────────┴──────────────────────┘
 * </pre>
 *
 * <p>Calls may be opened only while the agent's last report said healthy. Back-off grows from 50 ms
 * to 1 s, with jitter, and starts anew once the agent was healthy. An agent that leaves answers its
 * open calls on the old connection while a new one is made: for 30 s at most, and on one old
 * connection only, so that one that leaves for ever keeps no more than two open. Confined to its
 * event loop, except {@link #healthy} and {@link #problem}.
 */
final class AgentLink extends TimerWheel.Timer {

  private enum Phase {
    RESTING,
    GREETING,
    CONFIGURING,
    WATCHING,
    RETIRED
  }

  private static final System.Logger LOG = System.getLogger("selvedge.proxy");
  private static final long MILLI = 1_000_000L;
  private static final long BACK_OFF_MIN = 50 * MILLI;
  private static final long BACK_OFF_MAX = 1_000 * MILLI;
  private static final long GREETING_MAX = 2_000 * MILLI;
  private static final long WARMING_POLL = 20 * MILLI;
  private static final long HEALTH_POLL = 1_000 * MILLI;
  private static final long RETIRED_MAX = 30_000 * MILLI;
  private static final long QUIET = 60_000 * MILLI;

  /** Questions for health without an answer that make an agent unhealthy. */
  private static final int SILENT_MAX = 2;

  private final AgentLoop owner;
  private final Worker worker;
  private final AgentDialer dialer;
  private Phase phase = Phase.RESTING;
  private final LeaveTimer leaveTimer = new LeaveTimer();
  private @Nullable Connection current;

  /** One whose agent asked for no more calls; its open ones are answered there. */
  private @Nullable Connection left;

  private long backOff = BACK_OFF_MIN;
  private long nonce;
  private int silent;
  private boolean connectFailed;
  private boolean told;
  private long toldAt;
  private volatile boolean healthy;
  private volatile @Nullable String problem = "not connected yet";

  AgentLink(AgentLoop owner, Worker worker, AgentDialer dialer) {
    this.owner = owner;
    this.worker = worker;
    this.dialer = dialer;
  }

  boolean healthy() {
    return healthy;
  }

  /** Why it is not healthy; null where it is. */
  @Nullable String problem() {
    return problem;
  }

  /** Whether the last try to connect and greet failed: that counts for the breaker. */
  boolean connectFailed() {
    return connectFailed;
  }

  /** Where calls are opened; only while {@link #healthy}. */
  AgentChannel<AgentCall> channel() {
    return Objects.requireNonNull(Objects.requireNonNull(current).channel);
  }

  void connect() {
    if (phase != Phase.RESTING) {
      return;
    }
    phase = Phase.GREETING;
    worker.timers().arm(this, worker.readClock() + GREETING_MAX);
    Connection connection = new Connection();
    current = connection;
    dialer.dial(
        worker.loop(),
        connection,
        channel -> {
          connection.channel = channel;
          if (connection != current || phase == Phase.RETIRED) {
            channel.close();
          }
        },
        reason -> connection.gone(reason, true));
  }

  /** Opens no more calls; the connection ends after its last one. */
  void retire() {
    phase = Phase.RETIRED;
    healthy = false;
    problem = "retired";
    Connection connection = current;
    worker.timers().remove(this);
    if (connection != null && connection.channel != null) {
      worker.timers().arm(this, worker.readClock() + RETIRED_MAX);
      if (connection.channel.ready()) {
        connection.channel.drain();
      } else {
        connection.channel.close();
      }
    }
  }

  @Override
  protected void expired(long nowNanos) {
    worker.readClock();
    switch (phase) {
      case RESTING -> connect();
      case GREETING, CONFIGURING -> broken("no answer to the greeting", true);
      case WATCHING -> {
        if (silent >= SILENT_MAX) {
          down("no answer to questions for its health");
        }
        askHealth();
      }
      case RETIRED -> {
        if (current != null && current.channel != null) {
          current.channel.close();
        }
      }
    }
  }

  private void askHealth() {
    silent++;
    channel().health(++nonce);
    worker.timers().arm(this, worker.now() + HEALTH_POLL);
  }

  /** Gives the connection up. */
  private void broken(String reason, boolean connecting) {
    Connection connection = current;
    if (connection != null) {
      connection.gone(reason, connecting);
      if (connection.channel != null) {
        connection.channel.close();
      }
    }
  }

  private void down(String reason) {
    healthy = false;
    problem = reason;
    owner.linkDown();
  }

  private void rest() {
    if (phase != Phase.RETIRED) {
      phase = Phase.RESTING;
      long jitter = worker.random().nextLong(backOff / 2);
      worker.timers().arm(this, worker.now() + backOff - jitter);
      backOff = Math.min(backOff * 2, BACK_OFF_MAX);
    }
  }

  /**
   * Once a minute at most: which rule it was is all that its author needs, and records say how
   * often.
   */
  private void tellViolation(String detail) {
    if (!told || worker.now() - toldAt >= QUIET) {
      told = true;
      toldAt = worker.now();
      String name = owner.agent().config().name();
      LOG.log(System.Logger.Level.WARNING, "agent " + name + " broke the protocol: " + detail);
    }
  }

  /** How long an agent that leaves may take for its open calls. */
  private final class LeaveTimer extends TimerWheel.Timer {
    @Override
    protected void expired(long nowNanos) {
      worker.readClock();
      if (left != null) {
        left.close();
      }
    }
  }

  /** One connection, and what it tells; an old one only tells its calls. */
  private final class Connection implements AgentListener<AgentCall> {
    private @Nullable AgentChannel<AgentCall> channel;
    private boolean welcomed;
    private boolean counted;

    private boolean isCurrent() {
      return this == current;
    }

    /** It is of no more use to new calls. */
    void gone(String reason, boolean connecting) {
      if (isCurrent()) {
        worker.readClock();
        current = null;
        connectFailed = connecting;
        down(reason);
        rest();
      }
    }

    // ---- about the connection

    @Override
    public void ready(Welcome welcome) {
      worker.readClock();
      welcomed = true;
      worker.metrics().add(owner.agent().metrics().connections(), 1);
      if (!isCurrent() || phase != Phase.GREETING) {
        return;
      }
      if ((welcome.events() & owner.agent().events()) == 0) {
        broken("it wants none of the events it is configured for", true);
        return;
      }
      phase = Phase.CONFIGURING;
      Objects.requireNonNull(channel).configure(dialer.configure());
    }

    @Override
    public void configured(Configured configured) {
      worker.readClock();
      if (!isCurrent() || phase != Phase.CONFIGURING) {
        return;
      }
      if (configured.problems().isEmpty()) {
        phase = Phase.WATCHING;
        silent = 0;
        problem = "warming up";
        askHealth();
      } else {
        ConfigProblem first = configured.problems().getFirst();
        broken("its configuration: line " + first.line() + ": " + first.message(), true);
      }
    }

    @Override
    public void health(HealthReport report) {
      worker.readClock();
      if (!isCurrent() || phase != Phase.WATCHING) {
        return;
      }
      silent = 0;
      switch (report.state()) {
        case HEALTHY -> {
          if (!healthy) {
            owner.agent().breaker().reconnected(worker.now());
          }
          healthy = true;
          problem = null;
          connectFailed = false;
          backOff = BACK_OFF_MIN;
        }
        case WARMING -> {
          down("warming up");
          worker.timers().arm(AgentLink.this, worker.now() + WARMING_POLL);
        }
        case DRAINING -> down("draining");
        case UNHEALTHY -> down("it says that it is not healthy: " + report.text());
      }
    }

    @Override
    public void leaving() {
      if (isCurrent()) {
        gone("it is leaving", false);
        Connection before = left;
        left = this;
        worker.timers().arm(leaveTimer, worker.now() + RETIRED_MAX);
        if (before != null) {
          before.close();
        }
      }
    }

    void close() {
      if (channel != null) {
        channel.close();
      }
    }

    @Override
    public void lost(Loss loss) {
      worker.readClock();
      if (welcomed && loss.kind() != Loss.Kind.CLOSED && loss.kind() != Loss.Kind.DRAINED) {
        worker.metrics().add(owner.agent().metrics().lost(), 1);
      }
      if (loss.violation() != null) {
        tellViolation(loss.detail());
      }
      if (left == this) {
        left = null;
        worker.timers().disarm(leaveTimer);
      }
      gone(loss.detail(), !welcomed);
    }

    // ---- about calls

    @Override
    public void decided(AgentCall call, EventType event, Decision decision, boolean over) {
      worker.readClock();
      call.decided(event, decision, over);
    }

    @Override
    public void chunk(AgentCall call, ChunkResult result, boolean more) {
      worker.readClock();
      call.chunk(result, more);
    }

    @Override
    public void credit(AgentCall call) {
      worker.readClock();
      call.credit();
    }

    @Override
    public void ended(AgentCall call, String reason) {
      worker.readClock();
      call.gaveUp();
    }

    /** A connection's end is one failure to the breaker, however many calls it takes along. */
    @Override
    public void lost(AgentCall call, Loss loss) {
      worker.readClock();
      boolean counts =
          !counted && loss.kind() != Loss.Kind.CLOSED && loss.kind() != Loss.Kind.DRAINED;
      counted |= counts;
      call.lost(loss.kind() == Loss.Kind.VIOLATION, counts);
    }
  }
}
