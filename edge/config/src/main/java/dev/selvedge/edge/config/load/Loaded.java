package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What became of a configuration file. Immutable. */
public sealed interface Loaded {

  /**
   * It has no problem.
   *
   * @param files all that were read, absolute, so that they can be watched
   */
  record Ok(Config config, Set<Path> files) implements Loaded {}

  /**
   * It was refused.
   *
   * @param problems at least one, sorted by file and place
   */
  record Refused(List<Problem> problems) implements Loaded {}
}
