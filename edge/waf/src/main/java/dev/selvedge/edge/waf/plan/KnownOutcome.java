package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.injection.SqlDetector;
import dev.selvedge.edge.waf.injection.XssDetector;
import dev.selvedge.edge.waf.operator.Operator;
import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rx.Rx;
import dev.selvedge.edge.waf.rx.RxMatcher;
import dev.selvedge.edge.waf.trace.Trace;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule's own test gives, where it depends on nothing but what is known of TX.
 *
 * @param matches what it matched, in order; empty where it does not match
 *     <p>Immutable.
 */
record KnownOutcome(List<Step.Match> matches) {
  /** Thrown where the outcome depends on more than what is known. */
  private static final class NotKnown extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotKnown() {
      super("", null, false, false);
    }
  }

  /** The outcome of one rule of a chain, without the rest of it; null where it is not known. */
  static @Nullable KnownOutcome of(Rule rule, KnownTx tx) {
    OperatorSpec operator = rule.operator();
    if (operator == null) {
      return new KnownOutcome(List.of(new Step.Match(Bytes.EMPTY, Bytes.EMPTY)));
    }
    if (rule.multiMatch() || !rule.exclusions().isEmpty()) {
      return null;
    }
    List<Step.Match> matches = new ArrayList<>();
    try {
      for (Target target : rule.targets()) {
        test(rule, operator, target, tx, matches);
      }
    } catch (NotKnown e) {
      return null;
    }
    return rule.capture() && !matches.isEmpty() ? null : new KnownOutcome(List.copyOf(matches));
  }

  private static void test(
      Rule rule, OperatorSpec operator, Target target, KnownTx tx, List<Step.Match> matches) {
    boolean known =
        target.variable() == Variable.TX
            && target.selector() instanceof Selector.Named named
            && tx.knows(named.key());
    if (!known || !(target.selector() instanceof Selector.Named named)) {
      throw new NotKnown();
    }
    byte[] held = tx.value(named.key());
    byte[] value = target.count() ? Bytes.of(held == null ? 0 : 1) : held;
    if (value == null) {
      return;
    }
    for (NamedTransformation t : rule.transformations()) {
      value = t.apply(value);
    }
    if (operator.operator().matches(value, new Known(tx)) != operator.negated()) {
      String name = target.count() ? named.text() : Bytes.text(tx.written(named.key()));
      matches.add(new Step.Match(Bytes.of("TX:" + name), value));
    }
  }

  boolean matched() {
    return !matches.isEmpty();
  }

  /** A transaction of which only TX is known. */
  record Known(KnownTx tx) implements Operator.Context {
    @Override
    public boolean capturing() {
      return false;
    }

    @Override
    public void capture(int group, byte[] value) {
      throw new NotKnown();
    }

    @Override
    public RxMatcher matcher(Rx rx) {
      return rx.matcher();
    }

    @Override
    public SqlDetector sqlDetector() {
      return new SqlDetector();
    }

    @Override
    public XssDetector xssDetector() {
      return new XssDetector();
    }

    @Override
    public long regexSteps() {
      throw new NotKnown(); // a setting of the host's may end the search
    }

    @Override
    public void regexLimit(String pattern) {
      throw new NotKnown();
    }

    @Override
    public Trace trace() {
      return Trace.OFF;
    }

    @Override
    public byte[] value(Variable variable, Selector selector) {
      if (variable != Variable.TX
          || !(selector instanceof Selector.Named named)
          || !tx.knows(named.key())) {
        throw new NotKnown();
      }
      byte[] value = tx.value(named.key());
      return value == null ? Bytes.EMPTY : value;
    }
  }

  /** Expands a macro where only TX is asked for and known; null otherwise. */
  static byte @Nullable [] expanded(dev.selvedge.edge.waf.variable.Macro macro, KnownTx tx) {
    try {
      return macro.expand(new Known(tx));
    } catch (NotKnown e) {
      return null;
    }
  }
}
