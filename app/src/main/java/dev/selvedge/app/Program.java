package dev.selvedge.app;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import dev.selvedge.edge.proxy.Proxy;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.edge.proxy.record.Records;
import dev.selvedge.kernel.Clock;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * One running program: the proxy, its records, its admin listener, and the signals that steer it.
 * Thread-safe; reload and drain exclude each other.
 */
final class Program implements AutoCloseable {

  private final Path file;
  private final Metrics metrics;
  private final Records records;
  private final Proxy proxy;
  private final CountDownLatch stopAsked = new CountDownLatch(1);

  private Program(Path file, Metrics metrics, Records records, Proxy proxy) {
    this.file = file;
    this.metrics = metrics;
    this.records = records;
    this.proxy = proxy;
  }

  /** Starts to serve what was loaded. */
  static Program start(Path file, Loaded loaded) throws IOException {
    Config config = ((Loaded.Ok) loaded).config();
    Metrics metrics = new Metrics();
    Names names = new Names();
    int process = new SecureRandom().nextInt();
    int wanted = config.system().workerThreads();
    int loops = wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
    Records records = Records.open(process, loops, names, metrics, config.system().accessLog());
    Proxy proxy =
        Proxy.start(
            config,
            new Proxy.Surroundings(process, Clock.system(), metrics, names, records::recorderFor));
    return new Program(file, metrics, records, proxy);
  }

  /** Tells where it listens, and handles signals from now on. */
  void announce(long millis) {
    Signals.on("HUP", () -> Thread.ofVirtual().start(this::reload));
    Signals.on("TERM", stopAsked::countDown);
    Signals.on("INT", stopAsked::countDown);
    StringBuilder members = new StringBuilder();
    members.append(",\"ms\":").append(millis);
    for (Map.Entry<String, InetSocketAddress> listener : proxy.addresses().entrySet()) {
      members.append(',');
      JsonLines.quote(members, listener.getKey());
      members.append(':');
      InetSocketAddress address = listener.getValue();
      String host = address.getAddress().getHostAddress();
      String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      JsonLines.quote(members, "http://" + shown + ":" + address.getPort());
    }
    JsonLines.line("info", "ready", members.toString());
  }

  /** Waits until it is told to stop, then drains. */
  int awaitEnd() throws InterruptedException {
    stopAsked.await();
    JsonLines.line("info", "draining", "");
    boolean clean;
    synchronized (this) {
      clean = proxy.drain();
    }
    JsonLines.line("info", "stopped", ",\"clean\":" + clean);
    return Main.FINE;
  }

  /** Reads the file again; the outcome is logged, and a bad file changes nothing. */
  synchronized List<String> reload() {
    List<String> problems =
        switch (ConfigLoader.load(file, System::getenv)) {
          case Loaded.Refused refused -> refused.problems().stream().map(Object::toString).toList();
          case Loaded.Ok ok -> apply(ok.config());
        };
    if (problems.isEmpty()) {
      JsonLines.line("info", "reloaded", "");
    } else {
      for (String problem : problems) {
        JsonLines.line("error", "reload refused: " + problem, "");
      }
    }
    return problems;
  }

  private List<String> apply(Config next) {
    try {
      proxy.reload(next);
      records.reopen(next.system().accessLog());
      return List.of();
    } catch (IOException | RuntimeException failed) {
      return List.of(String.valueOf(failed.getMessage()));
    }
  }

  Metrics metrics() {
    return metrics;
  }

  @Override
  public void close() {
    proxy.close();
    records.close();
  }
}
