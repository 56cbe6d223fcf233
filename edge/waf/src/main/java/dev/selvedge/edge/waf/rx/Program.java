package dev.selvedge.edge.waf.rx;

/**
 * The compiled form of a pattern, see {@link Op}. Immutable: the arrays are never written after
 * construction.
 *
 * @param sets four words a set
 * @param literals of {@code TEXT}
 * @param classes the class of each byte; bytes of one class are alike to every set
 * @param classCount number of classes; class {@code classCount} stands for the end of the text
 * @param tables for each table {@code classCount + 1} indexes into {@code lists}
 * @param lists targets, each list ended by -1
 * @param registers ints needed, of which the first {@code 2 * (groups + 1)} are the groups
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
record Program(
    int[] code,
    long[] sets,
    byte[] literals,
    byte[] classes,
    int classCount,
    int[] tables,
    int[] lists,
    int registers,
    int groups,
    Start start) {

  /**
   * Where a match can start.
   *
   * @param anchor of every match
   * @param set words of what the first byte must be
   * @param open if any first byte will do, or none
   * @param minLength fewest bytes of a match
   * @param loop words of the set that a leading unlimited repeat is of; all zero if there is none
   * @param loopMayBeEmpty whether that repeat can be empty
   */
  record Start(
      Anchor anchor,
      ByteSet set,
      boolean open,
      int minLength,
      ByteSet loop,
      boolean loopMayBeEmpty) {

    /** The first place from {@code at} on where a match can start, or one too late for any. */
    int candidate(byte[] s, int begin, int end, int at) {
      int last = end - minLength;
      int i = at;
      if (anchor == Anchor.TEXT) {
        return i == begin ? i : last + 1;
      }
      if (anchor == Anchor.LINE) {
        while (i <= last && i != begin && s[i - 1] != '\n') {
          i++;
        }
        return i;
      }
      if (open || anchor != Anchor.NONE) {
        return i;
      }
      while (i <= last && i < end) {
        if (set.contains(s[i] & 0xFF)) {
          return i;
        }
        i++;
      }
      return last + 1;
    }

    /**
     * Where to try next after a failure at {@code at}. Where the pattern starts with an unlimited
     * repeat of a set: had it matched from further inside the same run, it would have matched from
     * the run's start. This keeps {@code \s*x} linear on a long run of spaces.
     */
    int afterFailure(byte[] s, int end, int at) {
      int i = at;
      if (!loop.isEmpty()) {
        while (i < end && loop.contains(s[i] & 0xFF)) {
          i++;
        }
      }
      return i > at ? i + (loopMayBeEmpty ? 1 : 0) : at + 1;
    }
  }

  enum Anchor {
    NONE,
    LINE,
    TEXT,
    SEARCH
  }

  boolean inSet(int set, int value) {
    return ((sets[(set << 2) + (value >> 6)] >>> value) & 1) != 0;
  }
}
