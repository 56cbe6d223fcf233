package dev.selvedge.edge.waf;

/**
 * Why other rules fire here than in libmodsecurity 3.0.9; the page docs/operations/waf-oracle.md
 * says more.
 */
enum OracleCause {
  /** REQUEST_BODY of an XML body: theirs has it, ours when a rule asks for it. */
  XML_BODY,
  /** Theirs reports a multiMatch rule that starts a chain before the chain has matched. */
  HALF_CHAIN,
  /**
   * Theirs goes through arguments in the order of its hash table, and the last match's groups
   * count.
   */
  ARGUMENT_ORDER,
  /** Theirs misses words of @pm that begin inside another one. */
  WORD_IN_WORD,
  /** Theirs takes any bytes in the names of part fields; its later versions do not. */
  PART_FIELD
}
