package dev.selvedge.edge.waf.rule;

/** SecRuleEngine. */
public enum EngineMode {
  ON,
  OFF,
  DETECTION_ONLY
}
