package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.Problem;
import dev.selvedge.edge.config.kdl.KdlNode;
import java.util.List;

/**
 * A file's nodes, before any key is looked at. Immutable.
 *
 * @param nodes complete only where there is no problem
 * @param problems sorted by file and place
 */
public record Tree(List<KdlNode> nodes, List<Problem> problems) {

  public Tree {
    nodes = List.copyOf(nodes);
    problems = List.copyOf(problems);
  }
}
