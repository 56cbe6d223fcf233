package dev.selvedge.edge.waf.own;

/** What a score asks for. */
public enum Outcome {
  /** Nothing worth a line in a log. */
  ALLOW,
  /** Let through, and reported. */
  LOG,
  /** Refused. */
  BLOCK
}
