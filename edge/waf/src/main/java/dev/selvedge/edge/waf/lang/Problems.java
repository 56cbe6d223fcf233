package dev.selvedge.edge.waf.lang;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects everything wrong with a rule set, so that all of it is reported together.
 *
 * <p>Not thread-safe.
 */
final class Problems {
  private static final int PROBLEMS_MAX = 1000;

  /** Problems repeat what was written, which may be a pattern of any length. */
  private static final int MESSAGE_MAX = 300;

  private final List<RuleProblem> found = new ArrayList<>();

  void add(Place place, String message) {
    if (found.size() < PROBLEMS_MAX) {
      boolean fits = message.length() <= MESSAGE_MAX;
      String shown = fits ? message : message.substring(0, MESSAGE_MAX) + "…";
      found.add(new RuleProblem(place.file(), place.line(), shown));
    }
  }

  List<RuleProblem> all() {
    return List.copyOf(found);
  }
}
