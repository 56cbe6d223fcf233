package dev.selvedge.edge.waf;

import dev.selvedge.edge.waf.lang.RuleProblem;
import java.util.List;

/** What came of loading a rule set. Immutable. */
public sealed interface LoadOutcome {
  /** Every rule was understood. */
  record Loaded(RuleSet rules) implements LoadOutcome {}

  /** Nothing was loaded; everything that is wrong, in the order of the files. */
  record Refused(List<RuleProblem> problems) implements LoadOutcome {}
}
