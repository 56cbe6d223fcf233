package dev.selvedge.edge.protocol;

/**
 * What is wrong with an agent's configuration, and where. Immutable.
 *
 * @param line 0 where the problem has no place
 */
public record ConfigProblem(int line, int column, String message) {

  public static ConfigProblem at(ConfigNode node, String message) {
    return new ConfigProblem(node.line(), node.column(), message);
  }
}
