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
  private final StoredCollections stored = new StoredCollections(STORED_ENTRIES_MAX);
  private final Workbench.Pool benches;
  private final AtomicLong sequence = new AtomicLong();

  public Engine(RuleProgram program, EngineOptions options) {
    this.program = program;
    this.options = options;
    plan = RulePlan.of(program);
    benches = new Workbench.Pool(plan);
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
    State state = new State(program, options, stored, trace, sequence.incrementAndGet());
    return new Transaction(state, new PhaseRunner(state, planned ? plan : null, benches));
  }
}
