package dev.selvedge.bench.proxy;

import dev.selvedge.bench.BenchException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What must be there before anything is measured; what is missing is said in one line each. */
final class Setup {
  private static final int CORES_NEEDED = 2;

  private Setup() {}

  /** Ours first, then the peers that are installed; builds the program if it was not yet. */
  static List<Contender> contenders(ProxyOptions options, PrintStream out) {
    List<String> tools =
        List.of("cc", "taskset").stream().filter(t -> Programs.find(t).isEmpty()).toList();
    if (!tools.isEmpty()) {
      throw new BenchException(Programs.missing(tools));
    }
    if (Runtime.getRuntime().availableProcessors() < CORES_NEEDED) {
      throw new BenchException(
          "the benchmark needs two cores: one for the proxy, one for the load");
    }
    List<Contender> present = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<Contender> wanted =
        options.cases().stream().flatMap(c -> c.contenders().stream()).distinct().sorted().toList();
    for (Contender contender : wanted) {
      if (!contender.isOurs() && Programs.find(contender.label()).isEmpty()) {
        missing.add(contender.label());
      } else {
        present.add(contender);
      }
    }
    boolean required =
        List.of(System.getenv().getOrDefault("SELVEDGE_REQUIRE", "").split(",")).contains("peers");
    if (!missing.isEmpty() && (required || present.stream().noneMatch(Contender::isPeer))) {
      throw new BenchException(Programs.missing(missing));
    }
    if (!missing.isEmpty()) {
      out.println("skipped a peer: " + Programs.missing(missing));
    }
    build(options.home());
    return List.copyOf(present);
  }

  /** The launcher builds too, but a build must not be mistaken for a slow start. */
  private static void build(Path home) {
    if (Files.exists(home.resolve("app/target/dist/selvedge.jar"))) {
      return;
    }
    try {
      int exit =
          new ProcessBuilder(home.resolve("build").toString(), "dist")
              .inheritIO()
              .start()
              .waitFor();
      if (exit != 0) {
        throw new BenchException("./build dist failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted");
    }
  }

  /** Keeps this program's own threads off the proxy's core; children are pinned one by one. */
  static void pinThisProgram(int core) {
    String pid = Long.toString(ProcessHandle.current().pid());
    Programs.output(List.of("taskset", "-a", "-c", "-p", Integer.toString(core), pid));
  }

  /** What the peers say of themselves. */
  static String versions(List<Contender> contenders) {
    return contenders.stream()
        .filter(contender -> !contender.isOurs())
        .map(peer -> Programs.output(List.of(Programs.require(peer.label()), "-v")))
        .map(text -> text.lines().findFirst().orElse("").replace("nginx version: ", ""))
        .map(line -> line.replaceAll(" - https?://.*", ""))
        .collect(Collectors.joining(", "));
  }
}
