package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.kdl.Place;

/** A name that must be one of something defined elsewhere. Immutable. */
public record Ref(String name, Place place) {

  static Ref read(String text, Spot spot) {
    return new Ref(text, spot.place());
  }
}
