package dev.selvedge.edge.waf.rx;

/**
 * Finds all matches in the order and number in which {@code @rxGlobal} of libmodsecurity 3.0.9 with
 * PCRE2 sees them, its oddity included: after an empty match it tries again at the place where the
 * search began, not where the match was, so that an empty match further on is seen once for each
 * byte before it. Without state.
 */
public final class RxGlobal {

  private RxGlobal() {}

  /** Is told of each match, while the matcher still knows its groups. */
  @FunctionalInterface
  public interface Matches {
    void add(RxMatcher match);
  }

  /**
   * Tells of every match.
   *
   * @return {@link RxMatcher#MATCH} if there was any, else {@link RxMatcher#LIMIT} if the search
   *     was given up, else {@link RxMatcher#NO_MATCH}
   */
  public static int findAll(RxMatcher matcher, byte[] s, int off, int len, Matches matches) {
    int from = 0;
    boolean afterEmpty = false;
    boolean any = false;
    while (from <= len) {
      int found =
          afterEmpty
              ? matcher.findHereNotEmpty(s, off, len, from)
              : matcher.find(s, off, len, from);
      if (found != RxMatcher.MATCH && !afterEmpty) {
        return any ? RxMatcher.MATCH : found;
      }
      if (found != RxMatcher.MATCH) {
        from++;
        afterEmpty = false;
        continue;
      }
      any = true;
      matches.add(matcher);
      boolean empty = matcher.start(0) == matcher.end(0);
      if (!empty) {
        from = matcher.end(0);
        afterEmpty = false;
      } else if (from == len) {
        from++;
      } else {
        afterEmpty = true;
      }
    }
    return any ? RxMatcher.MATCH : RxMatcher.NO_MATCH;
  }
}
