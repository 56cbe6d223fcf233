package dev.selvedge.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One example as a process of its own, in a copy whose ports are free ones. Not thread-safe.
 *
 * <p>Addresses are asked for by the port that the example's file names.
 */
final class RunningExample implements AutoCloseable {

  private static final Pattern LOOPBACK = Pattern.compile("127\\.0\\.0\\.1:([1-9][0-9]*)");
  private static final int READY_LINES = 100;

  private final Process process;
  private final Map<String, Integer> ports;
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningExample(Process process, Map<String, Integer> ports) {
    this.process = process;
    this.ports = ports;
  }

  /** What a command of the program printed, and its exit code. */
  record Ended(int code, String output) {}

  /** Runs {@code ./selvedge} to its end, at most a minute. */
  static Ended command(String... words) throws IOException, InterruptedException {
    Process process = launcher(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("does not end: " + String.join(" ", words));
    }
    return new Ended(process.exitValue(), output);
  }

  private static ProcessBuilder launcher(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Project.ROOT.resolve("selvedge").toString());
    command.addAll(List.of(words));
    return new ProcessBuilder(command);
  }

  /** Copies the example into an empty folder, and returns once it says that it is ready. */
  static RunningExample start(Path example, Path folder) throws IOException {
    copy(example, folder);
    Path file = folder.resolve("selvedge.kdl");
    Map<String, Integer> ports = new HashMap<>();
    Matcher matcher = LOOPBACK.matcher(Files.readString(file));
    StringBuilder moved = new StringBuilder();
    while (matcher.find()) {
      int port = ports.computeIfAbsent(matcher.group(1), name -> freePort(ports.values()));
      matcher.appendReplacement(moved, "127.0.0.1:" + port);
    }
    matcher.appendTail(moved);
    Files.writeString(file, moved);
    Process process = launcher("run", file.toString()).redirectErrorStream(true).start();
    awaitReady(process);
    return new RunningExample(process, ports);
  }

  private static void awaitReady(Process process) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    List<String> seen = new ArrayList<>();
    for (String line = lines.readLine();
        line != null && seen.size() < READY_LINES;
        line = lines.readLine()) {
      seen.add(line);
      if (line.contains("\"msg\":\"ready\"")) {
        Thread.ofVirtual().start(() -> discard(lines));
        return;
      }
    }
    process.destroyForcibly();
    throw new IOException("never ready: " + seen);
  }

  /** Takes what else it prints, so that it never waits for a reader; ends with the process. */
  private static void discard(BufferedReader lines) {
    try (lines) {
      lines.transferTo(Writer.nullWriter());
    } catch (IOException closed) {
      // The process has ended.
    }
  }

  /** A free port that is not among those; the system may name the same one twice in a row. */
  private static int freePort(Collection<Integer> taken) {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0)) {
        if (!taken.contains(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  /** Asks the listener that the example's file puts on that port; follows no redirect. */
  HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + ports.get(String.valueOf(port)) + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Sends a body likewise. */
  HttpResponse<String> post(int port, String path, String body)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + ports.get(String.valueOf(port)) + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Sends a form likewise. */
  HttpResponse<String> form(int port, String path, String form)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + ports.get(String.valueOf(port)) + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Asks the process to stop, and tells its exit code. */
  int stop() throws IOException, InterruptedException {
    client.close();
    process.destroy();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new IOException("does not stop");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    client.shutdownNow();
    process.destroyForcibly();
  }
}
