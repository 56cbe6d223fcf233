package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.config.key.Keys;
import dev.selvedge.edge.config.schema.Report;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration: either every part of it is sound, or all problems come back together.
 * Never throws for what a file holds. Reads files; asks no resolver and opens no socket.
 * Thread-safe.
 */
public final class ConfigLoader {

  private ConfigLoader() {}

  /** Like {@link #load(Path, Function, Collection)} where no agent is built in. */
  public static Loaded load(Path file, Function<String, @Nullable String> env) {
    return load(file, env, List.of());
  }

  /**
   * Reads a file and what it includes.
   *
   * @param env the value of an environment variable, or null
   * @param builtIns types of agents that need no address
   */
  public static Loaded load(
      Path file, Function<String, @Nullable String> env, Collection<String> builtIns) {
    Report report = new Report(Keys::home);
    Includes includes = new Includes(env, report);
    Place start = start(file.toString(), folder(file));
    return decoded(includes.root(file), start, builtIns, includes, report);
  }

  /**
   * Reads a file and what it includes, whatever its keys are.
   *
   * @param env the value of an environment variable, or null
   */
  public static Tree tree(Path file, Function<String, @Nullable String> env) {
    Report report = new Report(any -> null);
    List<KdlNode> nodes = new Includes(env, report).root(file);
    return new Tree(nodes, report.sorted());
  }

  /** Like {@link #parse(String, String, Function, Collection)} where no agent is built in. */
  public static Loaded parse(String text, String fileName, Function<String, @Nullable String> env) {
    return parse(text, fileName, env, List.of());
  }

  /**
   * Reads a text as if it stood in a file of that name.
   *
   * @param env the value of an environment variable, or null
   * @param builtIns types of agents that need no address
   */
  public static Loaded parse(
      String text,
      String fileName,
      Function<String, @Nullable String> env,
      Collection<String> builtIns) {
    Report report = new Report(Keys::home);
    Includes includes = new Includes(env, report);
    Path file = Path.of(fileName);
    Place start = start(fileName, folder(file));
    return decoded(includes.root(text, file), start, builtIns, includes, report);
  }

  private static Loaded decoded(
      List<KdlNode> nodes,
      Place start,
      Collection<String> builtIns,
      Includes includes,
      Report report) {
    @Nullable Config config = ConfigDecoder.decode(nodes, start, builtIns, report);
    return config == null || report.count() > 0
        ? new Loaded.Refused(report.sorted())
        : new Loaded.Ok(config, includes.files());
  }

  private static Place start(String name, Path folder) {
    return new Place(new Source(name, folder), 1, 1);
  }

  private static Path folder(Path file) {
    Path parent = file.toAbsolutePath().normalize().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }
}
