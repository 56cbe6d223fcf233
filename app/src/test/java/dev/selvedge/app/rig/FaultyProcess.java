package dev.selvedge.app.rig;

import dev.selvedge.app.FaultyProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program with agents that fail as told: {@code one} and {@code two} are its children, {@code
 * own} is the test itself, and absent at first. /closed/NAME and /open/NAME ask an agent, /plain
 * asks none. The proxy has core 0; its children have core 1, in the soak at the lowest priority, so
 * that their starts do not slow the clients that measure there. Thread-safe.
 */
public final class FaultyProcess implements AutoCloseable {

  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");

  /** The deadline of each agent; one that a machine with other work to do can keep in the build. */
  public static final int AGENT_MILLIS = SOAK ? 100 : 500;

  private static final String SUPERVISOR = "agent-supervisor";
  private static final int READY_SECONDS = 60;
  private static final int PATIENCE_SECONDS = 60;
  private static final int TOLD_MILLIS = 2_000;
  private static final int TOLD_MAX = 5;
  private static final Pattern HEALTHY =
      Pattern.compile("\"msg\":\"agent healthy\",\"agent\":\"([a-z]+)\",\"pid\":(\\d+)");

  private final Process process;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final List<String> lines = new ArrayList<>();
  private final OwnAgent own;
  private final HttpClient client = HttpClient.newHttpClient();

  private FaultyProcess(Process process, OwnAgent own) {
    this.process = process;
    this.own = own;
  }

  /** Starts, waits until it is ready and its children are healthy, and gives each its core. */
  public static FaultyProcess start(Path folder) throws Exception {
    Path socket = folder.resolve("own.sock");
    Path config = Files.writeString(folder.resolve("chaos.kdl"), config(socket));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.addAll(List.of(FaultyProgram.class.getName(), "run", config.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    FaultyProcess started = new FaultyProcess(process, new OwnAgent(socket));
    Thread.ofVirtual().start(started::read);
    try {
      started.ready.get(READY_SECONDS, TimeUnit.SECONDS);
      for (String agent : List.of("one", "two")) {
        Cores.away(started.child(agent).pid(), 1, SOAK);
      }
      Cores.away(process.pid(), SUPERVISOR, 1, SOAK);
      Cores.pinAllBut(process.pid(), 0, SUPERVISOR);
      return started;
    } catch (Exception | AssertionError failed) {
      started.close();
      throw failed;
    }
  }

  private static String config(Path own) {
    StringBuilder kdl = new StringBuilder();
    kdl.append(
        """
        system { worker-threads 1; access-log "off" }
        admin { address "127.0.0.1:0" }
        listeners { listener "web" { address "127.0.0.1:0" } }
        routes { route "plain" { matches { path-prefix "/plain" }; respond { body "p" } } }
        """);
    agent(kdl, "one", "type \"faulty\"; memory \"24MiB\"");
    agent(kdl, "two", "type \"faulty\"; memory \"24MiB\"");
    agent(kdl, "own", "type \"own\"; unix-socket path=\"" + own + "\"");
    return kdl.toString();
  }

  private static void agent(StringBuilder kdl, String name, String where) {
    kdl.append(
        """
        agents { agent "NAME" { WHERE; failure-mode "closed"; timeout-ms DEADLINE;
          circuit-breaker { failure-threshold 5; success-threshold 2; timeout-seconds 1 } } }
        routes {
          route "closed-NAME" {
            matches { path-prefix "/closed/NAME" }; respond { body "c" }; agents "NAME" }
          route "open-NAME" {
            matches { path-prefix "/open/NAME" }; respond { body "o" }
            agents { agent "NAME" { failure-mode "open" } } }
        }
        """
            .replace("NAME", name)
            .replace("WHERE", where)
            .replace("DEADLINE", Integer.toString(AGENT_MILLIS)));
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
        if (line.contains("\"msg\":\"ready\"")) {
          ready.complete(line);
        }
      }
    } catch (IOException ended) {
      // The process is gone.
    }
    ready.completeExceptionally(new AssertionError("ended before it was ready: " + output()));
  }

  /** What it has printed so far. */
  public String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  private int port(String name) {
    Matcher address =
        Pattern.compile("\"" + name + "\":\"http://[^\"]*:(\\d+)\"").matcher(ready.join());
    if (!address.find()) {
      throw new AssertionError("no " + name + " in " + ready.join());
    }
    return Integer.parseInt(address.group(1));
  }

  public int port() {
    return port("web");
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** The cores of the proxy's first thread; the soak's figures mean nothing on others. */
  public String cores() throws IOException {
    return Cores.of(process.pid());
  }

  /** The process of one of its children that became healthy last; waits while there is none. */
  ProcessHandle child(String agent) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (lines) {
      for (long left; (left = end - System.nanoTime()) > 0; ) {
        long pid = 0;
        for (String line : lines) {
          Matcher healthy = HEALTHY.matcher(line);
          pid = healthy.find() && healthy.group(1).equals(agent) ? pid(healthy) : pid;
        }
        ProcessHandle child = ProcessHandle.of(pid).orElse(null);
        if (child != null && child.isAlive()) {
          return child;
        }
        TimeUnit.NANOSECONDS.timedWait(lines, left);
      }
    }
    throw new AssertionError(agent + " was never healthy\n" + output());
  }

  private static long pid(Matcher healthy) {
    return Long.parseLong(healthy.group(2));
  }

  /** The socket that a child was told to listen on. */
  static Path socket(ProcessHandle child) throws IOException {
    Path file = Path.of("/proc", Long.toString(child.pid()), "cmdline");
    Matcher socket = Pattern.compile("unix:([^\0]*)").matcher(Files.readString(file));
    if (!socket.find()) {
      throw new AssertionError("no socket in " + file);
    }
    return Path.of(socket.group(1));
  }

  /** The agent that the test is. */
  OwnAgent own() {
    return own;
  }

  /** Sends a request to a child past the proxy, whose breaker may be open, until it answers. */
  void tell(String agent, String path) throws Exception {
    for (int i = 1; ; i++) {
      try {
        AgentClient.ask("unix:" + socket(child(agent)), path, TOLD_MILLIS);
        return;
      } catch (TimeoutException | ExecutionException e) {
        if (i == TOLD_MAX) {
          throw e;
        }
      }
    }
  }

  /** Sends a request that it will never answer, and does not wait. */
  void strike(String agent, String path) throws Exception {
    String address = "unix:" + socket(child(agent));
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          for (int i = 1; i <= TOLD_MAX; i++) {
            try {
              AgentClient.ask(address, path, TOLD_MILLIS);
              System.out.println(agent + " answered " + path);
            } catch (TimeoutException unanswered) {
              return; // As its fault has it.
            } catch (Exception notAsked) {
              System.out.println(agent + " was not asked " + path + ": " + notAsked);
            }
          }
        });
  }

  /** The decision record of a request. */
  public String explain(String id) throws IOException, InterruptedException {
    URI url = URI.create("http://127.0.0.1:" + port("admin") + "/explain/" + id);
    return client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body();
  }

  @Override
  public void close() throws IOException {
    client.close();
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    children.forEach(ProcessHandle::destroyForcibly);
    own.close();
  }
}
