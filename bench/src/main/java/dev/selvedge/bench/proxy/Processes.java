package dev.selvedge.bench.proxy;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Ends process trees: asked first, killed when they do not go. */
final class Processes {
  private Processes() {}

  /** Returns when the process and its descendants are gone. */
  static void stop(ProcessHandle root, int seconds) {
    List<ProcessHandle> tree = Stream.concat(Stream.of(root), root.descendants()).toList();
    root.destroy();
    try {
      root.onExit().get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Killed below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tree.forEach(ProcessHandle::destroyForcibly);
  }

  /** Stops that process tree also when this program is interrupted. */
  static void stopAtExit(ProcessHandle root) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  root.descendants().forEach(ProcessHandle::destroyForcibly);
                  root.destroyForcibly();
                },
                "stop-" + root.pid()));
  }
}
