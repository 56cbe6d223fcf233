package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.plan.PhasePlan;
import dev.selvedge.edge.waf.plan.Step;
import dev.selvedge.edge.waf.variable.Fields;
import java.util.Objects;

/**
 * What a run of rules of phase 1 does that comes before any other sets TX, where that is the same
 * for each request: rule sets begin with dozens of settings, which are made once and then copied.
 * Immutable: the state is not touched after construction.
 */
final class Opening {
  /** Stands for a value that the rules leave as it was. */
  private static final byte[] UNTOUCHED = new byte[0];

  private final State after;
  private final int firstStep;
  private final int rule;
  private final int step;
  private final boolean clears;

  /**
   * Runs the rules of a phase that act alike for every request.
   *
   * @param fresh a state of which nothing is known yet
   */
  Opening(PhasePlan plan, State fresh) {
    after = fresh;
    after.matchedVar = UNTOUCHED;
    after.matchedVarName = UNTOUCHED;
    after.status = 0;
    Evaluator evaluator = new Evaluator(fresh, new Decider(fresh));
    int at = 0;
    while (at < plan.size() && !constant(plan.step(at))) {
      at++;
    }
    firstStep = at;
    int from = at < plan.size() ? plan.step(at).index() : plan.rules();
    boolean cleared = false;
    while (at < plan.size() && constant(plan.step(at))) {
      Step next = plan.step(at);
      if (plan.neverBetween(from, next.index())) {
        cleared = true;
        evaluator.clearMatched();
      }
      Step.Known known = Objects.requireNonNull(next.known());
      evaluator.known(known, true);
      from = known.next();
      at = plan.stepAt(from);
    }
    rule = from;
    step = at;
    clears = cleared;
  }

  private static boolean constant(Step step) {
    Step.Known known = step.known();
    return known != null && known.constant();
  }

  /** The step that it takes the place of, and of those up to {@link #step}. */
  int firstStep() {
    return firstStep;
  }

  /** The index of the rule at which evaluation goes on. */
  int rule() {
    return rule;
  }

  /** The step at which evaluation goes on. */
  int step() {
    return step;
  }

  /** Brings a transaction in which no rule has set TX yet to where these rules leave it. */
  @SuppressWarnings("ReferenceEquality") // a mark, not a value
  void run(State s) {
    s.tx.begin(after.tx);
    s.rule = after.rule;
    s.status = after.status > 0 ? after.status : s.status;
    s.highestSeverity = Math.min(s.highestSeverity, after.highestSeverity);
    if (clears && s.matchedVars.size() > 0) {
      s.matchedVars.clear();
    }
    if (after.matchedVar != UNTOUCHED) {
      s.matchedVar = after.matchedVar;
      s.matchedVarName = after.matchedVarName;
    }
    Fields matched = after.matchedVars;
    for (int i = 0; i < matched.size(); i++) {
      s.matchedVars.add(matched.name(i), matched.value(i));
    }
  }
}
