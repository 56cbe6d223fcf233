package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.protocol.Answer;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Field;
import dev.selvedge.edge.protocol.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the rules made of a request or of an answer. Immutable.
 *
 * @param score the shipped rules' points and the CRS's, on their own scales
 * @param status of a refusal; 0 where there is none
 * @param location where the client is sent; null where it is not
 * @param hits the rules that matched and have not been told of
 * @param remarks what was not looked at, in single words
 */
public record Judgement(
    int score,
    Action action,
    int status,
    @Nullable String location,
    List<Hit> hits,
    List<String> remarks) {

  /** Nothing matched. */
  static final Judgement CLEAN = new Judgement(0, Action.ALLOW, 0, null, List.of(), List.of());

  private static final int RULES_TOLD_MAX = 64;

  /** Matches shown in full, and rules' own tags. */
  private static final int SHOWN_MAX = 16;

  /** The same on a request whose answer is still to be judged: a record has room for both. */
  private static final int SHOWN_FIRST_MAX = 2;

  /** What is done. */
  public enum Action {
    ALLOW,
    /** Let through and reported. */
    LOG,
    BLOCK
  }

  /**
   * One rule that matched.
   *
   * @param points what it added
   * @param variable where, as {@code ARGS:q}
   * @param excerpt what stands there, cut and masked
   */
  public record Hit(
      long rule, int points, String message, List<String> tags, String variable, String excerpt) {}

  public Judgement {
    hits = List.copyOf(hits);
    remarks = List.copyOf(remarks);
  }

  /** A refusal without a rule, such as 413. */
  static Judgement refused(int status, String why) {
    return new Judgement(0, Action.BLOCK, status, null, List.of(), List.of(why));
  }

  boolean blocks() {
    return action == Action.BLOCK;
  }

  /**
   * The same as the protocol says it.
   *
   * @param last nothing more will be said of this exchange
   */
  Decision decision(boolean last) {
    if (action == Action.ALLOW && hits.isEmpty() && remarks.isEmpty()) {
      return Decision.ALLOW;
    }
    boolean alone = last || blocks(); // A refused request has no answer to be judged.
    return Decision.of(verdict()).with(audit(alone ? SHOWN_MAX : SHOWN_FIRST_MAX));
  }

  private Verdict verdict() {
    if (!blocks()) {
      return new Verdict.Allow();
    }
    if (location != null) {
      List<Field> fields = List.of(new Field("location", location));
      return new Verdict.Redirect(new Answer(status, fields, new byte[0]));
    }
    return new Verdict.Block(Answer.of(status));
  }

  /** Told in the order of their points: a record may have room for a few only. */
  private Audit audit(int shown) {
    List<String> tags = new ArrayList<>();
    tags.add("waf:" + action.name().toLowerCase(Locale.ROOT));
    tags.addAll(remarks);
    Set<String> own = new LinkedHashSet<>();
    List<Audit.Rule> rules = new ArrayList<>();
    List<Hit> heaviest =
        hits.stream().sorted(Comparator.comparingInt(Hit::points).reversed()).toList();
    for (Hit hit : heaviest) {
      if (rules.size() < RULES_TOLD_MAX) {
        rules.add(new Audit.Rule(Long.toString(hit.rule()), hit.points()));
      }
      if (rules.size() <= shown) {
        tags.add("match:" + hit.rule() + " " + hit.variable() + "=" + hit.excerpt());
      }
      own.addAll(hit.tags());
    }
    own.stream().limit(shown).forEach(tags::add);
    return new Audit(score, rules, tags);
  }
}
