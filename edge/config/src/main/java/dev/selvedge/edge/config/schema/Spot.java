package dev.selvedge.edge.config.schema;

import dev.selvedge.edge.config.kdl.Place;
import org.jspecify.annotations.Nullable;

/**
 * The place of one value that is being read, and where its problems go. Not thread-safe.
 *
 * @param key the name of its key, for messages
 */
@SuppressWarnings("TypeParameterUnusedInFormals") // always null, which is of any type
public record Spot(String key, Place place, Report report) {

  /** Reports and returns null, so that a reader can end with {@code return spot.refuse(…)}. */
  public <T> @Nullable T refuse(String message) {
    return refuse(message, null);
  }

  public <T> @Nullable T refuse(String message, @Nullable String suggestion) {
    report.problem(place, message, suggestion);
    return null;
  }

  Spot at(Place other) {
    return new Spot(key, other, report);
  }
}
