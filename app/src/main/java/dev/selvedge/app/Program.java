package dev.selvedge.app;

import dev.selvedge.app.admin.AdminServer;
import dev.selvedge.app.admin.AdminSources;
import dev.selvedge.app.admin.AdminSources.Outcome;
import dev.selvedge.app.admin.AdminSources.Readiness;
import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.load.Loaded;
import dev.selvedge.edge.proxy.Proxy;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.edge.proxy.record.Records;
import dev.selvedge.kernel.Clock;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One running program: the proxy, its agents' processes, its records, its admin listener, and the
 * signals that steer it. Thread-safe; reload and drain exclude each other.
 */
final class Program implements AutoCloseable {

  /** How long ready waits for agents; then their failure mode serves. */
  private static final Duration AGENTS_AT_START = Duration.ofSeconds(2);

  private final Path file;
  private final Metrics metrics;
  private final Records records;
  private final Proxy proxy;
  private final AgentTypes types;
  private final AgentChildren children;
  private final ReentrantLock changing = new ReentrantLock();
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private volatile Readiness readiness = Readiness.STARTING;
  private volatile Set<Path> files;
  private @Nullable AdminServer admin;
  private @Nullable FileWatch watch;

  private Program(
      AgentTypes types,
      Path file,
      Set<Path> files,
      Metrics metrics,
      Records records,
      AgentChildren children,
      Proxy proxy) {
    this.types = types;
    this.children = children;
    this.file = file;
    this.files = files;
    this.metrics = metrics;
    this.records = records;
    this.proxy = proxy;
  }

  /**
   * Starts to serve what was loaded.
   *
   * @throws IOException with a line for the operator, if the world does not allow it
   */
  static Program start(AgentTypes types, Path file, Loaded.Ok loaded) throws IOException {
    Config config = loaded.config();
    Metrics metrics = new Metrics();
    Names names = new Names();
    int process = new SecureRandom().nextInt();
    int wanted = config.system().workerThreads();
    int loops = wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
    Records records = Records.open(process, loops, names, metrics, config.system().accessLog());
    AgentChildren children = new AgentChildren(types, metrics);
    try {
      children.want(config.agents().values());
      long _ = WarmUp.run(WarmUp.AT_START, !config.agents().isEmpty()); // While children start.
      Proxy proxy =
          Proxy.start(
              config,
              new Proxy.Surroundings(
                  process,
                  Clock.system(),
                  metrics,
                  names,
                  records::recorderFor,
                  children::address));
      Program program = new Program(types, file, loaded.files(), metrics, records, children, proxy);
      program.startAdmin();
      proxy.awaitAgents(AGENTS_AT_START);
      return program;
    } catch (IOException | RuntimeException failed) {
      children.close();
      records.close();
      throw failed;
    }
  }

  private void startAdmin() throws IOException {
    Address address = proxy.config().admin().address();
    if (address == null) {
      return;
    }
    InetSocketAddress bound = new InetSocketAddress(address.host(), address.port());
    AdminSources sources =
        new AdminSources(
            () -> readiness,
            this::unhealthyAgents,
            metrics,
            new Decisions(records),
            proxy::config,
            this::reload);
    try {
      admin = AdminServer.start(bound, sources);
    } catch (IOException taken) {
      proxy.close();
      throw new IOException(
          "cannot listen on " + address + " (admin): " + taken.getMessage(), taken);
    }
  }

  /** One line for each agent that not every loop can ask. */
  private List<String> unhealthyAgents() {
    return proxy.agents().stream()
        .filter(agent -> !agent.healthy())
        .map(agent -> {
          String child = children.trouble(agent.name());
          String why = child != null ? child : agent.problem();
          return "agent " + agent.name() + " is not healthy" + (why == null ? "" : ": " + why);
        })
        .toList();
  }

  /** What the admin listener may read of the records. */
  private record Decisions(Records records) implements AdminSources.Decisions {
    @Override
    public @Nullable RecordView find(String id) {
      return records.find(id);
    }

    @Override
    public List<RecordView> recent(int n, boolean notableOnly) {
      return records.recent(n, notableOnly);
    }
  }

  /** Tells where it listens, and handles signals from now on. */
  void announce(long millis) {
    Signals.on("HUP", () -> Thread.ofVirtual().start(this::reload));
    Signals.on("TERM", stopAsked::countDown);
    Signals.on("INT", stopAsked::countDown);
    if (proxy.config().system().reloadOnChange()) {
      watch = FileWatch.start(() -> files, this::reload);
    }
    readiness = Readiness.READY;
    StringBuilder members = new StringBuilder();
    members.append(",\"ms\":").append(millis);
    for (Map.Entry<String, InetSocketAddress> listener : proxy.addresses().entrySet()) {
      address(members, listener.getKey(), listener.getValue());
    }
    AdminServer server = admin;
    if (server != null) {
      address(members, "admin", server.address());
    }
    JsonLines.line("info", "ready", members.toString());
    unhealthyAgents()
        .forEach(line -> JsonLines.line("warn", line + "; its failure mode serves", ""));
  }

  private static void address(StringBuilder members, String name, InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    members.append(',');
    JsonLines.quote(members, name);
    members.append(':');
    JsonLines.quote(members, "http://" + shown + ":" + address.getPort());
  }

  /** Waits until it is told to stop, then drains. */
  int awaitEnd() throws InterruptedException {
    stopAsked.await();
    changing.lock();
    try {
      readiness = Readiness.DRAINING;
      JsonLines.line("info", "draining", "");
      boolean clean = proxy.drain();
      children.close();
      proxy.close();
      records.close(); // So that nothing is told of requests after it has stopped.
      JsonLines.line("info", "stopped", ",\"clean\":" + clean);
    } finally {
      changing.unlock();
    }
    return Main.FINE;
  }

  /** Reads the file again; the outcome is logged, and a bad file changes nothing. */
  private Outcome reload() {
    if (!changing.tryLock()) {
      return new Outcome.Busy();
    }
    try {
      Outcome outcome =
          switch (types.load(file)) {
            case Loaded.Refused refused ->
                new Outcome.Refused(refused.problems().stream().map(Object::toString).toList());
            case Loaded.Ok ok -> apply(ok);
          };
      log(outcome);
      return outcome;
    } finally {
      changing.unlock();
    }
  }

  private Outcome apply(Loaded.Ok loaded) {
    Config next = loaded.config();
    List<String> fixed = Fixed.changed(proxy.config(), next);
    if (!fixed.isEmpty()) {
      return new Outcome.Refused(fixed);
    }
    Config now = proxy.config();
    try {
      List<String> cold = children.prepare(next.agents().values());
      if (!cold.isEmpty()) {
        return new Outcome.Refused(cold);
      }
      try (Records.NextLog log = records.openNext(next.system().accessLog())) {
        proxy.reload(next);
        log.use();
      }
      now = next;
      files = loaded.files();
      return new Outcome.Applied(List.of());
    } catch (IOException | RuntimeException failed) {
      return new Outcome.Refused(List.of(String.valueOf(failed.getMessage())));
    } finally {
      children.keep(now.agents().values());
    }
  }

  private static void log(Outcome outcome) {
    switch (outcome) {
      case Outcome.Applied applied -> JsonLines.line("info", "reloaded", "");
      case Outcome.Refused refused ->
          refused
              .problems()
              .forEach(problem -> JsonLines.line("error", "reload refused: " + problem, ""));
      case Outcome.Busy busy -> {}
    }
  }

  @Override
  public void close() {
    FileWatch watching = watch;
    if (watching != null) {
      watching.close();
    }
    proxy.close();
    children.close();
    records.close();
    AdminServer server = admin;
    if (server != null) {
      server.close();
    }
  }
}
