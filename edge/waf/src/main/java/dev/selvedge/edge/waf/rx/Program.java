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
      boolean loopMayBeEmpty) {}

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
