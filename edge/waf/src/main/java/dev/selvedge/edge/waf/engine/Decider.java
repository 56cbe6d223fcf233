package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.Disruptive;

/** Turns disruptive actions into the transaction's verdict. */
final class Decider {
  private static final int FORBIDDEN = 403;
  private static final int FOUND = 302;
  private static final int NONE_ASKED = 200;

  private final State s;

  Decider(State state) {
    this.s = state;
  }

  /** Applies an action; whether it disrupted. */
  boolean decide(Disruptive action, long ruleId) {
    return switch (action) {
      case Disruptive.Allow a -> {
        s.allow = a.scope();
        if (s.trace.on()) {
          s.log(
              4,
              "Dropping the evaluation of upcoming rules in favor of an `allow' action of type: "
                  + a.scope());
        }
        yield false;
      }
      case Disruptive.Pass _ -> {
        s.log(8, "Running action pass");
        s.status = NONE_ASKED;
        yield false;
      }
      case Disruptive.Block _ -> false; // its caller has put the default action in its place
      case Disruptive.Deny _ -> {
        s.log(8, "Running action deny");
        s.verdict = new Verdict.Deny(s.status == NONE_ASKED ? FORBIDDEN : s.status, false, ruleId);
        yield true;
      }
      case Disruptive.Drop _ -> {
        s.log(8, "Running action drop");
        s.verdict = new Verdict.Deny(s.status == NONE_ASKED ? FORBIDDEN : s.status, true, ruleId);
        yield true;
      }
      case Disruptive.Redirect r -> {
        String location = Bytes.text(r.location().expand(s));
        boolean redirection = s.status >= 300 && s.status < 400;
        s.verdict = new Verdict.Redirect(redirection ? s.status : FOUND, location, ruleId);
        yield true;
      }
    };
  }

  int status() {
    return switch (s.verdict) {
      case Verdict.Allow _ -> 200;
      case Verdict.Deny d -> d.status();
      case Verdict.Redirect r -> r.status();
    };
  }
}
