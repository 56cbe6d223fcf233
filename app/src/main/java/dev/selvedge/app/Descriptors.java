package dev.selvedge.app;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.UpstreamConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether the process may open as many files as the configured bounds allow connections.
 *
 * <p>Counted are client connections and, for upstreams, at most as many as requests may be in
 * flight. Stateless.
 */
final class Descriptors {

  private static final Path LIMITS = Path.of("/proc/self/limits");

  private Descriptors() {}

  /** One line that says what is too little and what to do, or null. */
  static @Nullable String shortage(Config config) {
    long allowed = allowed();
    long needed = needed(config);
    if (allowed >= needed) {
      return null;
    }
    return "selvedge: the configured bounds allow "
        + needed
        + " connections (max-connections and upstream connections), but the process may open only "
        + allowed
        + " files; raise the limit (ulimit -n "
        + (needed + 256)
        + ") or lower system.limits.max-connections and max-in-flight";
  }

  static long needed(Config config) {
    long upstream = 0;
    for (UpstreamConfig one : config.upstreams().values()) {
      upstream += one.maxConnections();
    }
    var limits = config.system().limits();
    return limits.maxConnections() + Math.min(upstream, limits.maxInFlight());
  }

  /** The limit in force (the JVM has raised it to the hard one); everything where unknown. */
  private static long allowed() {
    try {
      for (String line : Files.readAllLines(LIMITS)) {
        if (line.startsWith("Max open files")) {
          String soft = line.substring("Max open files".length()).strip().split("\\s+", -1)[0];
          return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
        }
      }
    } catch (IOException | NumberFormatException unknown) {
      return Long.MAX_VALUE;
    }
    return Long.MAX_VALUE;
  }
}
