package dev.selvedge.edge.waf.rule;

import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule with its defaults and the rule set's updates applied, linked to the rest of its chain.
 *
 * @param meta what is said when it matches
 * @param phase 1 request head, 2 request body, 3 response head, 4 response body, 5 logging
 * @param targets what is looked at, in order
 * @param exclusions values of the targets that are not looked at
 * @param operator the test; null for SecAction, which always matches
 * @param transformations in order; null stands for {@code t:none} after others
 * @param perValue actions that run for each matched value, whatever the chain says
 * @param afterChain actions that run once the whole chain has matched
 * @param disruptive null where the rule names none
 * @param status HTTP status it asks for; 0 for none
 * @param removed why the rule never runs (SecRuleRemoveBy…), else null
 * @param chained the next rule of the chain
 *     <p>Immutable.
 */
public record Rule(
    Meta meta,
    int phase,
    List<Target> targets,
    List<Target> exclusions,
    @Nullable OperatorSpec operator,
    List<NamedTransformation> transformations,
    boolean capture,
    boolean multiMatch,
    List<Action> perValue,
    List<Action> afterChain,
    @Nullable Disruptive disruptive,
    int status,
    @Nullable String removed,
    @Nullable Rule chained) {

  /** {@code severity} is -1 where the rule names none. */
  public record Meta(
      long id,
      String file,
      int line,
      @Nullable Macro msg,
      @Nullable Macro logData,
      int severity,
      List<Macro> tags,
      String rev,
      String ver,
      int maturity,
      int accuracy) {
    /** Whether no tag holds a reference. */
    public boolean constantTags() {
      for (int i = 0; i < tags.size(); i++) {
        if (tags.get(i).constant() == null) {
          return false;
        }
      }
      return true;
    }
  }

  public long id() {
    return meta.id();
  }

  /** Whether one of its tags reads so before expansion. */
  public boolean hasTag(String tag) {
    List<Macro> tags = meta.tags();
    for (int i = 0; i < tags.size(); i++) {
      if (tags.get(i).source().equals(tag)) {
        return true;
      }
    }
    return false;
  }

  /** The targets as written, for messages. */
  public String targetsText() {
    StringBuilder text = new StringBuilder();
    for (Target target : targets) {
      text.append(text.isEmpty() ? "" : "|").append(target.text());
    }
    for (Target target : exclusions) {
      text.append(text.isEmpty() ? "!" : "|!").append(target.text());
    }
    return text.toString();
  }
}
