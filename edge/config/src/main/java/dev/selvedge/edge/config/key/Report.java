package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.Problem;
import dev.selvedge.edge.config.kdl.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the problems of a configuration, so that all are shown together. Not thread-safe.
 *
 * <p>Where part of the text could not be read the report is {@link #incomplete}: what is missing
 * may stand there, so absence is no longer reported as a mistake of its own.
 */
public final class Report {

  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Set<Place> unreadable = new HashSet<>();
  private final List<String> files = new ArrayList<>();
  private boolean incomplete;

  /** Problems are sorted by file in the order of these calls, then by place. */
  public void file(String name) {
    files.add(name);
  }

  public void problem(Place place, String message) {
    problem(place, message, null);
  }

  public void problem(Place place, String message, @Nullable String suggestion) {
    if (!unreadable.contains(place)) {
      problems.add(
          new Problem(place.source().name(), place.line(), place.column(), message, suggestion));
    }
  }

  /** A problem that is one only if the whole text was understood: something is not there. */
  public void missing(Place place, String message, @Nullable String suggestion) {
    if (!incomplete) {
      problem(place, message, suggestion);
    }
  }

  public void incomplete() {
    incomplete = true;
  }

  /** The value at that place is not known: no further problem of it is reported. */
  public void unreadable(Place place) {
    unreadable.add(place);
  }

  public int count() {
    return problems.size();
  }

  public List<Problem> sorted() {
    return problems.stream()
        .sorted(
            Comparator.comparingInt((Problem problem) -> files.indexOf(problem.file()))
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column))
        .toList();
  }
}
