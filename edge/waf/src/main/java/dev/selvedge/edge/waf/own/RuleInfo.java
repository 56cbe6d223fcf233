package dev.selvedge.edge.waf.own;

import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.variable.Macro;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What there is to know of a rule without running it, for lists and explanations. Immutable.
 *
 * @param points what a match adds to the score before the weight of its {@link Location}
 * @param paranoia the level from which it runs; 0 where its tags name none
 * @param family such as {@code sql}; empty where its tags name none
 * @param removed whether the policy leaves it out everywhere
 */
public record RuleInfo(
    long id,
    String message,
    int severity,
    int points,
    int paranoia,
    String family,
    List<String> tags,
    String targets,
    String file,
    int line,
    boolean removed) {
  private static final String FAMILY = "family/";

  /** Every rule of a set that scores, by id. */
  public static List<RuleInfo> of(RuleSet rules) {
    List<RuleInfo> all = new ArrayList<>();
    for (PhaseProgram phase : rules.program().phases()) {
      for (Rule rule : phase.rules()) {
        if (rule.meta().severity() >= 0) {
          all.add(of(rule));
        }
      }
    }
    all.sort(Comparator.comparingLong(RuleInfo::id));
    return List.copyOf(all);
  }

  private static RuleInfo of(Rule rule) {
    Rule.Meta meta = rule.meta();
    Macro message = meta.msg();
    List<String> tags = meta.tags().stream().map(Macro::source).toList();
    return new RuleInfo(
        meta.id(),
        message == null ? "" : message.source(),
        meta.severity(),
        Assessment.points(meta.severity()),
        paranoia(tags),
        ending(tags, FAMILY),
        tags,
        rule.targetsText(),
        meta.file(),
        meta.line(),
        rule.removed() != null);
  }

  /** The level that tags tell; 0 for none. */
  static int paranoia(List<String> tags) {
    String level = ending(tags, OwnRules.PARANOIA);
    boolean known = level.length() == 1 && level.charAt(0) >= '1' && level.charAt(0) <= '4';
    return known ? level.charAt(0) - '0' : 0;
  }

  private static String ending(List<String> tags, String start) {
    return tags.stream()
        .filter(tag -> tag.startsWith(start))
        .map(tag -> tag.substring(start.length()))
        .findFirst()
        .orElse("");
  }
}
