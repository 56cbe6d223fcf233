package dev.selvedge.app.child;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The command line of a child: this very program, as {@code agent TYPE}, in a JVM whose memory is
 * bounded in every kind. Immutable.
 *
 * @param mainClass of the program
 */
public record ChildCommand(String mainClass) {

  private static final long MIB = 1L << 20;
  private static final long DIRECT_MIN = 32 * MIB;
  private static final long METASPACE_MAX = 96 * MIB;
  private static final long CODE_MAX = 64 * MIB;

  /** Nothing else of the environment is handed on: secrets stay in the proxy. */
  private static final Set<String> ENVIRONMENT = Set.of("LC_ALL", "LANG", "TZ", "TMPDIR");

  /** Options of this JVM that hold for its children too. */
  private static final List<String> INHERITED =
      List.of("-XX:AOTCache=", "-Xlog:aot", "-Xlog:cds", "-XX:TieredStopAtLevel=", "-Dselvedge.");

  /**
   * Starts a child.
   *
   * @param socket where it has to listen
   */
  Process start(ChildSpec child, Path socket) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words(child, socket)).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(ENVIRONMENT);
    return builder.start();
  }

  List<String> words(ChildSpec child, Path socket) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    words.add("-XX:+UseSerialGC");
    words.add("-Xmx" + child.memory().bytes());
    words.add("-XX:MaxDirectMemorySize=" + Math.max(DIRECT_MIN, child.memory().bytes() / 2));
    words.add("-XX:MaxMetaspaceSize=" + METASPACE_MAX);
    words.add("-XX:ReservedCodeCacheSize=" + CODE_MAX);
    words.add("-XX:+ExitOnOutOfMemoryError");
    words.add("-XX:-UsePerfData");
    words.add("--enable-native-access=ALL-UNNAMED");
    words.add("--sun-misc-unsafe-memory-access=allow");
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (INHERITED.stream().anyMatch(option::startsWith)) {
        words.add(option);
      }
    }
    words.addAll(List.of("-cp", System.getProperty("java.class.path", ""), mainClass));
    words.addAll(List.of("agent", child.type(), "--listen", "unix:" + socket));
    words.addAll(List.of("--child-of", Long.toString(ProcessHandle.current().pid())));
    return words;
  }
}
