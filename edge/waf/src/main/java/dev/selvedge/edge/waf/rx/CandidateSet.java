package dev.selvedge.edge.waf.rx;

import java.util.Arrays;

/**
 * A set of rule numbers below a fixed bound, cleared and filled without allocation. Not
 * thread-safe.
 */
public final class CandidateSet {

  private final long[] words;

  public CandidateSet(int bound) {
    words = new long[(bound + 63) >> 6];
  }

  public void clear() {
    Arrays.fill(words, 0);
  }

  public void add(int id) {
    words[id >> 6] |= 1L << id;
  }

  /** Writes the members as bits. */
  public void copyTo(long[] out, int at) {
    System.arraycopy(words, 0, out, at, words.length);
  }

  /** Adds those members that are among {@code some} to the bits at {@code at}. */
  public void addTo(long[] some, long[] out, int at) {
    for (int i = 0; i < words.length; i++) {
      out[at + i] |= some[i] & words[i];
    }
  }

  public boolean contains(int id) {
    return ((words[id >> 6] >>> id) & 1) != 0;
  }

  void addAll(long[] others) {
    for (int i = 0; i < others.length; i++) {
      words[i] |= others[i];
    }
  }

  /** The least member from {@code from} on, or -1. */
  public int next(int from) {
    int index = from >> 6;
    if (index >= words.length) {
      return -1;
    }
    long word = words[index] & (-1L << from);
    while (word == 0) {
      if (++index == words.length) {
        return -1;
      }
      word = words[index];
    }
    return (index << 6) + Long.numberOfTrailingZeros(word);
  }

  public int size() {
    int size = 0;
    for (long word : words) {
      size += Long.bitCount(word);
    }
    return size;
  }
}
