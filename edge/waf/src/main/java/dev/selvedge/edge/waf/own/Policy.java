package dev.selvedge.edge.waf.own;

import java.util.ArrayList;
import java.util.List;

/**
 * How strict the shipped rules are on one route. Immutable.
 *
 * @param paranoia 1 (rules that ordinary text does not touch) to 4 (rules for data with a narrow
 *     form)
 * @param logAt the score from which a request is reported
 * @param blockAt the score from which it is refused
 * @param detectionOnly report what would be refused, refuse nothing
 * @param exclusions rules that are left out
 */
public record Policy(
    int paranoia, int logAt, int blockAt, boolean detectionOnly, List<Exclusion> exclusions) {
  public static final int PARANOIA_MAX = 4;
  public static final int LOG_AT = 10;
  public static final int BLOCK_AT = 25;

  /** Paranoia 1, log at 10, block at 25. */
  public static final Policy DEFAULT = new Policy(1, LOG_AT, BLOCK_AT, false, List.of());

  public Policy {
    exclusions = List.copyOf(exclusions);
    if (paranoia < 1 || paranoia > PARANOIA_MAX) {
      throw new IllegalArgumentException("paranoia is 1 to 4, not " + paranoia);
    }
    if (logAt < 1 || blockAt < logAt) {
      throw new IllegalArgumentException(
          "1 <= log <= block does not hold for " + logAt + " and " + blockAt);
    }
  }

  public Policy withParanoia(int level) {
    return new Policy(level, logAt, blockAt, detectionOnly, exclusions);
  }

  public Policy withDetectionOnly() {
    return new Policy(paranoia, logAt, blockAt, true, exclusions);
  }

  public Policy without(Exclusion exclusion) {
    List<Exclusion> more = new ArrayList<>(exclusions);
    more.add(exclusion);
    return new Policy(paranoia, logAt, blockAt, detectionOnly, more);
  }

  /** This policy in the rule language, to be read before the rules. */
  String directives() {
    StringBuilder text = new StringBuilder();
    for (int level = paranoia + 1; level <= PARANOIA_MAX; level++) {
      text.append("SecRuleRemoveByTag \"").append(OwnRules.PARANOIA).append(level).append("\"\n");
    }
    long id = OwnRules.EXCLUSION_IDS;
    for (Exclusion exclusion : exclusions) {
      text.append(exclusion.directive(id++));
    }
    return text.toString();
  }
}
