package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.plan.RulePlan;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.trace.Trace;
import java.util.concurrent.atomic.AtomicLong;

/** What the transactions of one rule set share. Thread-safe. */
public final class Engine {
  private static final int STORED_ENTRIES_MAX = 10_000;

  private final RuleProgram program;
  private final RulePlan plan;
  private final EngineOptions options;
  private final Opening opening;
  private final StoredCollections stored = new StoredCollections(STORED_ENTRIES_MAX);
  private final Workbench.Pool benches;
  private final AtomicLong sequence = new AtomicLong();

  public Engine(RuleProgram program, EngineOptions options) {
    this.program = program;
    this.options = options;
    plan = RulePlan.of(program);
    benches = new Workbench.Pool(plan);
    opening = new Opening(plan.phase(1), newState(Trace.OFF));
  }

  public RuleProgram program() {
    return program;
  }

  public RulePlan plan() {
    return plan;
  }

  /**
   * A transaction.
   *
   * @param planned whether rules that cannot match may be left out; the outcome is the same
   */
  public Transaction newTransaction(Trace trace, boolean planned) {
    State state = newState(trace);
    return new Transaction(
        state,
        planned
            ? new PhaseRunner(state, plan, opening, benches)
            : new PhaseRunner(state, null, null, benches));
  }

  private State newState(Trace trace) {
    return new State(program, options, stored, trace, sequence.incrementAndGet());
  }
}
