package dev.selvedge.app.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The built program as a process of its own, started and ended by a test. Thread-safe. */
public final class SelvedgeProcess implements AutoCloseable {

  private static final long READY_SECONDS = 30;

  private final Process process;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final List<String> lines = new ArrayList<>();
  private final Thread reader = Thread.ofVirtual().unstarted(this::read);

  private SelvedgeProcess(Process process) {
    this.process = process;
  }

  /** Starts with a configuration and further options of the virtual machine; waits for ready. */
  public static SelvedgeProcess start(Path config, String... options) throws Exception {
    Path jar = home().resolve("app/target/dist/selvedge.jar");
    if (!Files.exists(jar)) {
      throw new AssertionError("no " + jar + ": run ./build dist");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", jar.toString(), "dev.selvedge.app.Main", "run"));
    command.add(config.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    SelvedgeProcess started = new SelvedgeProcess(process);
    started.reader.start();
    started.ready.get(READY_SECONDS, TimeUnit.SECONDS);
    return started;
  }

  /** The project's root: the folder above that has the Maven wrapper. */
  private static Path home() {
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new AssertionError("not inside the project");
      }
    }
    return folder;
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        synchronized (lines) {
          lines.add(line);
        }
        if (line.contains("ready")) {
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

  /** The port of a listener, by its name. */
  public int port(String listener) {
    Matcher address =
        Pattern.compile("\"" + listener + "\":\"http://[^\"]*:(\\d+)\"").matcher(ready.join());
    if (!address.find()) {
      throw new AssertionError("no " + listener + " in " + ready.join());
    }
    return Integer.parseInt(address.group(1));
  }

  /** Resident memory in bytes, as the kernel counts it. */
  public long resident() throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new AssertionError("no VmRSS");
  }

  /** Sends SIGTERM, and goes on to read what is printed. */
  public void terminate() {
    process.toHandle().destroy();
  }

  /** Waits for the end and gives the exit code. */
  public int exitCode(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("still runs after " + seconds + " s: " + output());
    }
    reader.join();
    return process.exitValue();
  }

  public Process process() {
    return process;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
