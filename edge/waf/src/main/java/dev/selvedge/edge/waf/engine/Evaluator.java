package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.plan.Step;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.rule.EngineMode;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Marks;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.Arrays;
import java.util.List;
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

  /** What is known of the values of the rule being evaluated, if anything. */
  private @Nullable Step step;

  /** Whether the rule being evaluated reports nothing. */
  private boolean silent;

  Evaluator(State state, Decider decider) {
    this.s = state;
    this.decider = decider;
  }

  /** Runs a rule that stands for itself or starts a chain. */
  void rule(Rule rule) {
    step = null;
    silent = false;
    evaluate(rule, rule, new Message(rule));
  }

  /** The same for a rule of which more is known; tests only the values that may match. */
  void rule(Step planned) {
    step = planned.filter() < 0 ? null : planned;
    silent = planned.silent();
    Rule rule = planned.rule();
    evaluate(rule, rule, new Message(rule));
  }

  /**
   * What a rule does that always matches the same.
   *
   * @param shows whether what it matched can be seen before another rule does not match
   */
  void known(Step.Known known, boolean shows) {
    for (int i = 0; i < known.links().size() && (shows || known.sets()); i++) {
      Step.Link link = known.links().get(i);
      Rule rule = link.rule();
      s.rule = rule;
      for (int m = 0; m < link.matches().size(); m++) {
        if (shows && rule.operator() != null) {
          matched(link.matches().get(m).key(), link.matches().get(m).value());
        }
        for (int a = 0; a < rule.perValue().size(); a++) {
          Actions.setVar((Action.SetVar) rule.perValue().get(a), s);
        }
      }
    }
    s.rule = known.links().getFirst().rule();
    if (known.severity() >= 0) {
      s.highestSeverity = Math.min(s.highestSeverity, known.severity());
    }
    if (known.status() > 0) {
      s.status = known.status();
    }
  }

  private void matched(byte[] key, byte[] value) {
    s.matchedVar = value;
    s.matchedVarName = key;
    s.matchedVars.add(key, value);
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

  /** A rule did not match. */
  void clearMatched() {
    s.matchedVar = Bytes.EMPTY;
    s.matchedVarName = Bytes.EMPTY;
    if (s.matchedVars.size() > 0) {
      s.matchedVars.clear();
    }
    s.log(9, "Matched vars cleaned.");
  }

  private boolean unconditional(Rule first, Rule rule, Message message) {
    if (s.trace.on()) {
      s.log(4, "(Rule: " + first.id() + ") Executing unconditional rule...");
    }
    message.matched(rule, "", Bytes.EMPTY, Bytes.EMPTY);
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
    List<Target> targets = rule.targets();
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
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
    return testValue(rule, target, null, Bytes.of(count[0]), message);
  }

  private boolean testValues(Rule rule, Target target, Message message) {
    Variable variable = target.variable();
    boolean named = variable.shape() != Variable.Shape.SCALAR;
    boolean volatileSource =
        variable == Variable.MATCHED_VARS || variable == Variable.MATCHED_VARS_NAMES;
    boolean[] matched = new boolean[1];
    if (!volatileSource) {
      Fields.Sink test =
          (name, value) -> {
            if (!excluded(rule, variable, name)) {
              matched[0] |= testValue(rule, target, named ? name : null, value, message);
            }
          };
      resolve(rule, target, message, test);
      return matched[0];
    }
    // a match would change what is being listed
    Fields listed = new Fields();
    VariableTable.resolve(s, target, listed::add);
    for (int i = 0; i < listed.size(); i++) {
      if (!excluded(rule, variable, listed.name(i))) {
        matched[0] |= testValue(rule, target, listed.name(i), listed.value(i), message);
      }
    }
    return matched[0];
  }

  @SuppressWarnings("ReferenceEquality") // a chained rule may be equal to the first
  private void resolve(Rule rule, Target target, Message message, Fields.Sink test) {
    Variable variable = target.variable();
    Step known = rule == message.first ? step : null;
    ValueMarks all = known == null ? null : known.response() ? s.responseMarks : s.requestMarks;
    Marks marks = all == null ? null : all.of(variable);
    if (known == null || marks == null) {
      VariableTable.resolve(s, target, test);
      return;
    }
    Fields fields = VariableTable.fields(s, variable);
    if (fields != null) {
      boolean names = VariableTable.showsNames(variable);
      fields.choose(target.selector(), names, marks, known.filter(), test);
    } else if (marks.may(0, known.filter())) {
      VariableTable.resolve(s, target, test);
    }
  }

  private boolean excluded(Rule rule, Variable variable, byte[] name) {
    return s.excludes(rule, variable, name);
  }

  /** The value's own name, with the variable's before it. */
  private static byte[] key(Target target, byte @Nullable [] name) {
    byte[] variable = target.variable().bytes();
    if (name == null) {
      return target.count() ? Bytes.of(target.text().substring(1)) : variable;
    }
    byte[] key = Arrays.copyOf(variable, variable.length + 1 + name.length);
    key[variable.length] = ':';
    System.arraycopy(name, 0, key, variable.length + 1, name.length);
    return key;
  }

  /**
   * Tests a value.
   *
   * @param name its own, null where it has none
   */
  private boolean testValue(
      Rule rule, Target target, byte @Nullable [] name, byte[] value, Message message) {
    if (rule.multiMatch()) {
      return testEachStep(rule, target, name, value, message);
    }
    byte[] current = value;
    for (int i = 0; i < rule.transformations().size(); i++) {
      NamedTransformation t = rule.transformations().get(i);
      current = t.apply(current);
      traceStep(0, t, current);
    }
    return testTransformed(rule, target, name, current, message);
  }

  private void traceStep(int number, NamedTransformation t, byte[] value) {
    if (s.trace.on()) {
      s.log(9, " T (" + number + ") t:" + t.name() + ": \"" + Excerpt.raw(value) + "\"");
    }
  }

  /** multiMatch: the value itself, and again after each transformation that changes it. */
  private boolean testEachStep(
      Rule rule, Target target, byte @Nullable [] name, byte[] value, Message message) {
    List<byte[]> steps = new java.util.ArrayList<>();
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
    for (byte[] each : steps) {
      matched |= testTransformed(rule, target, name, each, message);
    }
    return matched;
  }

  private boolean testTransformed(
      Rule rule, Target target, byte @Nullable [] name, byte[] value, Message message) {
    OperatorSpec operator = java.util.Objects.requireNonNull(rule.operator());
    if (s.trace.on()) {
      String key = Bytes.text(key(target, name));
      s.log(9, "Target value: \"" + Excerpt.shown(value) + "\" (Variable: " + key + ")");
    }
    s.capturing = rule.capture();
    if (operator.operator().matches(value, s) == operator.negated()) {
      return false;
    }
    matched(key(target, name), value);
    s.log(9, "Matched vars updated.");
    if (!silent) {
      message.matched(rule, expandedArgument(operator), s.matchedVarName, value);
    }
    perValue(rule, message);
    if (reportsEachMatch(rule) && message.log && starts(rule, message)) {
      report(message);
    }
    return true;
  }

  /** What runs for each matched value, whatever becomes of the chain. */
  private void perValue(Rule rule, Message message) {
    List<Action> actions = rule.perValue();
    for (int i = 0; i < actions.size(); i++) {
      s.log(4, "Running [independent] (non-disruptive) action: setvar");
      Actions.run(actions.get(i), s, message);
    }
    if (!silent) {
      tags(rule, message);
    }
    if (rule.meta().severity() >= 0) {
      message.severity = rule.meta().severity();
      s.highestSeverity = Math.min(s.highestSeverity, message.severity);
    }
    if (rule.chained() == null || s.trace.on()) {
      texts(rule, message); // else they are told once the chain has matched
    }
  }

  private void tags(Rule rule, Message message) {
    List<Macro> tags = rule.meta().tags();
    if (!message.tagsFor(rule) && rule.meta().constantTags() && !s.trace.on()) {
      return;
    }
    for (int i = 0; i < tags.size(); i++) {
      byte[] constant = tags.get(i).constant();
      String text = constant == null ? Bytes.text(tags.get(i).expand(s)) : tags.get(i).source();
      message.tag(text);
      if (s.trace.on()) {
        s.log(9, "Rule tag: " + text);
      }
    }
  }

  private void texts(Rule rule, Message message) {
    if (silent) {
      return;
    }
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
    for (int i = 0; i < defaults.actions().size(); i++) {
      run(defaults.actions().get(i), message);
    }
    if (defaults.status() > 0) {
      s.status = defaults.status();
    }
    if (rule.status() > 0) {
      s.status = rule.status();
    }
    for (int i = 0; i < rule.afterChain().size(); i++) {
      run(rule.afterChain().get(i), message);
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
