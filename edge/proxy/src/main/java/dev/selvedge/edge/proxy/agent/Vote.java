package dev.selvedge.edge.proxy.agent;

/** What one agent's advice comes to in the merge; a later constant is stricter (EDGE 5). */
public enum Vote {
  /** Also where an agent failed and its failure mode is open. */
  ALLOW,
  REDIRECT,
  CHALLENGE,
  /** It failed, and its failure mode is closed. */
  FAILED_CLOSED,
  BLOCK
}
