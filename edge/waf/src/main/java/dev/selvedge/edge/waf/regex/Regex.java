package dev.selvedge.edge.waf.regex;

import dev.selvedge.edge.waf.rx.Rx;
import dev.selvedge.edge.waf.rx.RxFlag;
import dev.selvedge.edge.waf.rx.RxMatcher;
import dev.selvedge.edge.waf.rx.RxSyntaxException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A compiled pattern over bytes, with libmodsecurity's flags.
 *
 * <p>An empty pattern of an operator is true for every value, as in libmodsecurity. Immutable.
 */
public final class Regex {
  /** Outcome of a search; {@code LIMIT} means that the step budget ended before an answer. */
  public enum Found {
    YES,
    NO,
    LIMIT
  }

  private final Rx rx;

  /** A matcher that nobody uses at the moment. */
  private final AtomicReference<@Nullable RxMatcher> spare = new AtomicReference<>();

  private Regex(Rx rx) {
    this.rx = rx;
  }

  /**
   * Compiles an operator's pattern.
   *
   * @throws IllegalArgumentException with the reason, where the pattern cannot be taken
   */
  public static Regex compile(String source) {
    try {
      return new Regex(Rx.compile(source));
    } catch (RxSyntaxException e) {
      throw new IllegalArgumentException(bad(source, e), e);
    }
  }

  /** Compiles the pattern of a selector, which ignores case. */
  public static Regex compileSelector(String source) {
    try {
      return new Regex(Rx.compile(source, RxFlag.OF_SELECTORS));
    } catch (RxSyntaxException e) {
      throw new IllegalArgumentException(bad(source, e), e);
    }
  }

  /** Begins as libmodsecurity's own message does, which its users search their logs for. */
  private static String bad(String source, RxSyntaxException e) {
    return "Error with regular expression: "
        + e.getMessage()
        + " at "
        + e.offset()
        + " in: "
        + source;
  }

  public String source() {
    return rx.toString();
  }

  /** The pattern itself, for the prefilter. */
  public Rx rx() {
    return rx;
  }

  /** A matcher for one thread and one search after another. */
  public Search search() {
    return new Search(rx.matcher());
  }

  /** The same with a matcher that the caller keeps. */
  public Search search(RxMatcher matcher) {
    return new Search(matcher);
  }

  /** Whether the pattern occurs in {@code s}. */
  public boolean occursIn(byte[] s) {
    RxMatcher kept = spare.getAndSet(null);
    RxMatcher matcher = kept == null ? rx.matcher() : kept;
    boolean occurs = matcher.find(s, 0, s.length, 0) == RxMatcher.MATCH;
    spare.set(matcher);
    return occurs;
  }

  /**
   * One search at a time.
   *
   * <p>Not thread-safe.
   */
  public static final class Search {
    private final RxMatcher matcher;

    private Search(RxMatcher matcher) {
      this.matcher = matcher;
    }

    /** Finds the first match at or after {@code from} within {@code steps} steps. */
    public Found find(byte[] s, int from, long steps) {
      matcher.stepLimit(steps);
      return switch (matcher.find(s, 0, s.length, from)) {
        case RxMatcher.MATCH -> Found.YES;
        case RxMatcher.LIMIT -> Found.LIMIT;
        default -> Found.NO;
      };
    }

    /** Groups with the whole match, which is group 0. */
    public int groups() {
      return matcher.groups() + 1;
    }

    /** Where a group starts; -1 where it took no part. */
    public int start(int group) {
      return matcher.start(group);
    }

    public int end(int group) {
      return matcher.end(group);
    }
  }
}
