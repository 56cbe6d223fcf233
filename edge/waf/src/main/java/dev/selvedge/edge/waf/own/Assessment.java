package dev.selvedge.edge.waf.own;

import dev.selvedge.edge.waf.engine.RuleMatch;
import java.util.ArrayList;
import java.util.List;

/**
 * What the shipped rules say of an exchange: a score, what it asks for, and the rules it is made
 * of.
 *
 * <p>A rule's points are those of its severity (critical 25, error 10, warning 5, notice 2) times
 * the weight of the {@link Location} where it matched; the score is their sum. The points come from
 * the severity rather than from setvar actions, so that one SecRule is one whole rule, and levels,
 * weights and thresholds stand in one place. A rule counts once, however many values it matched.
 * Immutable.
 *
 * @param wanted what the score asks for
 * @param outcome what is done: {@code wanted}, or at most LOG where only detection is asked for
 */
public record Assessment(int score, Outcome wanted, Outcome outcome, List<Hit> hits) {
  private static final int CRITICAL = 2;
  private static final int ERROR = 3;
  private static final int WARNING = 4;
  private static final int NOTICE = 5;
  private static final int WHOLE = 100;
  private static final String LEAK = "family/leak";
  private static final int LEAK_SHOWN = 4;
  private static final int LEAK_MASKED_MAX = 20;

  /**
   * One rule's part.
   *
   * @param points what it adds to the score
   * @param variable where it matched, as {@code ARGS:q}
   * @param excerpt what stands there, cut and masked
   */
  public record Hit(
      long rule, int points, String message, List<String> tags, String variable, String excerpt) {}

  public Assessment {
    hits = List.copyOf(hits);
  }

  /** Adds up what matched so far. */
  public static Assessment of(Policy policy, List<RuleMatch> matches) {
    List<Hit> hits = new ArrayList<>(matches.size());
    for (RuleMatch match : matches) {
      String shown = match.tags().contains(LEAK) ? masked(match.data()) : match.excerpt();
      hits.add(
          hit(
              match.id(),
              match.severity(),
              match.message(),
              match.tags(),
              match.variable(),
              shown));
    }
    return decide(policy, hits);
  }

  static Hit hit(
      long rule, int severity, String message, List<String> tags, String variable, String excerpt) {
    int points = points(severity) * Location.of(variable).percent() / WHOLE;
    return new Hit(rule, points, message, tags, variable, excerpt);
  }

  static Assessment decide(Policy policy, List<Hit> hits) {
    int score = hits.stream().mapToInt(Hit::points).sum();
    Outcome wanted =
        score >= policy.blockAt()
            ? Outcome.BLOCK
            : score >= policy.logAt() ? Outcome.LOG : Outcome.ALLOW;
    boolean spared = policy.detectionOnly() && wanted == Outcome.BLOCK;
    return new Assessment(score, wanted, spared ? Outcome.LOG : wanted, hits);
  }

  /** Points of a severity as rules name it, before the location's weight. */
  static int points(int severity) {
    return switch (severity) {
      case 0, 1, CRITICAL -> 25;
      case ERROR -> 10;
      case WARNING -> 5;
      case NOTICE -> 2;
      default -> 0;
    };
  }

  /** Enough of a leaked secret to find it, too little to use it. */
  private static String masked(String secret) {
    String start = secret.substring(0, Math.min(LEAK_SHOWN, secret.length() / 2));
    return start + "*".repeat(Math.min(LEAK_MASKED_MAX, secret.length() - start.length()));
  }
}
