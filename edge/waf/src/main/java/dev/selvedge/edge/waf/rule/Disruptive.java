package dev.selvedge.edge.waf.rule;

import dev.selvedge.edge.waf.variable.Macro;

/** What a matching rule does to the transaction. Immutable. */
public sealed interface Disruptive {
  /** The action's name in the rule language. */
  String name();

  /** Rules are left out: all that follow, this phase's, or those of the request. */
  record Allow(Scope scope) implements Disruptive {
    @Override
    public String name() {
      return "allow";
    }
  }

  /** How far an {@code allow} reaches. */
  enum Scope {
    ALL,
    PHASE,
    REQUEST
  }

  /** Whatever the default action of the phase says. */
  record Block() implements Disruptive {
    @Override
    public String name() {
      return "block";
    }
  }

  record Deny() implements Disruptive {
    @Override
    public String name() {
      return "deny";
    }
  }

  record Drop() implements Disruptive {
    @Override
    public String name() {
      return "drop";
    }
  }

  record Pass() implements Disruptive {
    @Override
    public String name() {
      return "pass";
    }
  }

  record Redirect(Macro location) implements Disruptive {
    @Override
    public String name() {
      return "redirect";
    }
  }
}
