package dev.selvedge.app.child;

import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.ToAgent.Configure;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One agent's process, whichever it is at the moment: does what its plan says. Confined to the
 * supervisor's thread, but for what is volatile.
 */
final class Child {

  private final Supervisor supervisor;
  private final int index;
  private final ChildPlan plan;
  private ChildSpec spec;
  private @Nullable Process process;
  private @Nullable HealthProbe probe;
  private long startedAt;
  private long starts;
  private volatile Path socket;
  private volatile ChildPlan.State state = ChildPlan.State.WAITING;
  private volatile String reason = "";

  Child(Supervisor supervisor, int index, ChildSpec spec, long now) {
    this.supervisor = supervisor;
    this.index = index;
    this.spec = spec;
    this.plan = new ChildPlan(now, ThreadLocalRandom.current());
    this.socket = supervisor.folder().socket(index, 0);
  }

  ChildSpec spec() {
    return spec;
  }

  /** The same, written elsewhere. */
  void moved(ChildSpec to) {
    spec = to;
  }

  String address() {
    return "unix:" + socket;
  }

  ChildPlan.State state() {
    return state;
  }

  String reason() {
    return reason;
  }

  long dueAt() {
    return plan.dueAt();
  }

  void leave(long now) {
    plan.leave(now);
    act(now);
  }

  /** Does all that is due. */
  void act(long now) {
    ChildPlan.Step step;
    do {
      step = plan.next(now);
      switch (step) {
        case SPAWN -> spawn(now);
        case ASK -> ask();
        case RELEASE -> release();
        case KILL -> kill();
        case NOTHING -> {}
      }
    } while (step != ChildPlan.Step.NOTHING);
    noticed();
  }

  private void spawn(long now) {
    starts++;
    startedAt = now;
    socket = supervisor.folder().socket(index, starts);
    if (starts > 1) {
      supervisor.metrics().restarted(spec.name());
    }
    try {
      Process started = supervisor.command().start(spec, socket);
      process = started;
      Supervisor.readLines(spec.name(), started, supervisor);
      started.onExit().thenAccept(ended -> supervisor.run(() -> exited(ended)));
      probe = supervisor.probe(address(), spec, new Told(started));
    } catch (IOException failed) {
      plan.exited(now, "cannot be started: " + failed.getMessage());
      supervisor.log("error", "agent " + plan.reason(), spec, "");
    }
  }

  private void ask() {
    HealthProbe asked = probe;
    if (asked != null) {
      asked.ask(plan.state() == ChildPlan.State.HEALTHY);
    }
  }

  /** The end of its control pipe: it answers what is open, then ends. */
  private void release() {
    Process running = process;
    if (running != null) {
      try {
        running.getOutputStream().close();
      } catch (IOException alreadyGone) {
        // Its end will be told.
      }
    }
  }

  private void kill() {
    Process running = process;
    if (running != null) {
      supervisor.log("warn", "agent killed: " + plan.reason(), spec, "");
      running.destroyForcibly();
    }
  }

  private void exited(Process ended) {
    if (!ended.equals(process)) {
      return;
    }
    int code = ended.exitValue();
    process = null;
    closeProbe();
    deleteSocket();
    plan.exited(supervisor.nanos(), "ended with code " + code);
    boolean wanted = plan.state() == ChildPlan.State.GONE;
    String members = ",\"code\":" + code + ",\"pid\":" + ended.pid();
    supervisor.log(wanted ? "info" : "warn", "agent ended", spec, members);
    if (plan.state() == ChildPlan.State.HELD) {
      supervisor.log("error", "agent dies again and again, held: " + plan.reason(), spec, "");
    }
    act(supervisor.nanos());
  }

  private void closeProbe() {
    HealthProbe open = probe;
    probe = null;
    if (open != null) {
      open.close();
    }
  }

  private void deleteSocket() {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException gone) {
      // The folder will be removed whole.
    }
  }

  /** Publishes the state, and tells whoever waits for it. */
  private void noticed() {
    ChildPlan.State before = state;
    state = plan.state();
    reason = plan.reason();
    if (before != state) {
      if (state == ChildPlan.State.HEALTHY) {
        Process running = process;
        String pid = running == null ? "" : ",\"pid\":" + running.pid();
        long millis = (supervisor.nanos() - startedAt) / 1_000_000;
        supervisor.log("info", "agent healthy", spec, pid + ",\"ms\":" + millis);
      }
      supervisor.changed();
    }
  }

  /** Kills at once; the last resort when the program ends. */
  void destroy() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  /** What a probe of one process tells; once that is gone, nobody listens. */
  private final class Told implements HealthProbe.Listener {
    private final Process asked;

    Told(Process asked) {
      this.asked = asked;
    }

    @Override
    public void health(HealthReport.State health) {
      tell(() -> plan.answered(supervisor.nanos(), health));
    }

    @Override
    public void refused(List<ConfigProblem> problems) {
      ConfigProblem first = problems.getFirst();
      String why = spec.file() + ":" + first.line() + ":" + first.column() + ": " + first.message();
      tell(() -> plan.refused(supervisor.nanos(), why));
    }

    private void tell(Runnable event) {
      supervisor.run(() -> {
        if (asked.equals(process)) {
          event.run();
          act(supervisor.nanos());
        }
      });
    }
  }

  /** What the agent is told when it is asked the first time. */
  static Configure configure(ChildSpec spec) {
    return new Configure(1, spec.file(), spec.nodes());
  }
}
