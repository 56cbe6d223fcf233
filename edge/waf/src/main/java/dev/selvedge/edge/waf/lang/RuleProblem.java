package dev.selvedge.edge.waf.lang;

/** Why a rule set does not load, with the line that the directive starts on. Immutable. */
public record RuleProblem(String file, int line, String message) {
  @Override
  public String toString() {
    return file + ":" + line + ": " + message;
  }
}
