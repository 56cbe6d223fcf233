package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.trace.Trace;
import dev.selvedge.edge.waf.variable.Macro;

/** A test of one value; not yet negated. Immutable, so one instance serves all threads. */
@FunctionalInterface
public interface Operator {
  boolean matches(byte[] value, Context context);

  /** What an operator may ask of the transaction. */
  interface Context extends Macro.Scope {
    /** Whether the rule keeps what was matched (the capture action). */
    boolean capturing();

    /** Sets TX:group, 0 for the whole match. */
    void capture(int group, byte[] value);

    /** Steps that one regular expression may take. */
    long regexSteps();

    /** A regular expression ran out of steps. */
    void regexLimit(String pattern);

    Trace trace();
  }
}
