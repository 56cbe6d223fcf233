package dev.selvedge.edge.config.kdl;

import java.util.List;

/**
 * What a text held. Immutable.
 *
 * @param nodes all nodes where there is no error, else those that could be read around the errors
 * @param errors in the order of their places; empty for well-formed text
 */
public record KdlDocument(List<KdlNode> nodes, List<SyntaxError> errors) {

  public KdlDocument {
    nodes = List.copyOf(nodes);
    errors = List.copyOf(errors);
  }
}
