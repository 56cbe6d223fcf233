package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.filter.RuleFilter;
import dev.selvedge.edge.waf.operator.Need;
import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * How to run a rule program: gives exactly what evaluating rule by rule gives, for less.
 *
 * <p>One exception is wanted: a regular expression that a value cannot match is not run, so it does
 * not exceed its step limit either. Immutable, thread-safe.
 */
public final class RulePlan {
  private final TreeSet<Long> foldedIds = new TreeSet<>();
  private final Set<String> foldedTags = new HashSet<>();
  private final List<PhasePlan> phases = new ArrayList<>();
  private final ValueClasses requestClasses;
  private final ValueClasses responseClasses;
  private final RuleFilter requestFilter;
  private final RuleFilter responseFilter;

  private RulePlan(RuleProgram program) {
    List<List<Folding.Fate>> fates = Folding.of(program);
    List<Rule> request = new ArrayList<>();
    List<Rule> response = new ArrayList<>();
    RuleFilter.Builder requestBuilder = new RuleFilter.Builder();
    RuleFilter.Builder responseBuilder = new RuleFilter.Builder();
    boolean severities = asksForSeverity(program);
    for (int phase = 0; phase <= RuleProgram.PHASES; phase++) {
      List<Rule> rules = program.phase(phase).rules();
      PhasePlan.Builder plan = new PhasePlan.Builder(rules.size());
      for (int i = 0; i < rules.size(); i++) {
        Rule rule = rules.get(i);
        boolean silent = Reporting.silent(rule, program);
        switch (fates.get(phase).get(i)) {
          case Folding.Fate.NeverRuns _ -> {}
          case Folding.Fate.NeverMatches _ -> {
            fold(rule);
            plan.neverMatches(i);
          }
          case Folding.Fate.Always always -> {
            fold(rule);
            plan.add(new Step(i, rule, -1, false, false, 0, silent, always.known()));
          }
          case Folding.Fate.Evaluated _ -> {
            boolean ofResponse = filterable(rule) && ValueClasses.responseOnly(rule);
            int filter = -1;
            if (ofResponse) {
              filter = add(rule, response, responseBuilder);
            } else if (filterable(rule) && ValueClasses.requestOnly(rule)) {
              filter = add(rule, request, requestBuilder);
            }
            boolean quick = quick(rule, filter);
            int chained = quick || filter >= 0 ? quickChained(rule, severities) : 0;
            plan.add(new Step(i, rule, filter, ofResponse, quick, chained, silent, null));
          }
        }
      }
      phases.add(plan.build());
    }
    requestClasses = ValueClasses.ofRequest(request, requestBuilder);
    responseClasses = ValueClasses.ofResponse(response, responseBuilder);
    requestFilter = requestBuilder.warmUp(WarmUp.texts()).build();
    responseFilter = responseBuilder.warmUp(WarmUp.texts()).build();
  }

  private void fold(Rule rule) {
    foldedIds.add(rule.id());
    rule.meta().tags().forEach(tag -> foldedTags.add(tag.source()));
  }

  public static RulePlan of(RuleProgram program) {
    return new RulePlan(program);
  }

  private static int add(Rule rule, List<Rule> rules, RuleFilter.Builder builder) {
    OperatorSpec operator = rule.operator();
    Need need = operator == null || operator.negated() ? Need.ANYTHING : operator.operator().need();
    rules.add(rule);
    return builder.rule(need, rule.transformations(), rule.multiMatch());
  }

  private static boolean filterable(Rule rule) {
    return rule.operator() != null;
  }

  /** Whether the first test can be asked beforehand and that is worth it. */
  private static boolean quick(Rule rule, int filter) {
    OperatorSpec operator = rule.operator();
    if (operator == null || rule.multiMatch()) {
      return false;
    }
    boolean filtered =
        filter >= 0
            && !operator.negated()
            && !(operator.operator().need() instanceof Need.Anything);
    return !filtered && asksOnly(rule);
  }

  private static boolean asksOnly(Rule rule) {
    return rule.targets().stream().allMatch(RulePlan::quick);
  }

  /**
   * How many chained rules can be asked before the first is evaluated: those before them change
   * nothing that a request could see, and they see nothing of what those match.
   */
  private static int quickChained(Rule first, boolean severities) {
    int count = 0;
    for (Rule rule = first; rule.chained() != null; count++) {
      Rule next = rule.chained();
      boolean pure =
          rule.perValue().isEmpty()
              && !rule.capture()
              && !(severities && rule.meta().severity() >= 0);
      OperatorSpec operator = next.operator();
      if (!pure || operator == null || next.multiMatch() || !asksOnly(next) || seesMatches(next)) {
        return count;
      }
      rule = next;
    }
    return count;
  }

  private static boolean seesMatches(Rule rule) {
    OperatorSpec operator = rule.operator();
    String argument = operator == null ? "" : operator.argument().toUpperCase(Locale.ROOT);
    boolean macro = argument.contains("%{MATCHED") || argument.contains("%{RULE");
    return macro
        || rule.targets().stream().anyMatch(t -> t.variable().name().startsWith("MATCHED"));
  }

  /** Whether HIGHEST_SEVERITY may be asked for, so that severities are more than a report. */
  private static boolean asksForSeverity(RuleProgram program) {
    return program.phases().stream()
        .flatMap(phase -> phase.rules().stream())
        .anyMatch(RulePlan::asksForSeverity);
  }

  private static boolean asksForSeverity(Rule first) {
    for (Rule rule = first; rule != null; rule = rule.chained()) {
      boolean asks =
          rule.targets().stream().anyMatch(t -> t.variable() == Variable.HIGHEST_SEVERITY);
      if (asks || rule.toString().toUpperCase(Locale.ROOT).contains("{HIGHEST_SEVERITY")) {
        return true;
      }
    }
    return false;
  }

  private static boolean quick(Target target) {
    Variable variable = target.variable();
    return switch (variable.shape()) {
      case SCALAR -> true;
      case FIELDS ->
          (variable != Variable.TX || quickTx(target))
              && variable != Variable.RULE
              && variable != Variable.ENV;
      case STORED, XPATH -> false;
    };
  }

  /**
   * Whether the plan counts on a rule that is among these; then it does not hold any more.
   *
   * @param tags as rules have them
   */
  public boolean countsOn(List<Action.IdRange> ids, List<String> tags) {
    for (int i = 0; i < ids.size(); i++) {
      Long next = foldedIds.ceiling(ids.get(i).first());
      if (next != null && ids.get(i).contains(next)) {
        return true;
      }
    }
    for (int i = 0; i < tags.size(); i++) {
      if (foldedTags.contains(tags.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean quickTx(Target target) {
    return target.selector() instanceof Selector.Named
        || (target.selector() instanceof Selector.Matching && !target.count());
  }

  public PhasePlan phase(int number) {
    return phases.get(number);
  }

  public ValueClasses requestClasses() {
    return requestClasses;
  }

  public ValueClasses responseClasses() {
    return responseClasses;
  }

  public RuleFilter requestFilter() {
    return requestFilter;
  }

  public RuleFilter responseFilter() {
    return responseFilter;
  }
}
