package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.operator.Operators;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts rules into their phases, with default actions applied and chains and markers linked.
 *
 * <p>Not thread-safe.
 */
final class RuleLinker {
  private static final int PHASE_IF_NOT_GIVEN = 2;

  private record MarkerAt(String name, int rulesBefore) {}

  private final Problems problems;
  private final List<RuleDraft> rules = new ArrayList<>();
  private final List<MarkerAt> markers = new ArrayList<>();
  private final RuleDraft[] defaultDrafts = new RuleDraft[RuleProgram.PHASES + 1];
  private final Map<Long, Place> ids = new HashMap<>();

  RuleLinker(Problems problems) {
    this.problems = problems;
  }

  List<RuleDraft> rules() {
    return rules;
  }

  void rule(RuleDraft draft) {
    if (draft.id == 0 && draft.operator != null) {
      throw new IllegalArgumentException("a rule needs an id");
    }
    Place first = draft.id == 0 ? null : ids.putIfAbsent(draft.id, draft.place);
    if (first != null) {
      throw new IllegalArgumentException(
          "rule id " + draft.id + " is used already at " + first.file() + ":" + first.line());
    }
    if (draft.phase == 0) {
      draft.phase = PHASE_IF_NOT_GIVEN;
    }
    rules.add(draft);
  }

  void marker(String name) {
    markers.add(new MarkerAt(name, rules.size()));
  }

  void defaults(RuleDraft draft) {
    if (draft.noDefaultTransformations) {
      throw new IllegalArgumentException("t:none is not suitable for SecDefaultAction");
    }
    if (draft.id != 0) {
      throw new IllegalArgumentException("id is not suitable for SecDefaultAction");
    }
    if (draft.disruptive == null || draft.disruptive instanceof Disruptive.Block) {
      throw new IllegalArgumentException("SecDefaultAction must name a disruptive action");
    }
    int phase = draft.phase == 0 ? PHASE_IF_NOT_GIVEN : draft.phase;
    if (defaultDrafts[phase] != null) {
      throw new IllegalArgumentException("SecDefaultAction of phase " + phase + " is given twice");
    }
    defaultDrafts[phase] = draft;
  }

  List<RuleProgram.Defaults> defaults() {
    List<RuleProgram.Defaults> all = new ArrayList<>();
    for (RuleDraft draft : defaultDrafts) {
      all.add(draft == null ? RuleProgram.Defaults.NONE : defaultsOf(draft));
    }
    return all;
  }

  private static RuleProgram.Defaults defaultsOf(RuleDraft draft) {
    Disruptive disruptive = draft.disruptive == null ? new Disruptive.Pass() : draft.disruptive;
    List<Action> actions = new ArrayList<>(draft.perValue);
    actions.addAll(draft.afterChain);
    return new RuleProgram.Defaults(disruptive, draft.status, List.copyOf(actions), true);
  }

  List<PhaseProgram> link() {
    Set<String> names = markers.stream().map(MarkerAt::name).collect(Collectors.toSet());
    for (RuleDraft rule : rules) {
      for (RuleDraft link = rule; link != null; link = link.chained) {
        skips(link, names);
      }
    }
    List<PhaseProgram> phases = new ArrayList<>();
    for (int phase = 0; phase <= RuleProgram.PHASES; phase++) {
      phases.add(phase(phase));
    }
    return phases;
  }

  /** Skipping to a marker that nobody set would leave out all rules that follow, in silence. */
  private void skips(RuleDraft rule, Set<String> names) {
    for (Action action : rule.afterChain) {
      if (action instanceof Action.SkipAfter skip && !names.contains(skip.marker())) {
        problems.add(rule.place, "no marker " + skip.marker() + " to skip to");
      }
    }
  }

  private PhaseProgram phase(int phase) {
    List<Rule> linked = new ArrayList<>();
    Map<String, List<Integer>> at = new HashMap<>();
    int nextMarker = 0;
    for (int i = 0; i <= rules.size(); i++) {
      while (nextMarker < markers.size() && markers.get(nextMarker).rulesBefore() == i) {
        String name = markers.get(nextMarker++).name();
        at.computeIfAbsent(name, _ -> new ArrayList<>()).add(linked.size());
      }
      if (i < rules.size() && rules.get(i).phase == phase) {
        linked.add(build(rules.get(i), phase));
      }
    }
    return new PhaseProgram(List.copyOf(linked), Map.copyOf(at));
  }

  private Rule build(RuleDraft draft, int phase) {
    if (draft.targets.isEmpty()) {
      problems.add(draft.place, "rule " + draft.id + " looks at nothing");
    }
    RuleDraft next = draft.chained;
    @Nullable Rule chained = next == null ? null : build(next, phase);
    if (draft.chain && next == null) {
      chained = build(neverMatching(draft), phase);
    }
    Rule.Meta meta =
        new Rule.Meta(
            draft.id,
            draft.place.file(),
            draft.place.line(),
            draft.msg,
            draft.logData,
            draft.severity,
            List.copyOf(draft.tags),
            draft.rev,
            draft.ver,
            draft.maturity,
            draft.accuracy);
    return new Rule(
        meta,
        phase,
        List.copyOf(draft.targets),
        List.copyOf(draft.exclusions),
        draft.operator,
        transformations(draft, phase),
        draft.capture,
        draft.multiMatch,
        List.copyOf(draft.perValue),
        List.copyOf(draft.afterChain),
        draft.disruptive,
        draft.status,
        draft.removed,
        chained);
  }

  /** A chain whose next rule is missing never matches as a whole, as in libmodsecurity. */
  private static RuleDraft neverMatching(RuleDraft chain) {
    RuleDraft end = new RuleDraft(chain.place);
    end.targets.add(new Target(Variable.REMOTE_ADDR, Selector.ALL, false));
    end.operator = Operators.compile("noMatch", "", false, _ -> Bytes.EMPTY);
    return end;
  }

  private List<NamedTransformation> transformations(RuleDraft draft, int phase) {
    RuleDraft defaults = defaultDrafts[phase];
    if (defaults == null || draft.noDefaultTransformations) {
      return List.copyOf(draft.transformations);
    }
    List<NamedTransformation> all = new ArrayList<>(defaults.transformations);
    all.addAll(draft.transformations);
    return List.copyOf(all);
  }
}
