package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.plan.Step;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Marks;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether the first test of a rule would match, without any effect; most rules that look at
 * numbers and protocol elements end here. Where it cannot tell it says that the rule may match.
 *
 * <p>Not thread-safe: it belongs to one transaction.
 */
final class QuickTest {
  private final State s;

  QuickTest(State state) {
    this.s = state;
  }

  /** False only where the rule's first test, or one chained to it, matches nothing. */
  boolean mayMatch(Step step) {
    s.quiet = true;
    s.quietLimit = false;
    s.capturing = false;
    boolean may = !step.quick() || mayMatch(step.rule(), step);
    Rule rule = step.rule();
    for (int i = 0; i < step.quickChained() && may && rule.chained() != null; i++) {
      rule = rule.chained();
      may = mayMatch(rule, null);
    }
    s.quiet = false;
    return may || s.quietLimit;
  }

  /** The same for one rule; {@code step} is null where nothing is known of its values. */
  private boolean mayMatch(Rule rule, @Nullable Step step) {
    OperatorSpec operator = rule.operator();
    if (operator == null) {
      return true;
    }
    List<Target> targets = rule.targets();
    boolean may = false;
    for (int i = 0; i < targets.size() && !may; i++) {
      Target target = targets.get(i);
      may = target.count() ? count(rule, operator, target) : values(rule, step, operator, target);
    }
    return may;
  }

  private boolean count(Rule rule, OperatorSpec operator, Target target) {
    Variable variable = target.variable();
    if (!rule.exclusions().isEmpty()) {
      return true;
    }
    int count;
    if (variable == Variable.TX && target.selector() instanceof Selector.Named named) {
      if (s.tx.hasEnds()) {
        return true;
      }
      count = s.tx.get(named.key()) == null ? 0 : 1;
    } else {
      Fields fields = VariableTable.fields(s, variable);
      if (fields == null) {
        return true;
      }
      count = fields.count(target.selector());
    }
    return test(rule, operator, Bytes.of(count));
  }

  private boolean values(Rule rule, @Nullable Step step, OperatorSpec operator, Target target) {
    Variable variable = target.variable();
    if (variable == Variable.TX && target.selector() instanceof Selector.Matching) {
      return s.tx.hasEnds() || s.tx.any(target.selector());
    }
    if (variable == Variable.TX && target.selector() instanceof Selector.Named named) {
      byte[] value = s.tx.get(named.key());
      return s.tx.hasEnds() || (value != null && test(rule, operator, value));
    }
    if (variable.shape() == Variable.Shape.SCALAR) {
      byte[] value = VariableTable.scalar(s, variable);
      return value == null
          || (!s.excludes(rule, variable, Bytes.EMPTY) && test(rule, operator, value));
    }
    Fields fields = VariableTable.fields(s, variable);
    if (fields == null) {
      return true;
    }
    return field(rule, step, operator, target, fields);
  }

  private boolean field(
      Rule rule, @Nullable Step step, OperatorSpec operator, Target target, Fields fields) {
    Variable variable = target.variable();
    boolean names = VariableTable.showsNames(variable);
    Marks marks = step == null ? null : marks(step, variable);
    Selector selector = target.selector();
    int hash = selector instanceof Selector.Named named ? named.key().hashCode() : 0;
    for (int i = 0; i < fields.size(); i++) {
      if (marks != null && step != null && !marks.may(i, step.filter())) {
        continue;
      }
      byte[] name = fields.name(i);
      boolean chosen =
          selector instanceof Selector.Named named
              ? fields.hash(i) == hash && Bytes.equalsIgnoreCase(named.name(), name)
              : selector.chooses(name);
      if (chosen
          && !s.excludes(rule, variable, name)
          && test(rule, operator, names ? name : fields.value(i))) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Marks marks(Step step, Variable variable) {
    ValueMarks marks = step.response() ? s.responseMarks : s.requestMarks;
    return step.filter() < 0 || marks == null ? null : marks.of(variable);
  }

  private boolean test(Rule rule, OperatorSpec operator, byte[] value) {
    byte[] current = value;
    List<NamedTransformation> transformations = rule.transformations();
    for (int i = 0; i < transformations.size(); i++) {
      current = transformations.get(i).apply(current);
    }
    return operator.operator().matches(current, s) != operator.negated();
  }
}
