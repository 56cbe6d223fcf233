package dev.selvedge.app;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.AgentConfig.BodyMode;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.proxy.agent.body.SpillFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether the process may open as many files as the configured bounds allow.
 *
 * <p>Counted are client connections; for upstreams, at most as many as requests may be in flight;
 * for each agent two connections of each loop, because a reload makes new ones while the old ones
 * answer their last calls, and what a child needs; where agents hold bodies, the files there may
 * be. Without enough for connections nothing starts. Without enough for the rest, agents are not
 * reached and bodies not held once connections have taken all: that is said, and starts. Stateless.
 */
final class Descriptors {

  /** Pipes to and from a child and the connection that asks for its health; and its successor's. */
  private static final int OF_A_CHILD = 2 * 3;

  private static final Path LIMITS = Path.of("/proc/self/limits");

  private Descriptors() {}

  /** One line that says what is too little and what to do, or null. */
  static @Nullable String shortage(Config config) {
    long allowed = allowed();
    long needed = connections(config);
    if (allowed >= needed) {
      return null;
    }
    return "selvedge: the configured bounds allow "
        + needed
        + " open files (max-connections and upstream connections), but the process may open only "
        + allowed
        + "; raise the limit (ulimit -n "
        + (needed(config) + 256)
        + ") or lower system.limits.max-connections and max-in-flight";
  }

  /** One line that says what may be refused when connections have taken all files, or null. */
  static @Nullable String warning(Config config) {
    long allowed = allowed();
    long needed = needed(config);
    if (allowed >= needed) {
      return null;
    }
    return "agents, and bodies held for them, may need "
        + (needed - connections(config))
        + " files more than connections, and all together the process may open "
        + allowed
        + ": with all connections in use their failure modes act (ulimit -n "
        + (needed + 256)
        + ")";
  }

  static long needed(Config config) {
    return connections(config) + agents(config) + spillFiles(config);
  }

  private static long connections(Config config) {
    long upstream = 0;
    for (UpstreamConfig one : config.upstreams().values()) {
      upstream += one.maxConnections();
    }
    var limits = config.system().limits();
    return limits.maxConnections() + Math.min(upstream, limits.maxInFlight());
  }

  private static long agents(Config config) {
    int threads = config.system().workerThreads();
    int loops = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    long files = 0;
    for (AgentConfig agent : config.agents().values()) {
      files += 2L * loops + (agent.address() == null ? OF_A_CHILD : 0);
    }
    return files;
  }

  private static long spillFiles(Config config) {
    boolean requests = false;
    boolean responses = false;
    for (AgentConfig agent : config.agents().values()) {
      requests |= agent.requestBody() == BodyMode.HOLD;
      responses |= agent.responseBody() == BodyMode.HOLD;
    }
    long inFlight = config.system().limits().maxInFlight();
    return Math.min(SpillFiles.FILES_MAX, inFlight * ((requests ? 1 : 0) + (responses ? 1 : 0)));
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
