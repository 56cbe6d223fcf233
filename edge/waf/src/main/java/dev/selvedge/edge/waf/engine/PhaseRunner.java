package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import org.jspecify.annotations.Nullable;

/**
 * Runs the rules of a phase in order, with skips, markers, allowances and removals.
 *
 * <p>Not thread-safe: it belongs to one transaction.
 */
final class PhaseRunner {
  private static final int LOGGING = 5;
  private static final int REQUEST_BODY = 2;

  private final State s;
  private final Evaluator evaluator;

  PhaseRunner(State state) {
    this.s = state;
    this.evaluator = new Evaluator(state, new Decider(state));
  }

  void run(int phase) {
    if (Actions.off(s)) {
      s.log(4, "Rule engine disabled, returning...");
      return;
    }
    PhaseProgram program = s.program.phase(phase);
    if (s.trace.on()) {
      s.log(9, "This phase consists of " + program.rules().size() + " rule(s).");
    }
    if (!allowed(phase)) {
      return;
    }
    int at = resume(program, 0);
    while (at < program.rules().size()) {
      Rule rule = program.rules().get(at);
      if (!skipped(rule)) {
        evaluator.rule(rule);
        if (!(s.verdict instanceof Verdict.Allow) && phase != LOGGING) {
          s.log(8, "Skipping this phase as this request was already intercepted.");
          return;
        }
      }
      at = resume(program, at + 1);
    }
  }

  private boolean allowed(int phase) {
    Disruptive.Scope scope = s.allow;
    if (scope == null) {
      return true;
    }
    boolean all = scope == Disruptive.Scope.ALL && phase != LOGGING;
    if (all || (scope == Disruptive.Scope.REQUEST && phase <= REQUEST_BODY)) {
      s.log(
          9,
          "Skipping all rules evaluation on this phase as request through the utilization of an"
              + " `allow' action.");
      return false;
    }
    s.allow = null;
    return true;
  }

  /** Where to go on; a marker that is not in this phase is looked for in the next. */
  private int resume(PhaseProgram program, int index) {
    String marker = s.skipAfter;
    if (marker == null) {
      return index;
    }
    int at = program.after(marker, index);
    int end = at < 0 ? program.rules().size() : at;
    if (s.trace.on()) {
      for (int i = index; i < end; i++) {
        s.log(
            9,
            "Skipped rule id '" + program.rules().get(i).id() + "' due to a SecMarker: " + marker);
      }
    }
    if (at >= 0) {
      s.skipAfter = null;
    }
    return end;
  }

  private boolean skipped(Rule rule) {
    if (s.skipRules > 0) {
      s.skipRules--;
      if (s.trace.on()) {
        s.log(
            9,
            "Skipped rule id '%d' due to a `skip' action. Still %d to be skipped."
                .formatted(rule.id(), s.skipRules));
      }
      return true;
    }
    if (s.allow != null) {
      return skip(rule, " as request trough the utilization of an `allow' action.");
    }
    String removed = rule.removed();
    if (removed != null) {
      return skip(rule, ". " + removed);
    }
    for (String tag : s.removedTags) {
      if (Evaluator.hasTag(rule, tag)) {
        return skip(rule, ". Skipped due to a ruleRemoveByTag action.");
      }
    }
    for (Action.IdRange range : s.removedIds) {
      if (range.contains(rule.id())) {
        if (s.trace.on()) {
          s.log(9, "Rule id: " + rule.id() + " was skipped due to a ruleRemoveById action...");
        }
        return true;
      }
    }
    return false;
  }

  private boolean skip(Rule rule, String why) {
    if (s.trace.on()) {
      @Nullable String place = rule.meta().file() + ":" + rule.meta().line();
      s.log(9, "Skipped rule id '" + (rule.operator() == null ? place : rule.id()) + "'" + why);
    }
    return true;
  }
}
