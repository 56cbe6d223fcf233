package dev.selvedge.edge.waf.rule;

/** SecAuditEngine: which transactions the host is to write to its audit log. */
public enum AuditMode {
  OFF,
  ON,
  /** Those with a match that wants it, or with a status that SecAuditLogRelevantStatus names. */
  RELEVANT_ONLY
}
