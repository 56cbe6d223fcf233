package dev.selvedge.bench.proxy;

import dev.selvedge.bench.BenchException;
import dev.selvedge.bench.proxy.BenchCase.Body;
import dev.selvedge.bench.proxy.BenchCase.Work;
import dev.selvedge.bench.proxy.Round.Cores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One contender as a process on the proxy's core, and the checks that it does its work. Not
 * thread-safe.
 */
final class RunningProxy implements AutoCloseable {
  /** The word that ours prints when it accepts (DESIGN 9). */
  private static final Pattern READY = Pattern.compile("\\bready\\b");

  private static final int START_MILLIS = 30_000;

  /** Peers buffer their log for up to 1 s. */
  private static final int LOG_MILLIS = 5_000;

  private static final int POLL_MILLIS = 20;
  private static final int STOP_SECONDS = 15;
  private static final int ANSWER_MILLIS = 5_000;
  private static final int TAIL_CHARS = 2_000;

  private final Contender contender;
  private final Work work;
  private final Process process;
  private final int port;
  private final LineCount logLines;
  private final @Nullable AskedAgent agent;
  private long answers;

  private RunningProxy(
      Contender contender,
      Work work,
      Process process,
      int port,
      LineCount logLines,
      @Nullable AskedAgent agent) {
    this.contender = contender;
    this.work = work;
    this.process = process;
    this.port = port;
    this.logLines = logLines;
    this.agent = agent;
  }

  /** Starts the contender and returns when it accepts connections. */
  static RunningProxy start(
      Contender contender,
      Work work,
      Path home,
      Workspace workspace,
      int upstreamPort,
      Cores cores) {
    int port = Workspace.freePort();
    AskedAgent agent =
        contender.asksAgent() ? AskedAgent.start(contender, home, workspace, cores.load()) : null;
    Path config =
        agent == null
            ? workspace.configure(contender, work, port, upstreamPort)
            : workspace.configure(
                contender, work, port, upstreamPort, agent.adminPort(), agent.node());
    Path log = workspace.accessLog(contender);
    Path output = workspace.output(contender);
    // HAProxy logs to its standard output, which therefore is the access log.
    Path stdout = contender == Contender.HAPROXY ? log : output;
    try {
      Process process =
          new ProcessBuilder(contender.command(home, workspace.folder(), config, cores.proxy()))
              .directory(workspace.folder().toFile())
              .redirectOutput(Redirect.appendTo(stdout.toFile()))
              .redirectError(Redirect.appendTo(output.toFile()))
              .start();
      Processes.stopAtExit(process.toHandle());
      RunningProxy proxy =
          new RunningProxy(contender, work, process, port, new LineCount(log), agent);
      proxy.awaitReady(output);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady(Path output) {
    boolean ready =
        await(
            START_MILLIS,
            () ->
                !process.isAlive()
                    || (contender.isOurs()
                        ? READY.matcher(text(output)).find()
                        : isListening(port)));
    if (ready && agent != null) {
      ready = await(START_MILLIS, agent::healthy);
    }
    if (!ready || !process.isAlive()) {
      String said = text(output);
      close();
      throw new BenchException(
          contender.label()
              + (ready ? " ended" : " was not ready in time")
              + ": "
              + said.substring(Math.max(0, said.length() - TAIL_CHARS)).strip());
    }
  }

  Contender contender() {
    return contender;
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  /** Processes that work for it on the load's core. */
  Set<Long> companions() {
    return agent == null ? Set.of() : Set.of(agent.pid());
  }

  /**
   * Asks once, and with equal work expects the answer to carry a request id; null if all is well.
   */
  @Nullable String probe(Body body) {
    answers++;
    String request =
        "GET " + body.path() + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      byte[] all = socket.getInputStream().readAllBytes();
      String answer = new String(all, StandardCharsets.ISO_8859_1);
      String head = answer.substring(0, Math.max(0, answer.indexOf("\r\n\r\n")));
      if (!head.startsWith("HTTP/1.1 200 ")) {
        return "answered the probe with: " + head.lines().findFirst().orElse("nothing");
      }
      boolean hasId = head.toLowerCase(Locale.ROOT).contains("\r\nx-request-id:");
      return work == Work.EQUAL && !hasId ? "no x-request-id in its answers" : null;
    } catch (IOException e) {
      return "did not answer the probe: " + e.getMessage();
    }
  }

  /**
   * Whether the work of a run was done: asserted before any figure of it counts.
   *
   * @param seen what reached the upstream during the run
   * @return what was not done, or null
   */
  @Nullable String workNotDone(LoadResult result, UpstreamCounts seen) {
    answers += result.answers();
    String fault = result.fault();
    if (fault != null) {
      return fault;
    }
    if (seen.requests() != result.answers()) {
      return "upstream saw " + seen.requests() + " of " + result.answers() + " requests";
    }
    if (work == Work.BARE) {
      return null;
    }
    if (seen.forwardedFor() != seen.requests() || seen.requestIds() != seen.requests()) {
      return String.format(
          Locale.ROOT,
          "of %d requests forwarded, %d had x-forwarded-for and %d x-request-id",
          seen.requests(),
          seen.forwardedFor(),
          seen.requestIds());
    }
    String unasked = agent == null ? null : agent.workNotDone(answers);
    if (unasked != null) {
      return unasked;
    }
    await(LOG_MILLIS, () -> logLines.now() >= answers);
    long lines = logLines.now();
    return lines == answers ? null : "access log has " + lines + " lines for " + answers;
  }

  /** In {@code /proc/net/tcp}, not by connecting: a connection without a request may be logged. */
  static boolean isListening(int port) {
    String local = String.format(Locale.ROOT, ":%04X 00000000:0000 0A", port);
    return text(Path.of("/proc/net/tcp")).contains(local);
  }

  private static boolean await(int millis, BooleanSupplier condition) {
    long deadlineNanos = System.nanoTime() + millis * 1_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadlineNanos) {
        return false;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Processes.stop(process.toHandle(), STOP_SECONDS);
    if (agent != null) {
      agent.close();
    }
  }
}
