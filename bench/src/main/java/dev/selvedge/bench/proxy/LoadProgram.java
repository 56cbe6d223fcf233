package dev.selvedge.bench.proxy;

import dev.selvedge.bench.BenchException;
import dev.selvedge.bench.proxy.BenchCase.Body;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The C program that is client and upstream in one ({@code bench/load/main.c} says why), compiled
 * on first use and driven over its stdin. Not thread-safe.
 */
final class LoadProgram implements AutoCloseable {
  private static final List<String> SOURCES = List.of("main.c", "client.c", "upstream.c");
  private static final String LISTENING = "listening ";
  private static final int STOP_SECONDS = 5;

  /** Clients of all measurements; a prototype's figures were made with as many. */
  static final int CONNECTIONS = 32;

  private final JsonMapper json = new JsonMapper();
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;
  private final int upstreamPort;

  private LoadProgram(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    String line = line();
    if (!line.startsWith(LISTENING)) {
      throw new BenchException("the load program said: " + line);
    }
    this.upstreamPort = Integer.parseInt(line.substring(LISTENING.length()));
  }

  /** Compiles the program if its sources are newer, and starts it on that core. */
  static LoadProgram start(Path home, int core) {
    Path program = compile(home);
    try {
      return new LoadProgram(
          new ProcessBuilder("taskset", "-c", Integer.toString(core), program.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts the executable into {@code bench/target}. */
  static Path compile(Path home) {
    Path sources = home.resolve("bench/load");
    Path program = home.resolve("bench/target/load/load");
    try (var files = Files.list(sources)) {
      boolean fresh = Files.exists(program);
      for (Path file : files.toList()) {
        fresh =
            fresh
                && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(program))
                    <= 0;
      }
      if (!fresh) {
        Files.createDirectories(home.resolve("bench/target/load"));
        List<String> command =
            new ArrayList<>(List.of(Programs.require("cc"), "-O2", "-Wall", "-Wextra", "-o"));
        command.add(program.toString());
        SOURCES.forEach(source -> command.add(sources.resolve(source).toString()));
        Programs.output(command);
      }
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  int upstreamPort() {
    return upstreamPort;
  }

  /** A run whose window nobody watches. */
  LoadResult run(int port, BenchCase what, double warmup, double seconds, double rate) {
    return run(port, what, warmup, seconds, rate, () -> {}, () -> {});
  }

  /**
   * Drives one proxy and returns what the client saw.
   *
   * @param rate requests per second, or 0 for a closed loop
   * @param atStart called when the measured window begins
   * @param atEnd called when it ends, while the last answers are still on their way
   */
  LoadResult run(
      int port,
      BenchCase what,
      double warmup,
      double seconds,
      double rate,
      Runnable atStart,
      Runnable atEnd) {
    Body body = what.body();
    command(
        String.format(
            Locale.ROOT,
            "run %d %s %d %d %.3f %.3f %.1f %s",
            port,
            body.path(),
            body.bytes(),
            what.connections(),
            warmup,
            seconds,
            rate,
            body.asker()));
    String line = line();
    for (; !line.startsWith("{"); line = line()) {
      if (line.equals("window")) {
        atStart.run();
      } else if (line.equals("measured")) {
        atEnd.run();
      }
    }
    return parse(line, LoadResult.class);
  }

  /** What reached the upstream so far. */
  UpstreamCounts counts() {
    command("counts");
    return parse(line(), UpstreamCounts.class);
  }

  private void command(String line) {
    try {
      commands.write(line + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new BenchException("the load program ended early");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T> T parse(String line, Class<T> type) {
    try {
      return json.readValue(line, type);
    } catch (JacksonException e) {
      throw new BenchException("the load program said: " + line);
    }
  }

  @Override
  public void close() {
    Processes.stop(process.toHandle(), STOP_SECONDS);
  }
}
