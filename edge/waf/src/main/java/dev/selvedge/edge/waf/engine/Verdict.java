package dev.selvedge.edge.waf.engine;

/** What is to become of a transaction. Immutable. */
public sealed interface Verdict {
  Verdict ALLOW = new Allow();

  /** Nothing stands against it so far. */
  record Allow() implements Verdict {}

  /** It is refused with that status. {@code drop}: the connection ends without an answer. */
  record Deny(int status, boolean drop, long ruleId) implements Verdict {}

  /** The client is sent elsewhere. */
  record Redirect(int status, String location, long ruleId) implements Verdict {}
}
