package dev.selvedge.app.admin;

import dev.selvedge.kernel.Metrics.Family;
import dev.selvedge.kernel.Metrics.Kind;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the operating system and the JVM know about this process, under the names that dashboards
 * expect. A value that this system does not tell is left out. Thread-safe.
 */
final class ProcessMetrics {

  private static final long KIBI = 1024;

  private final Path proc;

  /** One value without labels. */
  record Value(Family family, BigDecimal value) {}

  ProcessMetrics() {
    this(Path.of("/proc/self"));
  }

  /**
   * Reads another folder of the same shape.
   *
   * @param proc as {@code /proc/self}
   */
  ProcessMetrics(Path proc) {
    this.proc = proc;
  }

  List<Value> read() {
    List<Value> values = new ArrayList<>();
    ProcessHandle.Info info = ProcessHandle.current().info();
    info.totalCpuDuration()
        .ifPresent(cpu ->
            values.add(
                value(
                    "process_cpu_seconds",
                    Kind.COUNTER,
                    "CPU time of the process, user and system.",
                    seconds(cpu))));
    info.startInstant()
        .ifPresent(start ->
            values.add(
                value(
                    "process_start_time_seconds",
                    Kind.GAUGE,
                    "When the process started, since 1970.",
                    seconds(Duration.between(Instant.EPOCH, start)))));
    memory("VmRSS:").ifPresent(bytes -> values.add(resident(bytes)));
    openFiles().ifPresent(open -> values.add(open("process_open_fds", "Open files.", open)));
    maxFiles()
        .ifPresent(max -> values.add(open("process_max_fds", "Files that may be open.", max)));
    jvm(values);
    return values;
  }

  private static void jvm(List<Value> values) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long used = memory.getHeapMemoryUsage().getUsed();
    values.add(
        value("jvm_heap_used_bytes", Kind.GAUGE, "Heap in use, garbage included.", whole(used)));
    long pauses = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      pauses += Math.max(0, collector.getCollectionTime());
    }
    values.add(
        value(
            "jvm_gc_seconds",
            Kind.COUNTER,
            "Time spent collecting garbage.",
            seconds(Duration.ofMillis(pauses))));
  }

  private static Value resident(long bytes) {
    return value("process_resident_memory_bytes", Kind.GAUGE, "Resident memory.", whole(bytes));
  }

  private static Value open(String name, String help, long count) {
    return value(name, Kind.GAUGE, help, whole(count));
  }

  private static Value value(String name, Kind kind, String help, BigDecimal value) {
    return new Value(new Family(name, kind, help), value);
  }

  private static BigDecimal whole(long value) {
    return BigDecimal.valueOf(value);
  }

  private static BigDecimal seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3);
  }

  private Optional<Long> memory(String field) {
    return line("status", field).map(words -> Long.parseLong(words[1]) * KIBI);
  }

  private Optional<Long> maxFiles() {
    return line("limits", "Max open files")
        .map(words -> words[3])
        .filter(soft -> !soft.equals("unlimited"))
        .map(Long::parseLong);
  }

  private Optional<Long> openFiles() {
    try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
      return Optional.of(files.count());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<String[]> line(String file, String start) {
    try (Stream<String> lines = Files.lines(proc.resolve(file))) {
      return lines
          .filter(line -> line.startsWith(start))
          .findFirst()
          .map(line -> line.split("\\s+"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
