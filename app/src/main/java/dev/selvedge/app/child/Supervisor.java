package dev.selvedge.app.child;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.proxy.record.JsonText;
import dev.selvedge.kernel.Metrics;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the child of each built-in agent alive and healthy. All children are started by one
 * platform thread that lives as long as the program: the system kills a child when the thread that
 * started it ends (prctl(2)). Thread-safe.
 *
 * <p>A child that dies, or does not answer for 2 s, is replaced; while it is, the agent's failure
 * mode serves. A changed agent gets a new child beside the old one, so that a reload never serves
 * from a cold one.
 */
public final class Supervisor implements AutoCloseable {

  /** The thread starts processes and writes log lines: either may stand still with the disk. */
  private static final Duration CALL_MAX = Duration.ofSeconds(10);

  private static final Duration END_MAX = ChildPlan.LEAVE_MAX.plusSeconds(2);

  private final ChildCommand command;
  private final ChildLog log;
  private final Duration callMax;
  private final SocketFolder folder;
  private final ChildMetrics metrics;
  private final EventLoopGroup probes;
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private int madeSoFar;
  private volatile boolean ended;

  private Supervisor(ChildCommand command, Metrics metrics, ChildLog log, Duration callMax)
      throws IOException {
    this.callMax = callMax;
    this.command = command;
    this.log = log;
    this.folder = SocketFolder.open();
    this.metrics = new ChildMetrics(metrics);
    this.probes = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    this.thread = Thread.ofPlatform().daemon().name("agent-supervisor").unstarted(this::loop);
  }

  /** Starts without children. */
  public static Supervisor start(ChildCommand command, Metrics metrics, ChildLog log)
      throws IOException {
    return start(command, metrics, log, CALL_MAX);
  }

  static Supervisor start(ChildCommand command, Metrics metrics, ChildLog log, Duration callMax)
      throws IOException {
    Supervisor supervisor = new Supervisor(command, metrics, log, callMax);
    supervisor.thread.start();
    return supervisor;
  }

  // ---- what the program asks

  /**
   * Starts a child for each built-in agent that has none; the others stay. Does not wait.
   *
   * @return the agents that had none
   */
  public List<AgentConfig> want(Collection<AgentConfig> agents) {
    // Filled by the thread, after this has gone on if the thread stood still.
    List<AgentConfig> started = new CopyOnWriteArrayList<>();
    call(() -> {
      for (AgentConfig agent : agents) {
        if (agent.address() == null && provide(ChildSpec.of(agent))) {
          started.add(agent);
        }
      }
    });
    return started;
  }

  /** Whether there was none. */
  private boolean provide(ChildSpec spec) {
    Child child = find(spec);
    if (child != null) {
      child.moved(spec);
      return false;
    }
    metrics.register(spec.name(), this::child);
    Child made = new Child(this, madeSoFar++, spec, nanos());
    children.add(made);
    made.act(nanos());
    return true;
  }

  /** Lets every child go that none of these needs. Does not wait. */
  public void keep(Collection<AgentConfig> agents) {
    List<ChildSpec> needed = specs(agents);
    call(() -> {
      for (Child child : children) {
        if (needed.stream().noneMatch(child.spec()::same)) {
          child.leave(nanos());
        }
      }
    });
  }

  /**
   * Waits until the children of all these agents are healthy, or that time is over.
   *
   * @return what is not healthy then, one line each
   */
  public List<String> awaitHealthy(Collection<AgentConfig> agents, Duration most)
      throws InterruptedException {
    long left = most.toNanos();
    lock.lock();
    try {
      List<String> missing = unhealthy(agents);
      while (!missing.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
        missing = unhealthy(agents);
      }
      return missing;
    } finally {
      lock.unlock();
    }
  }

  /** What is not healthy now, one line each; agents that run elsewhere are not ours to know. */
  public List<String> unhealthy(Collection<AgentConfig> agents) {
    List<String> missing = new ArrayList<>();
    for (ChildSpec spec : specs(agents)) {
      Child child = find(spec);
      String why = child == null ? "no process" : trouble(child);
      if (why != null) {
        missing.add("agent " + spec.name() + ": " + why);
      }
    }
    return missing;
  }

  /** Why the child of that agent is not healthy; null where it is, or there is none. */
  public @Nullable String trouble(String agent) {
    Child child = child(agent);
    return child == null ? null : trouble(child);
  }

  private static @Nullable String trouble(Child child) {
    if (child.state() == ChildPlan.State.HEALTHY) {
      return null;
    }
    String state = child.state().name().toLowerCase(Locale.ROOT);
    return "its process is " + state + (child.reason().isEmpty() ? "" : ": " + child.reason());
  }

  /** Where to reach a built-in agent at this moment, as {@code unix:PATH}; null: nowhere. */
  public @Nullable String address(AgentConfig agent) {
    Child child = find(ChildSpec.of(agent));
    return child == null ? null : child.address();
  }

  private static List<ChildSpec> specs(Collection<AgentConfig> agents) {
    return agents.stream().filter(it -> it.address() == null).map(ChildSpec::of).toList();
  }

  /** The child that serves an agent; one that leaves does not any more. */
  private @Nullable Child find(ChildSpec spec) {
    for (Child child : children) {
      boolean leaves =
          child.state() == ChildPlan.State.LEAVING || child.state() == ChildPlan.State.GONE;
      if (!leaves && child.spec().same(spec)) {
        return child;
      }
    }
    return null;
  }

  private @Nullable Child child(String name) {
    Child found = null;
    for (Child child : children) {
      found = child.spec().name().equals(name) ? child : found;
    }
    return found;
  }

  /** Lets all children go, waits for them, and kills what does not end. */
  @Override
  public void close() {
    if (ended) {
      return;
    }
    call(() -> children.forEach(child -> child.leave(nanos())));
    long left = END_MAX.toNanos();
    lock.lock();
    try {
      while (!children.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    call(() -> {
      children.forEach(Child::destroy);
      ended = true;
    });
    probes.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    folder.close();
  }

  // ---- the thread

  private void loop() {
    while (!ended) {
      try {
        Runnable task = tasks.poll(untilDue(), TimeUnit.NANOSECONDS);
        if (task != null) {
          task.run();
        } else {
          long now = nanos();
          children.forEach(child -> child.act(now));
        }
        forgetGone();
      } catch (Throwable bug) {
        log.line("error", "supervision failed: " + bug, "");
      }
    }
  }

  private long untilDue() {
    long due = nanos() + Duration.ofSeconds(10).toNanos();
    for (Child child : children) {
      due = child.dueAt() - due < 0 ? child.dueAt() : due;
    }
    return Math.max(0, due - nanos());
  }

  private void forgetGone() {
    if (children.removeIf(child -> child.state() == ChildPlan.State.GONE)) {
      changed();
    }
  }

  /** Runs it on the thread, later. */
  void run(Runnable task) {
    tasks.add(task);
  }

  /**
   * Runs it on the thread and waits for that, at most for a bound: whoever asks goes on, and the
   * task is run as soon as the thread is free.
   */
  private void call(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    run(() -> {
      try {
        task.run();
      } finally {
        done.complete(null);
      }
    });
    try {
      done.get(callMax.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException stuck) {
      log.line("error", "supervision does not answer within " + callMax.toMillis() + " ms", "");
    } catch (ExecutionException bug) {
      throw new IllegalStateException(bug);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- what children use

  ChildCommand command() {
    return command;
  }

  SocketFolder folder() {
    return folder;
  }

  ChildMetrics metrics() {
    return metrics;
  }

  long nanos() {
    return System.nanoTime();
  }

  HealthProbe probe(String address, ChildSpec spec, HealthProbe.Listener listener) {
    return new HealthProbe(probes.next(), address, spec.name(), Child.configure(spec), listener);
  }

  void log(String level, String message, ChildSpec spec, String members) {
    log.line(level, message, ",\"agent\":" + JsonText.quoted(spec.name()) + members);
  }

  static void readLines(String agent, Process process, Supervisor supervisor) {
    ChildLines lines = new ChildLines(agent, supervisor.log, supervisor::nanos);
    Thread.ofPlatform()
        .daemon()
        .name("agent-log")
        .start(() -> lines.read(process.getInputStream()));
  }

  void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
