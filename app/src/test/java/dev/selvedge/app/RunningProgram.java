package dev.selvedge.app;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program as a process of its own, whose lines a test reads. Ends with close, by its id. */
final class RunningProgram implements AutoCloseable {

  private static final long LIMIT_NANOS = 60_000_000_000L;

  private final Process process;
  private final Path errors;
  private final List<String> lines = new ArrayList<>();

  private RunningProgram(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    Thread.ofVirtual()
        .start(() -> process.inputReader(StandardCharsets.UTF_8).lines().forEach(this::add));
  }

  private void add(String line) {
    synchronized (lines) {
      lines.add(line);
    }
  }

  /** Runs a command; its standard error goes to a file in the folder. */
  static RunningProgram command(Path folder, List<String> command) throws IOException {
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(errors.toFile())
            .start();
    return new RunningProgram(process, errors);
  }

  /** Runs the classes under test with that configuration, and waits until it is ready. */
  static RunningProgram run(Path folder, String kdl, String... options) throws Exception {
    Path file = Files.writeString(folder.resolve("test.kdl"), kdl);
    List<String> command = java();
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.addAll(List.of(Main.class.getName(), "run", file.toString()));
    return command(folder, command).awaitReady();
  }

  /** The JVM of this test and the options without which it would warn. */
  static List<String> java() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
  }

  RunningProgram awaitReady() throws Exception {
    until("ready", () -> has("\"msg\":\"ready\"") || !process.isAlive());
    if (!has("\"msg\":\"ready\"")) {
      throw new AssertionError("ended with " + process.waitFor() + ": " + errors());
    }
    return this;
  }

  /** Returns when the condition holds; fails after a minute. */
  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within a minute: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Whether a line of standard output has that text. */
  boolean has(String text) {
    synchronized (lines) {
      return lines.stream().anyMatch(line -> line.contains(text));
    }
  }

  void awaitLine(String text) throws InterruptedException {
    until("a line with " + text, () -> has(text));
  }

  /** The one line that says ready. */
  String ready() {
    synchronized (lines) {
      List<String> ready = lines.stream().filter(line -> line.contains("\"ready\"")).toList();
      if (ready.size() != 1) {
        throw new AssertionError("lines that say ready: " + ready);
      }
      return ready.getFirst();
    }
  }

  int port(String listener) {
    Matcher address =
        Pattern.compile("\"" + listener + "\":\"http://[^\"]*:([0-9]+)\"").matcher(ready());
    if (!address.find()) {
      throw new AssertionError("no " + listener + " in " + ready());
    }
    return Integer.parseInt(address.group(1));
  }

  String errors() throws IOException {
    return Files.readString(errors);
  }

  long pid() {
    return process.pid();
  }

  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
  }

  /** The exit code; fails after a minute. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(LIMIT_NANOS, TimeUnit.NANOSECONDS)) {
      throw new AssertionError("still running");
    }
    return process.exitValue();
  }

  /** The whole answer to a request that closes; fields end with CRLF each. */
  static String ask(String host, int port, String method, String path, String fields)
      throws IOException {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      String head =
          method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields;
      out.write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  String get(String listener, String path) throws IOException {
    return ask("127.0.0.1", port(listener), "GET", path, "");
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
