package dev.selvedge.edge.waf.regex;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A compiled pattern over bytes read as Latin-1, with libmodsecurity's flags (dot matches all, ^
 * and $ match at newlines).
 *
 * <p>Immutable.
 */
public final class Regex {
  /** Outcome of a search; {@code LIMIT} means that the step budget ended before an answer. */
  public enum Found {
    YES,
    NO,
    LIMIT
  }

  private final String source;
  private final Pattern pattern;

  private Regex(String source, Pattern pattern) {
    this.source = source;
    this.pattern = pattern;
  }

  /**
   * Compiles a PCRE pattern.
   *
   * @throws IllegalArgumentException with the reason, where the pattern cannot be taken
   */
  public static Regex compile(String source, boolean caseless) {
    int flags = Pattern.DOTALL | Pattern.MULTILINE | Pattern.UNIX_LINES;
    try {
      return new Regex(
          source, Pattern.compile(source, caseless ? flags | Pattern.CASE_INSENSITIVE : flags));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getDescription(), e);
    }
  }

  public String source() {
    return source;
  }

  /** A matcher of its own for one thread and one search after another. */
  public Search search() {
    return new Search(pattern.matcher(""));
  }

  /** Whether the pattern occurs in {@code s}. */
  public boolean occursIn(byte[] s) {
    return search().find(s, 0, Long.MAX_VALUE) == Found.YES;
  }

  /**
   * One search at a time.
   *
   * <p>Not thread-safe.
   */
  public static final class Search {
    private final Matcher matcher;

    private Search(Matcher matcher) {
      this.matcher = matcher;
    }

    /** Finds the first match at or after {@code from} within {@code steps} steps. */
    public Found find(byte[] s, int from, long steps) {
      Budget budget = new Budget(Bytes.text(s), steps);
      matcher.reset(budget);
      try {
        return matcher.find(from) ? Found.YES : Found.NO;
      } catch (OverBudget | StackOverflowError e) {
        return Found.LIMIT;
      }
    }

    public int groups() {
      return matcher.groupCount() + 1;
    }

    public int start(int group) {
      return matcher.start(group);
    }

    public int end(int group) {
      return matcher.end(group);
    }
  }

  private static final class OverBudget extends RuntimeException {
    private static final long serialVersionUID = 1;

    OverBudget() {
      super(null, null, false, false);
    }
  }

  private static final class Budget implements CharSequence {
    private final String text;
    private long left;

    Budget(String text, long steps) {
      this.text = text;
      this.left = steps;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw new OverBudget();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }
  }
}
