package dev.selvedge.bench.proxy;

import dev.selvedge.bench.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An agent that allows the load's requests, as a process on the load's core. Not thread-safe. */
public final class RunningAgent implements AutoCloseable {
  private static final int START_MILLIS = 30_000;
  private static final int POLL_MILLIS = 20;
  private static final int STOP_SECONDS = 5;

  private final Process process;

  private RunningAgent(Process process) {
    this.process = process;
  }

  /**
   * Starts it and returns when it listens.
   *
   * @param type a built-in one
   * @param address {@code unix:PATH} or {@code HOST:PORT}
   */
  public static RunningAgent start(Path home, String type, String address, Path output, int core) {
    try {
      Process process =
          new ProcessBuilder(
                  List.of(
                      "taskset",
                      "-c",
                      Integer.toString(core),
                      home.resolve("selvedge").toString(),
                      "agent",
                      type,
                      "--listen",
                      address))
              .redirectOutput(Redirect.to(output.toFile()))
              .redirectErrorStream(true)
              .start();
      Processes.stopAtExit(process.toHandle());
      RunningAgent agent = new RunningAgent(process);
      agent.awaitReady(output);
      return agent;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady(Path output) throws IOException {
    long deadlineNanos = System.nanoTime() + START_MILLIS * 1_000_000L;
    String said = "";
    while (process.isAlive() && System.nanoTime() < deadlineNanos) {
      said = Files.readString(output, StandardCharsets.UTF_8);
      if (said.contains("ready")) {
        return;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    close();
    throw new BenchException("the agent was not ready: " + said.strip());
  }

  /** A port of the loopback address that was free a moment ago. */
  public static int freePort() {
    return Workspace.freePort();
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    Processes.stop(process.toHandle(), STOP_SECONDS);
  }
}
