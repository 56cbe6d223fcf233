package dev.selvedge.edge.config.value;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Estimates how large a pattern is once its counted repetitions are written out, before it is
 * compiled: RE2 bounds one count by 1,000 but not nested ones, and {@code ((a{1000}){1000}){1000}}
 * takes all memory there is. Linear in the length; never below the true size by more than a
 * constant factor.
 */
final class PatternSize {

  /** Far above what patterns written by hand need; compiled in milliseconds. */
  static final long MAX = 10_000;

  /** What stands between two parentheses: the sum so far, and its last atom, which may repeat. */
  private static final class Group {
    long sum;
    long atom;

    void add(long size) {
      atom = size;
      sum = Math.min(sum + size, Integer.MAX_VALUE);
    }

    void repeat(long count) {
      long more = Math.min(atom * Math.max(0, count - 1), Integer.MAX_VALUE);
      sum = Math.min(sum + more, Integer.MAX_VALUE);
      atom = Math.min(atom + more, Integer.MAX_VALUE);
    }
  }

  private final String pattern;
  private int at;

  private PatternSize(String pattern) {
    this.pattern = pattern;
  }

  /** About the number of instructions, also for text that is no pattern. */
  static long of(String pattern) {
    return new PatternSize(pattern).measure();
  }

  private long measure() {
    Deque<Group> open = new ArrayDeque<>();
    Group group = new Group();
    while (at < pattern.length()) {
      char c = pattern.charAt(at++);
      switch (c) {
        case '(' -> {
          open.push(group);
          group = new Group();
        }
        case ')' -> {
          long inner = group.sum + 2;
          group = open.isEmpty() ? group : open.pop();
          group.add(inner);
        }
        case '[' -> {
          skipClass();
          group.add(1);
        }
        case '{' -> repeat(group);
        case '\\' -> {
          at++;
          group.add(1);
        }
        default -> group.add(1);
      }
    }
    while (!open.isEmpty()) {
      long inner = group.sum;
      group = open.pop();
      group.add(inner);
    }
    return group.sum;
  }

  private void skipClass() {
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      at++;
    }
    int first = at;
    while (at < pattern.length()) {
      char c = pattern.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == '[' && pattern.startsWith(":", at)) {
        int end = pattern.indexOf(":]", at);
        at = end < 0 ? at : end + 2;
      } else if (c == ']' && at - 1 > first) {
        return;
      }
    }
  }

  /** {@code n}, {@code n,} or {@code n,m} and a closing brace; anything else is plain text. */
  private void repeat(Group group) {
    int end = pattern.indexOf('}', at);
    String counts = end < 0 ? "" : pattern.substring(at, end);
    if (!counts.matches("[0-9]{1,4}(,[0-9]{0,4})?")) {
      group.add(1);
      return;
    }
    int comma = counts.indexOf(',');
    long least = Long.parseLong(comma < 0 ? counts : counts.substring(0, comma));
    boolean bounded = comma >= 0 && comma + 1 < counts.length();
    group.repeat(
        bounded ? Long.parseLong(counts.substring(comma + 1)) : least + (comma < 0 ? 0 : 1));
    at = end + 1;
  }
}
