package dev.selvedge.edge.waf;

import dev.selvedge.edge.waf.engine.Engine;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.lang.RuleReader;
import dev.selvedge.edge.waf.operator.FileSource;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.trace.Trace;
import java.util.List;

/**
 * A loaded rule set: the rules of one configuration, compiled, and what they remember between
 * transactions.
 *
 * <p>Loading is all or nothing, so a running set is replaced only by one that was understood whole.
 * Thread-safe.
 */
public final class RuleSet {
  private final Engine engine;

  private RuleSet(RuleProgram program, EngineOptions options) {
    engine = new Engine(program, options);
  }

  /** Loads rule files in order, as if they were one. */
  public static LoadOutcome load(List<String> names, FileSource files, EngineOptions options) {
    RuleReader reader = new RuleReader(files);
    names.forEach(reader::readFile);
    return outcome(reader.finish(), options);
  }

  /** A rule set of rules that were read. */
  public static RuleSet of(RuleProgram program, EngineOptions options) {
    return new RuleSet(program, options);
  }

  /** Loads one text under a name of its own. */
  public static LoadOutcome loadText(
      String name, byte[] text, FileSource files, EngineOptions options) {
    RuleReader reader = new RuleReader(files);
    reader.readText(name, text);
    return outcome(reader.finish(), options);
  }

  private static LoadOutcome outcome(RuleReader.Outcome outcome, EngineOptions options) {
    RuleProgram program = outcome.program();
    return program == null
        ? new LoadOutcome.Refused(outcome.problems())
        : new LoadOutcome.Loaded(new RuleSet(program, options));
  }

  public Transaction newTransaction() {
    return newTransaction(Trace.OFF);
  }

  /** A transaction that tells {@code trace} what it does. */
  public Transaction newTransaction(Trace trace) {
    return engine.newTransaction(trace, true);
  }

  /**
   * A transaction that evaluates rule after rule, which gives the same for more: the authority that
   * the planned way is held against.
   */
  public Transaction newPlainTransaction() {
    return engine.newTransaction(Trace.OFF, false);
  }

  public RuleProgram program() {
    return engine.program();
  }
}
