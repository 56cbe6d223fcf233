package dev.selvedge.edge.waf.variable;

import java.util.Arrays;

/**
 * For each entry of some fields the numbers of the rules that it may match; a rule that is not
 * marked does not match it.
 *
 * <p>Not thread-safe.
 */
public final class Marks {
  private final int words;
  private long[] bits = {};
  private int size;

  /** For rules with numbers below {@code 64 * words}. */
  public Marks(int words) {
    this.words = words;
  }

  /** Entries that have marks. */
  public int size() {
    return size;
  }

  /** Makes room for so many entries in all. */
  public void ensure(int entries) {
    if (bits.length < entries * words) {
      bits = Arrays.copyOf(bits, entries * words);
    }
  }

  /** Adds an entry without marks; returns where its words begin in {@link #bits}. */
  public int add() {
    if (bits.length < (size + 1) * words) {
      bits = Arrays.copyOf(bits, Math.max(4, 2 * size) * words);
    }
    int at = size++ * words;
    Arrays.fill(bits, at, at + words, 0);
    return at;
  }

  /** Forgets all entries. */
  public void clear() {
    size = 0;
  }

  /** The words of all entries, to be written to. */
  public long[] bits() {
    return bits;
  }

  /** Whether the entry may match the rule; an entry that is not known yet may. */
  public boolean may(int index, int rule) {
    return index >= size || (bits[index * words + (rule >> 6)] >>> rule & 1) != 0;
  }
}
