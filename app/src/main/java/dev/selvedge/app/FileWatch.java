package dev.selvedge.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Looks once a second whether a configuration file has changed (time or size), and reloads when it
 * has not changed any further for a second: half-written files are not read. Ends with close.
 */
final class FileWatch implements AutoCloseable {

  private static final long EVERY_MILLIS = 1000;

  private final Thread thread;

  private FileWatch(Thread thread) {
    this.thread = thread;
  }

  /** Starts a thread that watches the files that are current at each look. */
  static FileWatch start(Supplier<Set<Path>> files, Runnable reload) {
    return new FileWatch(Thread.ofVirtual().name("file-watch").start(() -> watch(files, reload)));
  }

  private static void watch(Supplier<Set<Path>> files, Runnable reload) {
    Map<Path, String> loaded = look(files.get());
    Map<Path, String> before = loaded;
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
        Map<Path, String> now = look(files.get());
        if (now.equals(before) && !now.equals(loaded)) {
          loaded = now;
          reload.run();
          now = look(files.get());
          loaded = now;
        }
        before = now;
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<Path, String> look(Set<Path> files) {
    Map<Path, String> seen = new HashMap<>();
    for (Path file : files) {
      try {
        seen.put(file, Files.getLastModifiedTime(file) + " " + Files.size(file));
      } catch (IOException gone) {
        seen.put(file, "gone");
      }
    }
    return seen;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
