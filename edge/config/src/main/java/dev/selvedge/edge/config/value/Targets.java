package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.UpstreamConfig.Target;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Shape;
import dev.selvedge.edge.config.schema.Spot;
import dev.selvedge.edge.config.schema.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code target "HOST:PORT" weight=2}. */
public record Targets() implements Type<Target> {

  private static final Types.Whole WEIGHT = new Types.Whole(1, 1_000);
  private static final String EXPECTED = "an address, such as \"127.0.0.1:9001\"";

  @Override
  public String text() {
    return "address, and `weight=` 1 to 1,000 (1)";
  }

  @Override
  public @Nullable Target read(KdlNode node, String suffix, Report report) {
    Shape.withoutProperties(node, report, List.of("weight"));
    Shape.withoutChildren(node, report);
    Shape.withoutMoreArguments(node, 1, report);
    @Nullable Integer weight = 1;
    for (Property property : node.properties()) {
      if (property.name().equals("weight")) {
        weight =
            WEIGHT.read(
                property.argument(), new Spot("weight", property.argument().place(), report));
      }
    }
    @Nullable String text = Shape.text(node, 0, report, EXPECTED);
    @Nullable Address address =
        text == null
            ? null
            : Addresses.target(
                text, new Spot(node.name(), node.arguments().getFirst().place(), report));
    return address == null || weight == null ? null : new Target(address, weight);
  }
}
