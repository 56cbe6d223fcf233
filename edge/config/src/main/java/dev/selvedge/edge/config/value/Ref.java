package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.schema.Spot;

/** A name that must be one of something defined elsewhere. Immutable. */
public record Ref(String name, Place place) {

  public static Ref read(String text, Spot spot) {
    return new Ref(text, spot.place());
  }
}
