package dev.selvedge.bench.waf;

import dev.selvedge.bench.BenchException;
import dev.selvedge.edge.waf.LoadOutcome;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.operator.FileSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rule files of one side-by-side run. Immutable. */
record RuleFiles(List<Path> files) {
  private static final Path OWN =
      Path.of("edge/waf/src/main/resources/dev/selvedge/edge/waf/own/rules");

  /** The CRS as it is, at its default paranoia level 1, behind the settings both sides share. */
  static RuleFiles crs(Path home) {
    String given = System.getenv("SELVEDGE_SUITES");
    Path suites = given == null ? home.resolve("../shared/suites") : Path.of(given);
    Path crs = suites.resolve("crs").toAbsolutePath().normalize();
    if (!Files.isDirectory(crs)) {
      throw new BenchException("the CRS is not at " + crs + " (set SELVEDGE_SUITES)");
    }
    List<Path> files = new ArrayList<>();
    files.add(home.resolve("bench/waf/before.conf"));
    files.add(crs.resolve("crs-setup.conf.example"));
    files.addAll(confs(crs.resolve("rules")));
    return new RuleFiles(List.copyOf(files));
  }

  /** The project's own rules; null where there are none. */
  static @Nullable RuleFiles own(Path home) {
    Path folder = home.resolve(OWN);
    if (!Files.isDirectory(folder)) {
      return null;
    }
    Path setup = folder.resolve("setup.conf");
    List<Path> files = new ArrayList<>(List.of(home.resolve("bench/waf/before.conf"), setup));
    confs(folder).stream().filter(file -> !file.equals(setup)).forEach(files::add);
    return new RuleFiles(List.copyOf(files));
  }

  private static List<Path> confs(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RuleSet load() {
    List<String> names = files.stream().map(Path::toString).toList();
    return switch (RuleSet.load(names, new Disk(), EngineOptions.DEFAULT)) {
      case LoadOutcome.Loaded loaded -> loaded.rules();
      case LoadOutcome.Refused refused ->
          throw new BenchException("rules do not load: " + refused.problems().getFirst());
    };
  }

  /** A file that includes them all, as libmodsecurity takes it. */
  String includes() {
    StringBuilder text = new StringBuilder();
    files.forEach(file -> text.append("Include ").append(file).append('\n'));
    return text.toString();
  }

  /** Files by their paths; data files lie beside the rules that name them. */
  private static final class Disk implements FileSource {
    @Override
    public byte @Nullable [] read(String name, String includer) {
      Path beside = includer.isEmpty() ? Path.of(name) : Path.of(includer).resolveSibling(name);
      try {
        return Files.exists(beside) ? Files.readAllBytes(beside) : null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public List<String> expand(String pattern, String includer) {
      return List.of(pattern);
    }
  }
}
