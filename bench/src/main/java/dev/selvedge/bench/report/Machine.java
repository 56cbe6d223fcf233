package dev.selvedge.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Says what a figure was measured on: a figure without its machine means nothing. */
public final class Machine {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final long KIB_PER_GIB = 1L << 20;

  private Machine() {}

  /** Processor, cores, memory, kernel and JDK of this machine, in one line. */
  public static String describe() {
    long kib = Long.parseLong(valueOf(MEMORY, "MemTotal").replace("kB", "").strip());
    return String.format(
        Locale.ROOT,
        "%d × %s, %d GiB, %s %s, JDK %s",
        cores(),
        valueOf(CPU, "model name"),
        Math.round((double) kib / KIB_PER_GIB),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        System.getProperty("java.version"));
  }

  /** Not availableProcessors(): this program may be pinned. */
  private static long cores() {
    return lines(CPU).stream().filter(line -> line.startsWith("processor")).count();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String valueOf(Path file, String key) {
    return lines(file).stream()
        .filter(line -> line.startsWith(key) && line.contains(":"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("0");
  }
}
