package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.rule.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule that has something to do at run time.
 *
 * @param index the rule's index in its phase
 * @param filter its number in the filter of its values; -1 where its values do not tell
 * @param response whether that is the filter of the answer's values
 * @param quick whether its first test can be asked without effects before it is evaluated
 * @param quickChained how many of the rules chained to it can be asked likewise
 * @param silent whether a match is certainly not reported
 * @param known what it does, where that is the same for each request; else null
 *     <p>Immutable.
 */
public record Step(
    int index,
    Rule rule,
    int filter,
    boolean response,
    boolean quick,
    int quickChained,
    boolean silent,
    @Nullable Known known) {
  /**
   * The effects of a rule that always matches.
   *
   * @param links what each rule of the chain matches, in order
   * @param status what the status becomes, or 0
   * @param severity the least severity of the chain's rules, or -1
   * @param next the index at which evaluation goes on
   * @param sets whether it sets anything in TX
   * @param constant whether that is the same for each request
   */
  public record Known(
      List<Link> links, int status, int severity, int next, boolean sets, boolean constant) {}

  /** One rule of a chain with the values that it always matches. */
  public record Link(Rule rule, List<Match> matches) {}

  /**
   * A value that is always matched.
   *
   * @param key as {@code TX:name}; empty for an action without a test
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Match(byte[] key, byte[] value) {}
}
