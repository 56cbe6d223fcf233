package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule while its rule set is being read: updates and defaults are still to come.
 *
 * <p>Not thread-safe.
 */
final class RuleDraft {
  final Place place;
  final List<Target> targets = new ArrayList<>();
  final List<Target> exclusions = new ArrayList<>();
  final List<NamedTransformation> transformations = new ArrayList<>();
  final List<Action> perValue = new ArrayList<>();
  final List<Action> afterChain = new ArrayList<>();
  final List<Macro> tags = new ArrayList<>();
  @Nullable OperatorSpec operator;
  @Nullable Disruptive disruptive;
  @Nullable Macro msg;
  @Nullable Macro logData;
  @Nullable RuleDraft chained;
  @Nullable String removed;
  String rev = "";
  String ver = "";
  long id;
  int phase;
  int status;
  int severity = -1;
  int maturity;
  int accuracy;
  boolean noDefaultTransformations;
  boolean capture;
  boolean multiMatch;
  boolean chain;

  RuleDraft(Place place) {
    this.place = place;
  }

  boolean hasTag(String tag) {
    return tags.stream().anyMatch(t -> t.source().equals(tag));
  }
}
