package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.rule.EngineMode;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates one rule with its chain: each value of each target through the transformations and the
 * operator, as libmodsecurity 3 does, so that setvar runs once for every matched value.
 *
 * <p>Not thread-safe: it belongs to one transaction.
 */
final class Evaluator {
  private final State s;
  private final Decider decider;

  Evaluator(State state, Decider decider) {
    this.s = state;
    this.decider = decider;
  }

  /** Runs a rule that stands for itself or starts a chain. */
  void rule(Rule rule) {
    Message message = new Message(rule);
    evaluate(rule, rule, message);
  }

  private boolean evaluate(Rule first, Rule rule, Message message) {
    s.rule = rule;
    boolean matched =
        rule.operator() == null ? unconditional(first, rule, message) : test(rule, message);
    if (!matched) {
      if (s.trace.on()) {
        s.log(4, "Rule returned 0.");
      }
      clearMatched();
      return false;
    }
    if (s.trace.on()) {
      s.log(4, "Rule returned 1.");
    }
    Rule next = rule.chained();
    if (next != null) {
      s.log(4, "Executing chained rule.");
      if (!evaluate(first, next, message)) {
        return false;
      }
      s.rule = rule;
      texts(rule, message); // they tell of what the end of the chain matched
    }
    afterChain(rule, message);
    if (!reportsEachMatch(first) && starts(rule, message) && message.log) {
      report(message);
    }
    return true;
  }

  private static boolean reportsEachMatch(Rule first) {
    return first.multiMatch() && first.chained() == null;
  }

  private static boolean starts(Rule rule, Message message) {
    return rule.id() == message.first.id();
  }

  private void clearMatched() {
    s.matchedVar = Bytes.EMPTY;
    s.matchedVarName = Bytes.EMPTY;
    s.matchedVars.clear();
    s.log(9, "Matched vars cleaned.");
  }

  private boolean unconditional(Rule first, Rule rule, Message message) {
    if (s.trace.on()) {
      s.log(4, "(Rule: " + first.id() + ") Executing unconditional rule...");
    }
    message.matched(rule, "", "", Bytes.EMPTY);
    perValue(rule, message);
    return true;
  }

  private boolean test(Rule rule, Message message) {
    OperatorSpec operator = java.util.Objects.requireNonNull(rule.operator());
    if (s.trace.on()) {
      s.log(
          4,
          "(Rule: %d) Executing operator \"%s\" with param \"%s\" against %s."
              .formatted(
                  starts(rule, message) ? rule.id() : 0,
                  operator.name(),
                  expandedArgument(operator),
                  rule.targetsText()));
    }
    boolean matched = false;
    for (Target target : rule.targets()) {
      if (target.variable() == Variable.XML) {
        namespaces(rule, message);
      }
      matched |=
          target.count() ? testCount(rule, target, message) : testValues(rule, target, message);
    }
    return matched;
  }

  /** A rule's own prefixes have to be known before its paths are read. */
  private void namespaces(Rule rule, Message message) {
    for (Action action : rule.afterChain()) {
      if (action instanceof Action.XmlNamespace) {
        Actions.run(action, s, message);
      }
    }
  }

  private String expandedArgument(OperatorSpec operator) {
    Macro macro = operator.macro();
    return macro == null ? operator.argument() : Bytes.text(macro.expand(s));
  }

  private boolean testCount(Rule rule, Target target, Message message) {
    int[] count = new int[1];
    VariableTable.resolve(
        s,
        target,
        (name, _) -> {
          if (!excluded(rule, target.variable(), name)) {
            count[0]++;
          }
        });
    String key = target.text().substring(1);
    return testValue(rule, key, Bytes.of(count[0]), message);
  }

  private boolean testValues(Rule rule, Target target, Message message) {
    Variable variable = target.variable();
    boolean named = variable.shape() != Variable.Shape.SCALAR;
    boolean volatileSource =
        variable == Variable.MATCHED_VARS || variable == Variable.MATCHED_VARS_NAMES;
    Batch batch = new Batch(volatileSource);
    boolean[] matched = new boolean[1];
    VariableTable.resolve(
        s,
        target,
        (name, value) -> {
          if (!excluded(rule, variable, name)) {
            String key = named ? variable + ":" + Bytes.text(name) : variable.name();
            batch.add(() -> matched[0] |= testValue(rule, key, value, message));
          }
        });
    batch.run();
    return matched[0];
  }

  /**
   * Runs at once, or after all values are known where a match would change what is being listed.
   */
  private static final class Batch {
    private final boolean later;
    private final java.util.List<Runnable> waiting = new java.util.ArrayList<>(0);

    Batch(boolean later) {
      this.later = later;
    }

    void add(Runnable test) {
      if (later) {
        waiting.add(test);
      } else {
        test.run();
      }
    }

    void run() {
      waiting.forEach(Runnable::run);
    }
  }

  private boolean excluded(Rule rule, Variable variable, byte[] name) {
    for (Target exclusion : rule.exclusions()) {
      if (exclusion.excludes(variable, name)) {
        return true;
      }
    }
    for (State.RemovedTarget removed : s.removedTargets) {
      String tag = removed.tag();
      boolean concerned = tag == null ? removed.id() == rule.id() : hasTag(rule, tag);
      if (concerned && removed.target().excludes(variable, name)) {
        return true;
      }
    }
    return false;
  }

  static boolean hasTag(Rule rule, String tag) {
    for (Macro t : rule.meta().tags()) {
      if (t.source().equals(tag)) {
        return true;
      }
    }
    return false;
  }

  private boolean testValue(Rule rule, String key, byte[] value, Message message) {
    if (rule.multiMatch()) {
      return testEachStep(rule, key, value, message);
    }
    byte[] current = value;
    int step = 0;
    for (NamedTransformation t : rule.transformations()) {
      current = t.apply(current);
      traceStep(step, t, current);
    }
    return testTransformed(rule, key, current, message);
  }

  private void traceStep(int step, NamedTransformation t, byte[] value) {
    if (s.trace.on()) {
      s.log(9, " T (" + step + ") t:" + t.name() + ": \"" + Excerpt.shown(value) + "\"");
    }
  }

  /** multiMatch: the value itself, and again after each transformation that changes it. */
  private boolean testEachStep(Rule rule, String key, byte[] value, Message message) {
    java.util.List<byte[]> steps = new java.util.ArrayList<>();
    steps.add(value);
    byte[] current = value;
    for (NamedTransformation t : rule.transformations()) {
      byte[] next = t.apply(current);
      if (!java.util.Arrays.equals(next, current)) {
        steps.add(next);
      }
      current = next;
      traceStep(steps.size() - 1, t, current);
    }
    boolean matched = false;
    for (byte[] step : steps) {
      matched |= testTransformed(rule, key, step, message);
    }
    return matched;
  }

  private boolean testTransformed(Rule rule, String key, byte[] value, Message message) {
    OperatorSpec operator = java.util.Objects.requireNonNull(rule.operator());
    if (s.trace.on()) {
      s.log(9, "Target value: \"" + Excerpt.shown(value) + "\" (Variable: " + key + ")");
    }
    s.capturing = rule.capture();
    if (operator.operator().matches(value, s) == operator.negated()) {
      return false;
    }
    s.matchedVar = value;
    s.matchedVarName = Bytes.of(key);
    s.matchedVars.add(s.matchedVarName, value);
    s.log(9, "Matched vars updated.");
    message.matched(rule, expandedArgument(operator), key, value);
    perValue(rule, message);
    if (reportsEachMatch(rule) && message.log && starts(rule, message)) {
      report(message);
    }
    return true;
  }

  /** What runs for each matched value, whatever becomes of the chain. */
  private void perValue(Rule rule, Message message) {
    for (Action action : rule.perValue()) {
      s.log(4, "Running [independent] (non-disruptive) action: setvar");
      Actions.run(action, s, message);
    }
    for (Macro tag : rule.meta().tags()) {
      String text = Bytes.text(tag.expand(s));
      message.tag(text);
      if (s.trace.on()) {
        s.log(9, "Rule tag: " + text);
      }
    }
    if (rule.meta().severity() >= 0) {
      message.severity = rule.meta().severity();
      s.highestSeverity = Math.min(s.highestSeverity, message.severity);
    }
    texts(rule, message);
  }

  private void texts(Rule rule, Message message) {
    Macro logData = rule.meta().logData();
    if (logData != null) {
      message.data = Bytes.text(logData.expand(s));
    }
    Macro msg = rule.meta().msg();
    if (msg != null) {
      message.msg = Bytes.text(msg.expand(s));
      if (s.trace.on()) {
        s.log(9, "Saving msg: " + message.msg);
      }
    }
  }

  /** What runs once the rest of the chain has matched too. */
  private void afterChain(Rule rule, Message message) {
    RuleProgram.Defaults defaults = s.program.defaults().get(rule.phase());
    for (Action action : defaults.actions()) {
      run(action, message);
    }
    if (defaults.status() > 0) {
      s.status = defaults.status();
    }
    if (rule.status() > 0) {
      s.status = rule.status();
    }
    for (Action action : rule.afterChain()) {
      run(action, message);
    }
    Disruptive disruptive = rule.disruptive();
    if (disruptive != null) {
      disrupt(disruptive, message, defaults);
    }
  }

  private void run(Action action, Message message) {
    if (s.trace.on()) {
      String name =
          action instanceof Action.Logging l ? l.name() : action.getClass().getSimpleName();
      s.log(9, "Running action: " + name);
    }
    Actions.run(action, s, message);
  }

  private void disrupt(Disruptive disruptive, Message message, RuleProgram.Defaults defaults) {
    Disruptive effective = disruptive;
    if (disruptive instanceof Disruptive.Block) {
      s.log(8, "Marking request as disruptive.");
      effective = defaults.disruptive();
    }
    if (s.engine != EngineMode.ON && !(disruptive instanceof Disruptive.Pass)) {
      if (s.trace.on()) {
        s.log(
            4,
            "Not running any disruptive action (or block): "
                + disruptive.name()
                + ". SecRuleEngine is not On.");
      }
      return;
    }
    if (s.trace.on()) {
      s.log(4, "Running (disruptive)     action: " + disruptive.name() + ".");
    }
    message.disruptive = decider.decide(effective, message.first.id());
  }

  private void report(Message message) {
    @Nullable Integer status = null;
    if (message.disruptive) {
      status = decider.status();
    }
    s.matches.add(message.toMatch(s, status));
  }
}
