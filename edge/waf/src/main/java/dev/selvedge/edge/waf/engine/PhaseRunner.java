package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.plan.PhasePlan;
import dev.selvedge.edge.waf.plan.RulePlan;
import dev.selvedge.edge.waf.plan.Step;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import java.util.Objects;
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
  private final QuickTest quick;
  private final @Nullable RulePlan plan;
  private final @Nullable Opening opening;
  private final Workbench.Pool benches;
  private int removedSeen;

  /**
   * A runner for one transaction.
   *
   * @param plan how to run the rules; null to evaluate one after the other
   * @param opening what the plan's first rules do, null with no plan
   */
  PhaseRunner(
      State state, @Nullable RulePlan plan, @Nullable Opening opening, Workbench.Pool benches) {
    this.s = state;
    this.plan = plan;
    this.opening = opening;
    this.benches = benches;
    evaluator = new Evaluator(state, new Decider(state));
    quick = new QuickTest(state);
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
    int earlier = s.phasesBegun;
    s.phasesBegun |= 1 << phase;
    if (!allowed(phase)) {
      return;
    }
    Workbench bench = benches.take();
    s.bench = bench;
    try {
      RulePlan known = plan;
      int before = (1 << phase) - 2; // bits 1 to phase - 1
      boolean inOrder = phase == LOGGING || (earlier & before) == before;
      if (known != null && inOrder && !s.planBroken && !s.trace.on()) {
        readValues(phase);
        planned(program, known, phase);
      } else {
        oneAfterTheOther(program, phase, 0);
      }
      if (phase == LOGGING) {
        bench.giveBack(s.requestMarks, s.responseMarks);
        s.requestMarks = null;
        s.responseMarks = null;
      }
      benches.giveBack(bench);
    } finally {
      s.bench = null;
    }
  }

  private void oneAfterTheOther(PhaseProgram program, int phase, int first) {
    int at = resume(program, first);
    while (at < program.rules().size()) {
      Rule rule = program.rules().get(at);
      if (!skipped(rule)) {
        evaluator.rule(rule);
        if (ends(phase)) {
          return;
        }
      }
      at = resume(program, at + 1);
    }
  }

  private boolean ends(int phase) {
    if (s.verdict instanceof Verdict.Allow || phase == LOGGING) {
      return false;
    }
    s.log(8, "Skipping this phase as this request was already intercepted.");
    return true;
  }

  private void readValues(int phase) {
    Workbench bench = s.bench();
    ValueMarks marks = s.requestMarks;
    if (marks == null) {
      marks = bench.takeRequestMarks();
      s.requestMarks = marks;
    }
    marks.read(s, bench.requestScan(), s.request.bodyBytes, s.request.xml);
    if (phase > REQUEST_BODY) {
      ValueMarks answer = s.responseMarks;
      if (answer == null) {
        answer = bench.takeResponseMarks();
        s.responseMarks = answer;
      }
      answer.read(s, bench.responseScan(), s.response.bodyBytes, null);
    }
  }

  /** The same as {@link #oneAfterTheOther}, without the rules that need not be asked. */
  private void planned(PhaseProgram program, RulePlan known, int phase) {
    PhasePlan steps = known.phase(phase);
    long[] asked = s.bench().steps(steps.words());
    ask(steps, asked);
    int from = resume(program, 0);
    int at = steps.stepAt(from);
    while (at < steps.size()) {
      int next = nextAsked(steps, asked, at);
      if (next > at) {
        evaluator.clearMatched(); // those between do not match
        from = steps.step(next - 1).index() + 1;
        at = next;
        continue;
      }
      Step step = steps.step(at);
      int index = step.index();
      if (steps.neverBetween(from, index)) {
        evaluator.clearMatched();
      }
      from = index + 1;
      Opening begin = phase == 1 ? opening : null;
      if (begin != null && at == begin.firstStep() && nothingSkipped() && s.tx.onlyTold()) {
        begin.run(s);
        from = begin.rule();
        at = begin.step();
        continue;
      }
      at++;
      Step.Known always = step.known();
      if (skipped(step.rule())) {
        continue;
      }
      if (always != null) {
        if (always.next() != from) {
          from = always.next();
          at = steps.stepAt(from);
        }
        int then = nextAsked(steps, asked, at);
        evaluator.known(always, then == at && !neverBefore(steps, from, at));
      } else if (!mayMatch(step)) {
        evaluator.clearMatched();
      } else {
        evaluator.rule(step);
        if (ends(phase)) {
          return;
        }
        if (breaks(known)) {
          oneAfterTheOther(program, phase, from);
          return;
        }
        if (s.skipAfter != null) {
          from = resume(program, from);
          at = steps.stepAt(from);
        }
      }
    }
    if (steps.neverBetween(from, steps.rules())) {
      evaluator.clearMatched();
    }
  }

  private int nextAsked(PhasePlan steps, long[] asked, int at) {
    return nothingSkipped() ? steps.next(asked, at) : at;
  }

  private static boolean neverBefore(PhasePlan steps, int from, int at) {
    return steps.neverBetween(from, at < steps.size() ? steps.step(at).index() : steps.rules());
  }

  private void ask(PhasePlan steps, long[] asked) {
    ValueMarks request = Objects.requireNonNull(s.requestMarks, "read before");
    ValueMarks response = s.responseMarks;
    steps.ask(request.needed(), response == null ? null : response.needed(), asked);
  }

  /** Whether every rule is run that is come to. */
  private boolean nothingSkipped() {
    return s.skipRules == 0 && s.allow == null && s.removedIds.isEmpty() && s.removedTags.isEmpty();
  }

  /** Whether rules have been removed that the plan counts on. */
  private boolean breaks(RulePlan known) {
    int removed = s.removedIds.size() + s.removedTags.size();
    if (removed == removedSeen) {
      return false;
    }
    removedSeen = removed;
    s.planBroken = known.countsOn(s.removedIds, s.removedTags);
    return s.planBroken;
  }

  private boolean mayMatch(Step step) {
    if (step.filter() >= 0) {
      ValueMarks marks = step.response() ? s.responseMarks : s.requestMarks;
      if (marks != null && !marks.needs(step.filter())) {
        return false;
      }
    }
    return (!step.quick() && step.quickChained() == 0) || quick.mayMatch(step);
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
    for (int i = 0; i < s.removedTags.size(); i++) {
      if (rule.hasTag(s.removedTags.get(i))) {
        return skip(rule, ". Skipped due to a ruleRemoveByTag action.");
      }
    }
    for (int i = 0; i < s.removedIds.size(); i++) {
      Action.IdRange range = s.removedIds.get(i);
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
