package dev.selvedge.edge.config.schema;

import dev.selvedge.edge.config.Problem;
import dev.selvedge.edge.config.kdl.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects the problems of a configuration, so that all are shown together. Not thread-safe.
 *
 * <p>Where part of the text could not be read the report is {@link #incomplete}: what is missing
 * may stand there, so absence is no longer reported as a mistake of its own.
 */
public final class Report {

  /** Further ones are not kept: nobody reads them, and a large file could hold a million. */
  static final int PROBLEMS_MAX = 1_000;

  private static final int MESSAGE_MAX = 1_000;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Set<Place> unreadable = new HashSet<>();
  private final List<String> files = new ArrayList<>();
  private final Function<String, @Nullable String> homes;
  private int found;
  private boolean incomplete;

  /**
   * @param homes where a key belongs that was written elsewhere, in words; null where it is unknown
   */
  public Report(Function<String, @Nullable String> homes) {
    this.homes = homes;
  }

  @Nullable String home(String key) {
    return homes.apply(key);
  }

  /** Problems are sorted by file in the order of these calls, then by place. */
  public void file(String name) {
    files.add(name);
  }

  public void problem(Place place, String message) {
    problem(place, message, null);
  }

  public void problem(Place place, String message, @Nullable String suggestion) {
    found++;
    if (problems.size() < PROBLEMS_MAX && !unreadable.contains(place)) {
      boolean last = problems.size() == PROBLEMS_MAX - 1;
      problems.add(
          new Problem(
              place.source().name(),
              place.line(),
              place.column(),
              last ? "there are more problems than are shown" : printable(message),
              last ? null : suggestion));
    }
  }

  /** One line for a terminal or a log, whatever the text held that it quotes. */
  private static String printable(String message) {
    String cut =
        message.length() > MESSAGE_MAX
            ? message.substring(0, message.offsetByCodePoints(0, MESSAGE_MAX / 2)) + "…"
            : message;
    return UNPRINTABLE.matcher(cut).replaceAll("?");
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

  /** Whether further problems are no longer kept. */
  boolean full() {
    return problems.size() >= PROBLEMS_MAX;
  }

  /** How many were found, also those that are not kept. */
  public int count() {
    return found;
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
