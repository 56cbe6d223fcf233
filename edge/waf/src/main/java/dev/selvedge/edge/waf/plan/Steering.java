package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.variable.Variable;

/** How the actions of a rule set may steer its own rules while requests are served. Immutable. */
final class Steering {
  private boolean txTargets;
  private boolean skipsStayInPhase = true;

  private Steering() {}

  static Steering of(RuleProgram program) {
    Steering steering = new Steering();
    for (PhaseProgram phase : program.phases()) {
      for (int i = 0; i < phase.rules().size(); i++) {
        for (Rule rule = phase.rules().get(i); rule != null; rule = rule.chained()) {
          for (Action action : rule.afterChain()) {
            steering.add(action, phase, i);
          }
          for (Action action : program.defaults().get(rule.phase()).actions()) {
            steering.add(action, phase, i);
          }
        }
      }
    }
    return steering;
  }

  private void add(Action action, PhaseProgram phase, int index) {
    switch (action) {
      case Action.CtlRemoveTargetById a -> txTargets |= a.target().variable() == Variable.TX;
      case Action.CtlRemoveTargetByTag a -> txTargets |= a.target().variable() == Variable.TX;
      case Action.Skip _ -> skipsStayInPhase = false;
      case Action.SkipAfter a -> skipsStayInPhase &= phase.after(a.marker(), index + 1) >= 0;
      case Action.SetVar _,
          Action.ExpireVar _,
          Action.InitCol _,
          Action.SetId _,
          Action.SetEnv _,
          Action.Logging _,
          Action.XmlNamespace _,
          Action.CtlRemoveById _,
          Action.CtlRemoveByTag _,
          Action.CtlRuleEngine _,
          Action.CtlRequestBodyAccess _,
          Action.CtlBodyProcessor _,
          Action.CtlForceRequestBody _,
          Action.CtlAudit _ -> {}
    }
  }

  /** Whether every skip names a marker that comes later in its phase, and none counts rules. */
  boolean skipsStayInPhase() {
    return skipsStayInPhase;
  }

  /** Whether TX may be taken from the targets of rules. */
  boolean mayChangeTargets() {
    return txTargets;
  }
}
