package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Shape;
import dev.selvedge.edge.config.schema.Type;
import java.util.List;

/** A block whose keys are not known here. */
public record AnyNodes() implements Type<List<KdlNode>> {

  @Override
  public String text() {
    return "block, with the agent's own keys";
  }

  @Override
  public List<KdlNode> read(KdlNode node, String suffix, Report report) {
    Shape.withoutArguments(node, report);
    Shape.withoutProperties(node, report, List.of());
    return node.children();
  }
}
