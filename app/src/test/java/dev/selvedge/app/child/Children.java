package dev.selvedge.app.child;

import dev.selvedge.app.FaultyProgram;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import dev.selvedge.kernel.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A supervisor with real children, for tests. */
final class Children implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  final Metrics metrics = new Metrics();
  final List<String> log = new ArrayList<>();
  final Supervisor supervisor;

  Children() throws Exception {
    ChildCommand command = new ChildCommand(FaultyProgram.class.getName());
    supervisor = Supervisor.start(command, metrics, this::logged);
  }

  private void logged(String level, String message, String members) {
    synchronized (log) {
      log.add(level + " " + message + members);
    }
  }

  /** The log as one text. */
  String log() {
    synchronized (log) {
      return String.join("\n", log);
    }
  }

  /** The agents of a configuration; each block as it stands in {@code agents}. */
  static Collection<AgentConfig> agents(String blocks) {
    String kdl =
        """
        agents { %s }
        listeners { listener "web" { address "127.0.0.1:0" } }
        routes { route "own" { respond { body "fine" } } }
        """
            .formatted(blocks);
    List<String> types = List.of("echo", "denylist", "faulty");
    return switch (ConfigLoader.parse(kdl, "test.kdl", any -> null, types)) {
      case Loaded.Ok ok -> agents(ok.config());
      case Loaded.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private static Collection<AgentConfig> agents(Config config) {
    return config.agents().values();
  }

  static AgentConfig one(String block) {
    return agents(block).iterator().next();
  }

  /** Starts it and waits until it is healthy. */
  void start(Collection<AgentConfig> agents) throws Exception {
    supervisor.want(agents);
    List<String> missing = supervisor.awaitHealthy(agents, PATIENCE);
    if (!missing.isEmpty()) {
      throw new AssertionError(missing + "\n" + log());
    }
  }

  /** The pid of the only child that runs now. */
  static ProcessHandle onlyChild() {
    List<ProcessHandle> all =
        ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    if (all.size() != 1) {
      throw new AssertionError("children: " + all);
    }
    return all.getFirst();
  }

  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within a minute: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    supervisor.close();
  }
}
