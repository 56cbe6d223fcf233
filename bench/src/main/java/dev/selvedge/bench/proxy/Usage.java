package dev.selvedge.bench.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the cores, one process tree and everybody else had used at one moment, from {@code /proc};
 * two of them make a window. Immutable.
 *
 * <p>Resolution is the kernel's tick of 10 ms: 0.2 % of a window of 5 s.
 *
 * @param cores by number
 * @param proxyTicks user and system time of the proxy's tree, so that workers, GC and JIT count
 * @param otherTicks the same of all processes that have no part in the benchmark
 */
record Usage(List<Core> cores, long proxyTicks, long otherTicks) {
  /** USER_HZ, which is 100 on every Linux (see proc(5), {@code sysconf(_SC_CLK_TCK)}). */
  private static final int TICK_MICROS = 10_000;

  private static final Path PROC = Path.of("/proc");

  /** Ticks of one core, proc(5): busy, idle (with I/O wait), and taken away by the host. */
  record Core(long busy, long idle, long stolen) {
    static Core parse(String line) {
      String[] f = line.strip().split(" +", -1);
      long user = Long.parseLong(f[1]) + Long.parseLong(f[2]);
      long system = Long.parseLong(f[3]) + Long.parseLong(f[6]) + Long.parseLong(f[7]);
      long idle = Long.parseLong(f[4]) + Long.parseLong(f[5]);
      return new Core(user + system, idle, Long.parseLong(f[8]));
    }
  }

  /**
   * One line of {@code /proc/PID/stat}. The ticks include those of children that ended and were
   * waited for, so that nothing is lost when a process ends.
   */
  record Task(long pid, long parent, long ticks) {
    static Task parse(String stat) {
      int nameEnd = stat.lastIndexOf(')');
      // The name may hold spaces and parentheses; what follows it has a fixed order.
      String[] f = stat.substring(nameEnd + 2).split(" ", -1);
      long ticks = 0;
      for (int field = 11; field <= 14; field++) {
        ticks += Long.parseLong(f[field]);
      }
      return new Task(
          Long.parseLong(stat.substring(0, stat.indexOf(' '))), Long.parseLong(f[1]), ticks);
    }
  }

  /** Reads the moment; takes some milliseconds. {@code own} are the benchmark's other processes. */
  static Usage now(long proxy, Set<Long> own) {
    try {
      List<Core> cores = new ArrayList<>();
      for (String line : Files.readAllLines(PROC.resolve("stat"))) {
        if (line.startsWith("cpu") && !line.startsWith("cpu ")) {
          cores.add(Core.parse(line));
        }
      }
      return of(cores, tasks(), proxy, own);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Usage of(List<Core> cores, List<Task> tasks, long proxy, Set<Long> own) {
    Map<Long, Long> parents = new HashMap<>();
    tasks.forEach(task -> parents.put(task.pid, task.parent));
    long proxyTicks = 0;
    long otherTicks = 0;
    for (Task task : tasks) {
      if (descends(task.pid, proxy, parents)) {
        proxyTicks += task.ticks;
      } else if (own.stream().noneMatch(root -> task.pid == root)) {
        otherTicks += task.ticks;
      }
    }
    return new Usage(List.copyOf(cores), proxyTicks, otherTicks);
  }

  private static boolean descends(long pid, long root, Map<Long, Long> parents) {
    long at = pid;
    while (at != root && at > 1) {
      at = parents.getOrDefault(at, 0L);
    }
    return at == root;
  }

  private static List<Task> tasks() throws IOException {
    List<Task> tasks = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path folder : folders) {
        try {
          tasks.add(Task.parse(Files.readString(folder.resolve("stat"))));
        } catch (IOException e) {
          // It ended meanwhile; its parent has its ticks.
        }
      }
    }
    return tasks;
  }

  /** CPU time of the proxy since an earlier moment. */
  double proxyMicrosSince(Usage earlier) {
    return (double) (proxyTicks - earlier.proxyTicks) * TICK_MICROS;
  }

  /** How many cores all strangers together kept busy, on average. */
  double othersSince(Usage earlier) {
    Core now = cores.getFirst();
    Core then = earlier.cores.getFirst();
    long elapsed = now.busy + now.idle + now.stolen - then.busy - then.idle - then.stolen;
    return elapsed == 0 ? 0 : (double) Math.max(0, otherTicks - earlier.otherTicks) / elapsed;
  }

  /** The share of the time that the host gave to a core in which that core was busy, 0 to 1. */
  double busySince(Usage earlier, int core) {
    long busy = cores.get(core).busy - earlier.cores.get(core).busy;
    long idle = cores.get(core).idle - earlier.cores.get(core).idle;
    return busy + idle == 0 ? 0 : (double) busy / (busy + idle);
  }

  /** The share of a core's time that the host took away, 0 to 1. */
  double stolenSince(Usage earlier, int core) {
    long stolen = cores.get(core).stolen - earlier.cores.get(core).stolen;
    Core now = cores.get(core);
    Core then = earlier.cores.get(core);
    long all = now.busy + now.idle - then.busy - then.idle + stolen;
    return all == 0 ? 0 : (double) stolen / all;
  }
}
