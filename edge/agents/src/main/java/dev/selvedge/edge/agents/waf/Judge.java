package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.agents.waf.Judgement.Action;
import dev.selvedge.edge.agents.waf.Judgement.Hit;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.engine.Verdict;
import dev.selvedge.edge.waf.own.Assessment;
import dev.selvedge.edge.waf.own.Outcome;
import dev.selvedge.edge.waf.own.OwnRules;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says what a transaction comes to: the shipped rules by their score and its thresholds, all others
 * by the verdict of their own actions, as the CRS does at the end of its anomaly scoring.
 * Stateless.
 */
final class Judge {

  private static final int EXCERPT_MAX = 64;
  private static final String CHAINED = "MATCHED_VARS:";
  private static final List<String> CRS_SCORES =
      List.of("detection_inbound_anomaly_score", "detection_outbound_anomaly_score");
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)([\\w-]*(?:pass|pwd|secret|token|auth|session|card|cvv|key|credential|jwt|bearer)"
              + "[\\w-]*[\"']?\\s*[=:][\\s\\[\"'{]*)[^\\s&\"',;]+");

  private Judge() {}

  /**
   * What the transaction comes to so far.
   *
   * @param told how many matches were told of before
   * @param remarks of the host
   */
  static Judgement of(LoadedRules rules, Transaction t, int told, List<String> remarks) {
    List<RuleMatch> matches = t.matches();
    Verdict verdict = t.verdict();
    if (matches.isEmpty() && verdict instanceof Verdict.Allow) {
      return remarks.isEmpty()
          ? Judgement.CLEAN
          : new Judgement(0, Action.LOG, 0, null, List.of(), remarks);
    }
    List<RuleMatch> own = matches.stream().filter(it -> isOwn(it)).toList();
    Assessment assessed = Assessment.of(rules.policy(), own);
    int score = assessed.score();
    for (String name : CRS_SCORES) {
      score += t.txNumber(name);
    }
    List<String> said = new ArrayList<>(remarks);
    Action action = action(assessed, verdict, matches.size() > own.size());
    if (assessed.wanted() != assessed.outcome()) {
      said.add("waf:would-block");
    }
    return new Judgement(
        score,
        action,
        action == Action.BLOCK ? status(verdict, rules) : 0,
        verdict instanceof Verdict.Redirect away ? away.location() : null,
        hits(matches, assessed, told),
        said);
  }

  private static boolean isOwn(RuleMatch match) {
    return match.tags().contains(OwnRules.TAG);
  }

  private static Action action(Assessment own, Verdict verdict, boolean others) {
    if (!(verdict instanceof Verdict.Allow) || own.outcome() == Outcome.BLOCK) {
      return Action.BLOCK;
    }
    return others || own.outcome() == Outcome.LOG ? Action.LOG : Action.ALLOW;
  }

  private static int status(Verdict verdict, LoadedRules rules) {
    return switch (verdict) {
      case Verdict.Allow _ -> rules.settings().status();
      case Verdict.Deny deny -> deny.status() >= 200 ? deny.status() : rules.settings().status();
      case Verdict.Redirect away -> away.status();
    };
  }

  private static List<Hit> hits(List<RuleMatch> matches, Assessment own, int told) {
    List<Hit> hits = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < matches.size(); i++) {
      RuleMatch match = matches.get(i);
      Assessment.@Nullable Hit scored = isOwn(match) ? own.hits().get(next++) : null;
      if (i < told) {
        continue;
      }
      String excerpt = scored == null ? match.excerpt() : scored.excerpt();
      hits.add(
          new Hit(
              match.id(),
              scored == null ? points(match.severity()) : scored.points(),
              match.message(),
              match.tags(),
              masked(place(match.variable())),
              masked(excerpt)));
    }
    return hits;
  }

  /** A chain that looks at what matched before means the place where that was. */
  private static String place(String variable) {
    String place = variable;
    while (place.startsWith(CHAINED)) {
      place = place.substring(CHAINED.length());
    }
    return place;
  }

  /** The CRS's own points for a severity. */
  private static int points(int severity) {
    return switch (severity) {
      case 0, 1, 2 -> 5;
      case 3 -> 4;
      case 4 -> 3;
      case 5 -> 2;
      default -> 0;
    };
  }

  /** A whole JSON body may be a value, or a name where it calls itself a form. */
  private static String masked(String text) {
    return cut(SECRET.matcher(text).replaceAll("$1***"));
  }

  private static String cut(String text) {
    return text.length() <= EXCERPT_MAX ? text : text.substring(0, EXCERPT_MAX - 1) + "…";
  }
}
