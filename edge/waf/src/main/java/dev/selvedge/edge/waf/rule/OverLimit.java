package dev.selvedge.edge.waf.rule;

/** What happens to a body over its limit. */
public enum OverLimit {
  /** The transaction is refused. */
  REJECT,
  /** What fits is inspected. */
  PROCESS_PARTIAL
}
