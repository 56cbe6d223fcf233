package dev.selvedge.edge.agents.setting;

import dev.selvedge.edge.config.Problem;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** What became of an agent's block: its settings, or all of its mistakes together. Immutable. */
public sealed interface Decoded<T> {

  record Ok<T>(T settings) implements Decoded<T> {}

  /**
   * It was refused.
   *
   * @param problems at least one, in the order of their places
   */
  record Refused<T>(List<ConfigProblem> problems) implements Decoded<T> {}

  /** The mistakes; none where there are settings. */
  default List<ConfigProblem> problems() {
    return switch (this) {
      case Ok<T> ok -> List.of();
      case Refused<T> refused -> refused.problems();
    };
  }

  /**
   * Reads a block by its keys, exactly as the proxy's own blocks are read.
   *
   * @param file where the block was written; relative paths in it start at its folder
   * @param decoder makes the settings; may report further problems through the section
   */
  static <T> Decoded<T> read(
      Block block, String file, List<ConfigNode> nodes, Function<Section, T> decoder) {
    Source source = new Source(file, folder(file));
    Report report = new Report(any -> null);
    Place start = new Place(source, 0, 0);
    Section section = Section.of(block, start, ConfigTree.written(nodes, source), report);
    T settings = decoder.apply(section);
    return report.count() == 0
        ? new Ok<>(settings)
        : new Refused<>(report.sorted().stream().map(Decoded::placed).toList());
  }

  private static ConfigProblem placed(Problem problem) {
    String suggestion = problem.suggestion();
    String meant = suggestion == null ? "" : " (did you mean \"" + suggestion + "\"?)";
    return new ConfigProblem(problem.line(), problem.column(), problem.message() + meant);
  }

  private static Path folder(String file) {
    Path here = Path.of("").toAbsolutePath();
    try {
      if (file.isEmpty()) {
        return here; // written in no file: on a command line
      }
      Path folder = Path.of(file).toAbsolutePath().normalize().getParent();
      return folder == null ? here : folder;
    } catch (InvalidPathException elsewhere) {
      return here;
    }
  }
}
