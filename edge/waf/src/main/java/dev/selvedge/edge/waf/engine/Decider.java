package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.Disruptive;

/** Turns disruptive actions into the transaction's verdict. */
final class Decider {
  private static final int FORBIDDEN = 403;
  private static final int FOUND = 302;

  private final State s;

  Decider(State state) {
    this.s = state;
  }

  /** Applies an action; whether it disrupted. */
  boolean decide(Disruptive action, int status, long ruleId) {
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
        yield false;
      }
      case Disruptive.Block _ -> false; // its caller has put the default action in its place
      case Disruptive.Deny _ -> {
        s.log(8, "Running action deny");
        s.verdict = new Verdict.Deny(status == 0 ? FORBIDDEN : status, false, ruleId);
        yield true;
      }
      case Disruptive.Drop _ -> {
        s.log(8, "Running action drop");
        s.verdict = new Verdict.Deny(status == 0 ? FORBIDDEN : status, true, ruleId);
        yield true;
      }
      case Disruptive.Redirect r -> {
        String location = Bytes.text(r.location().expand(s));
        boolean redirection = status >= 300 && status < 400;
        s.verdict = new Verdict.Redirect(redirection ? status : FOUND, location, ruleId);
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
