package dev.selvedge.edge.protocol;

import java.util.List;

/**
 * Why an agent decided so, for the decision record. Immutable.
 *
 * @param score the sum it decided on; its own scale
 */
public record Audit(int score, List<Rule> rules, List<String> tags) {

  /** Nothing to say. */
  public static final Audit NONE = new Audit(0, List.of(), List.of());

  public Audit {
    rules = List.copyOf(rules);
    tags = List.copyOf(tags);
  }

  /** A rule that matched and what it added. */
  public record Rule(String id, int score) {}

  public boolean isNone() {
    return score == 0 && rules.isEmpty() && tags.isEmpty();
  }
}
