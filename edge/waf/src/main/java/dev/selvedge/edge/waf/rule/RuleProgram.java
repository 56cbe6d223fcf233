package dev.selvedge.edge.waf.rule;

import java.util.List;

/**
 * Everything that evaluation needs from the rule files.
 *
 * @param phases index 1 to 5; index 0 is empty
 * @param defaults the default actions of each phase, by the same index
 *     <p>Immutable.
 */
public record RuleProgram(Settings settings, List<PhaseProgram> phases, List<Defaults> defaults) {
  public static final int PHASES = 5;

  /** SecDefaultAction of one phase. {@code disruptive} is never Block. */
  public record Defaults(Disruptive disruptive, int status, List<Action> actions, boolean given) {
    public static final Defaults NONE = new Defaults(new Disruptive.Pass(), 0, List.of(), false);
  }

  public PhaseProgram phase(int number) {
    return phases.get(number);
  }

  /** How many rules there are, those inside chains not counted. */
  public int size() {
    return phases.stream().mapToInt(p -> p.rules().size()).sum();
  }
}
