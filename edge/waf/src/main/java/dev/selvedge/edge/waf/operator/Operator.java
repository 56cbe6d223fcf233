package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.injection.SqlDetector;
import dev.selvedge.edge.waf.injection.XssDetector;
import dev.selvedge.edge.waf.rx.Rx;
import dev.selvedge.edge.waf.rx.RxMatcher;
import dev.selvedge.edge.waf.trace.Trace;
import dev.selvedge.edge.waf.variable.Macro;

/** A test of one value; not yet negated. Immutable, so one instance serves all threads. */
@FunctionalInterface
public interface Operator {
  boolean matches(byte[] value, Context context);

  /** What a value must have to match. */
  default Need need() {
    return Need.ANYTHING;
  }

  /** The same operator with something known of what it needs. */
  default Operator needing(Need need) {
    Operator operator = this;
    return new Operator() {
      @Override
      public boolean matches(byte[] value, Context context) {
        return operator.matches(value, context);
      }

      @Override
      public Need need() {
        return need;
      }
    };
  }

  /** What an operator may ask of the transaction. */
  interface Context extends Macro.Scope {
    /** Whether the rule keeps what was matched (the capture action). */
    boolean capturing();

    /** Sets TX:group, 0 for the whole match. */
    void capture(int group, byte[] value);

    /** A matcher for one search; the next call may give the same one again. */
    RxMatcher matcher(Rx rx);

    /** The detector of SQL injection; the next call may give the same one again. */
    SqlDetector sqlDetector();

    /** The detector of cross-site scripting; the next call may give the same one again. */
    XssDetector xssDetector();

    /** Steps that one regular expression may take. */
    long regexSteps();

    /** A regular expression ran out of steps. */
    void regexLimit(String pattern);

    Trace trace();
  }
}
