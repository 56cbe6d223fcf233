package dev.selvedge.bench.proxy;

import dev.selvedge.bench.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Programs of the system that the benchmark needs; a missing one ends in one line with the cure.
 */
final class Programs {
  /** Debian keeps servers in sbin, which is not on every user's path. */
  private static final List<String> SYSTEM_FOLDERS =
      List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

  private static final int SHORT_RUN_SECONDS = 60;

  private Programs() {}

  static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(":")), SYSTEM_FOLDERS.stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static String require(String name) {
    return find(name).orElseThrow(() -> new BenchException(missing(List.of(name)))).toString();
  }

  /** One line that says what is missing and how Debian installs all that the benchmark needs. */
  static String missing(List<String> names) {
    return "bench proxy needs "
        + String.join(", ", names)
        + ": apt-get install -y nginx haproxy gcc libc6-dev util-linux";
  }

  /** Runs a short command to its end and returns all that it printed; fails if it does. */
  static String output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(SHORT_RUN_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new BenchException(String.join(" ", command) + " failed: " + text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted");
    }
  }
}
