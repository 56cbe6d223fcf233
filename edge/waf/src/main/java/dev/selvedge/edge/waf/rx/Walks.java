package dev.selvedge.edge.waf.rx;

import java.util.Arrays;

/**
 * How far the bytes of a set go in one subject. A long way is gone once: a pattern that is tried at
 * each place of a text would else go to the same end from each of them, in quadratic time. Not
 * thread-safe.
 */
final class Walks {
  /** Shorter ways are gone again; most are. */
  private static final int SHORT = 16;

  /** Power of two; sets that share a slot forget each other's ways. */
  private static final int SLOTS = 8;

  private final int[] sets = new int[SLOTS];
  private final int[] starts = new int[SLOTS];
  private final int[] ends = new int[SLOTS];
  private boolean any = true;

  /** Another subject comes. */
  void forget() {
    if (any) {
      Arrays.fill(sets, -1);
      any = false;
    }
  }

  /**
   * The first place from {@code at} on whose byte is not in the set, at most {@code stop}.
   *
   * @param words four for each set
   * @param end of the subject
   */
  int walk(long[] words, int set, byte[] s, int at, int stop, int end) {
    int near = stop - at > SHORT ? at + SHORT : stop;
    int reached = step(words, set, s, at, near);
    if (reached < near || near == stop) {
      return reached;
    }
    if (stop < end) {
      return step(words, set, s, near, stop);
    }
    int slot = set & (SLOTS - 1);
    if (sets[slot] == set && starts[slot] <= near && near <= ends[slot]) {
      return ends[slot];
    }
    any = true;
    sets[slot] = set;
    starts[slot] = near;
    ends[slot] = step(words, set, s, near, stop);
    return ends[slot];
  }

  private static int step(long[] words, int set, byte[] s, int at, int stop) {
    int base = set << 2;
    int i = at;
    while (i < stop) {
      int c = s[i] & 0xFF;
      if (((words[base + (c >> 6)] >>> c) & 1) == 0) {
        break;
      }
      i++;
    }
    return i;
  }
}
