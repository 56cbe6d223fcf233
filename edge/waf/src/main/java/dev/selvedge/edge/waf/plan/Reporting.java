package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import java.util.List;

/** Whether rules report their matches, as far as the actions tell before any request. */
final class Reporting {
  private Reporting() {}

  /** Whether a match of the rule and its chain is never reported. */
  static boolean silent(Rule first, RuleProgram program) {
    boolean eachMatch = first.multiMatch() && first.chained() == null;
    return !eachMatch && !logs(first, program);
  }

  /** The last word on logging: actions of the end of a chain run first. */
  private static boolean logs(Rule rule, RuleProgram program) {
    Rule next = rule.chained();
    boolean log = next == null || logs(next, program);
    log = after(program.defaults().get(rule.phase()).actions(), log);
    return after(rule.afterChain(), log);
  }

  private static boolean after(List<Action> actions, boolean before) {
    boolean log = before;
    for (Action action : actions) {
      if (action instanceof Action.Logging logging && !logging.name().equals("noauditlog")) {
        log = !logging.name().equals("nolog");
      }
    }
    return log;
  }
}
