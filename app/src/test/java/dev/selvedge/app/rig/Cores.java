package dev.selvedge.app.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which core a process runs on, by taskset. */
public final class Cores {

  private Cores() {}

  /** Keeps every thread of this program on one core. */
  public static void pinThisProgram(int core) throws IOException, InterruptedException {
    taskset(List.of("-a", "-c", "-p", Integer.toString(core), own()));
  }

  /** Lets this program run anywhere. */
  public static void freeThisProgram() throws IOException, InterruptedException {
    int last = Runtime.getRuntime().availableProcessors();
    taskset(List.of("-a", "-c", "-p", "0-" + Math.max(1, last - 1), own()));
  }

  /**
   * Keeps a program on one core, but for one of its threads, which, with all processes that it
   * starts, goes to another.
   */
  public static void pin(long process, int core, String threadApart, int coreApart)
      throws IOException, InterruptedException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
      for (Path task : tasks.toList()) {
        boolean apart = threadApart.startsWith(Files.readString(task.resolve("comm")).strip());
        String id = task.getFileName().toString();
        taskset(List.of("-c", "-p", Integer.toString(apart ? coreApart : core), id));
      }
    }
  }

  private static String own() {
    return Long.toString(ProcessHandle.current().pid());
  }

  /** A thread that has just ended is no fault. */
  private static void taskset(List<String> arguments) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(Stream.concat(Stream.of("taskset"), arguments.stream()).toList())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.waitFor();
  }
}
