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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The program on one core with an agent that fails as told, as its child or as the test itself.
 * Routes: /closed and /open ask the agent, /plain does not.
 */
public final class FaultyProcess implements AutoCloseable {

  private static final String SUPERVISOR = "agent-supervisor";
  private static final int READY_SECONDS = 30;

  private final Process process;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final @Nullable OwnAgent own;
  private final HttpClient client = HttpClient.newHttpClient();

  private FaultyProcess(Process process, @Nullable OwnAgent own) {
    this.process = process;
    this.own = own;
  }

  /** Starts, waits for ready, and gives the proxy core 0 and all its children core 1. */
  public static FaultyProcess start(Path folder, AgentFault fault) throws Exception {
    OwnAgent own = null;
    String where = "type \"faulty\"";
    if (fault.external()) {
      Path socket = folder.resolve("agent.sock");
      own = new OwnAgent(socket);
      where = "type \"own\"; unix-socket path=\"" + socket + "\"";
      if (fault == AgentFault.GARBAGE) {
        own.appear();
      }
    }
    Path config = Files.writeString(folder.resolve("chaos.kdl"), config(where));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            FaultyProgram.class.getName(),
            "run",
            config.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    FaultyProcess started = new FaultyProcess(process, own);
    Thread.ofVirtual().start(started::read);
    started.ready.get(READY_SECONDS, TimeUnit.SECONDS);
    Cores.pin(process.pid(), 0, SUPERVISOR, 1);
    return started;
  }

  private static String config(String where) {
    return """
        system { worker-threads 1; access-log "off" }
        admin { address "127.0.0.1:0" }
        listeners { listener "web" { address "127.0.0.1:0" } }
        routes {
          route "closed" { matches { path-prefix "/closed" }; respond { body "c" }; agents "bad" }
          route "open" {
            matches { path-prefix "/open" }
            respond { body "o" }
            agents { agent "bad" { failure-mode "open" } }
          }
          route "plain" { matches { path-prefix "/plain" }; respond { body "p" } }
          route "tell" { respond { body "t" }; agents { agent "bad" { failure-mode "open" } } }
        }
        agents {
          agent "bad" {
            %s
            failure-mode "closed"
            timeout-ms 100
            circuit-breaker { failure-threshold 5; success-threshold 2; timeout-seconds 1 }
          }
        }
        """
        .formatted(where);
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      StringBuilder said = new StringBuilder();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.append(line).append('\n');
        if (line.contains("\"msg\":\"ready\"")) {
          ready.complete(line);
        }
      }
      ready.completeExceptionally(new AssertionError("ended before it was ready: " + said));
    } catch (IOException ended) {
      ready.completeExceptionally(ended);
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

  /** The agent's process now. */
  ProcessHandle child() {
    return process.children().findFirst().orElseThrow();
  }

  /** The socket that the agent's process was told to listen on. */
  Path childSocket() throws IOException {
    Path file = Path.of("/proc", Long.toString(child().pid()), "cmdline");
    Matcher socket = Pattern.compile("unix:([^\0]*)").matcher(Files.readString(file));
    if (!socket.find()) {
      throw new AssertionError("no socket in " + file);
    }
    return Path.of(socket.group(1));
  }

  /** The agent that the test is. */
  OwnAgent own() {
    return Objects.requireNonNull(own);
  }

  /** Sends a request that the agent sees. */
  void tell(String path) {
    get("http://127.0.0.1:" + port() + path);
  }

  /** The decision record of a request. */
  public String explain(String id) {
    return get("http://127.0.0.1:" + port("admin") + "/explain/" + id);
  }

  private String get(String url) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
      return client.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new AssertionError(url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(url, e);
    }
  }

  @Override
  public void close() throws Exception {
    client.close();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
    if (own != null) {
      own.close();
    }
  }
}
