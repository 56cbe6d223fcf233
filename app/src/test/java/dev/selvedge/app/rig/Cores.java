package dev.selvedge.app.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which core a process runs on, and how eagerly: by taskset and renice (util-linux). Stateless. */
public final class Cores {

  private Cores() {}

  /** Keeps every thread of this program on one core. */
  public static void pinThisProgram(int core) throws IOException, InterruptedException {
    run("taskset", "-a", "-c", "-p", Integer.toString(core), own());
  }

  /** Lets this program run anywhere. */
  public static void freeThisProgram() throws IOException, InterruptedException {
    int last = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    run("taskset", "-a", "-c", "-p", "0-" + last, own());
  }

  /** Keeps a program on one core, but for those of its threads that have that name. */
  static void pinAllBut(long process, int core, String apart)
      throws IOException, InterruptedException {
    for (String thread : threads(process)) {
      if (!named(process, thread, apart)) {
        run("taskset", "-c", "-p", Integer.toString(core), thread);
      }
    }
  }

  /**
   * Gives such threads, and all processes that they start from now on, that core.
   *
   * @param last whether at the lowest priority
   */
  static void away(long process, String name, int core, boolean last)
      throws IOException, InterruptedException {
    for (String thread : threads(process)) {
      if (named(process, thread, name)) {
        away(thread, core, last);
      }
    }
  }

  /** Gives a whole process that core. */
  static void away(long process, int core, boolean last) throws IOException, InterruptedException {
    for (String thread : threads(process)) {
      away(thread, core, last);
    }
  }

  private static void away(String thread, int core, boolean last)
      throws IOException, InterruptedException {
    if (last) {
      run("renice", "-n", "19", "-p", thread);
    }
    run("taskset", "-c", "-p", Integer.toString(core), thread);
  }

  /** The cores that a process may use, as the kernel writes them. */
  static String of(long process) throws IOException {
    Path status = Path.of("/proc", Long.toString(process), "status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("Cpus_allowed_list:")) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    throw new IOException("no cores in " + status);
  }

  private static List<String> threads(long process) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
      return all.map(task -> String.valueOf(task.getFileName())).toList();
    }
  }

  /** The kernel keeps 15 bytes of a name. */
  private static boolean named(long process, String thread, String name) throws IOException {
    Path comm = Path.of("/proc", Long.toString(process), "task", thread, "comm");
    try {
      return Files.readString(comm).strip().equals(name.substring(0, Math.min(15, name.length())));
    } catch (NoSuchFileException ended) {
      return false;
    }
  }

  private static String own() {
    return Long.toString(ProcessHandle.current().pid());
  }

  /** A thread that has just ended is no fault, so the outcome is not looked at. */
  private static void run(String... command) throws IOException, InterruptedException {
    new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
