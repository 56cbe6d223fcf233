package dev.selvedge.bench.waf;

import dev.selvedge.bench.BenchException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * libmodsecurity in a process of its own, driven over its stdin ({@code bench/waf/modsecurity.c}).
 * Not thread-safe.
 */
final class ModSecurity implements AutoCloseable {
  private static final Path HEADER = Path.of("/usr/include/modsecurity/modsecurity.h");
  private static final int COMPILE_SECONDS = 60;
  private static final int STOP_SECONDS = 5;

  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;

  private ModSecurity(Process process) {
    this.process = process;
    answers = process.inputReader(StandardCharsets.ISO_8859_1);
    commands = process.outputWriter(StandardCharsets.ISO_8859_1);
  }

  static boolean installed() {
    return Files.exists(HEADER);
  }

  /** What to do where it is not installed. */
  static String missing() {
    return "bench waf needs libmodsecurity: apt-get install -y libmodsecurity-dev gcc libc6-dev";
  }

  /** Compiles the driver and starts it on those rules and requests. */
  static ModSecurity start(Path home, Path rules, Path corpus) {
    try {
      Path program = home.resolve("bench/target/waf-peer");
      Files.createDirectories(home.resolve("bench/target"));
      Path source = home.resolve("bench/waf/modsecurity.c");
      compile(List.of("cc", "-O2", "-o", program.toString(), source.toString(), "-lmodsecurity"));
      List<String> command = List.of(program.toString(), rules.toString(), corpus.toString());
      ModSecurity peer =
          new ModSecurity(
              new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
      String line = peer.line();
      if (!line.startsWith("ready")) {
        throw new BenchException("libmodsecurity says: " + line);
      }
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compile(List<String> command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (!process.waitFor(COMPILE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new BenchException("cc failed; " + missing());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted");
    }
  }

  private String line() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new BenchException("libmodsecurity's process ended");
    }
    return line;
  }

  /** For each request from one index up to another the ids that were logged and the status. */
  List<String> fired(int from, int to) {
    try {
      commands.write("fired " + from + " " + to + " 0\n");
      commands.flush();
      List<String> lines = new ArrayList<>();
      for (int i = from; i < to; i++) {
        lines.add(line());
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs requests in turn for a while. */
  Window run(int from, int to, int millis) {
    try {
      commands.write("run " + from + " " + to + " " + millis + "\n");
      commands.flush();
      String[] words = line().split(" ", -1);
      return new Window(
          Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
