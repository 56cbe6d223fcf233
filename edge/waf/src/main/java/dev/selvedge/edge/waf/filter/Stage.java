package dev.selvedge.edge.waf.filter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a value stands on its way to the rules: which rules look at it, and what transformations it
 * still has to pass for each of them. Values of a class begin at one stage, and each transformation
 * that changes them leads to another. Immutable: the arrays are not written after construction.
 */
final class Stage {
  private final long id;
  private final Tail[] tails;
  private final long[][] rules;
  private final long telling;

  /**
   * A stage.
   *
   * @param tails in the order of their numbers
   * @param rules for each tail those that it leads to
   * @param telling the bits of {@link ByteKinds} that make a difference to what is to be done
   */
  Stage(long id, Tail[] tails, long[][] rules, long telling) {
    this.id = id;
    this.tails = tails;
    this.rules = rules;
    this.telling = telling;
  }

  long id() {
    return id;
  }

  long telling() {
    return telling;
  }

  int tails() {
    return tails.length;
  }

  Tail tail(int index) {
    return tails[index];
  }

  long[] rules(int index) {
    return rules[index];
  }

  /** What makes two stages the same. */
  Key key() {
    return new Key(tails, rules);
  }

  /** Compares by content. */
  static final class Key {
    private final Tail[] tails;
    private final long[][] rules;

    Key(Tail[] tails, long[][] rules) {
      this.tails = tails;
      this.rules = rules;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (!(other instanceof Key key) || key.tails.length != tails.length) {
        return false;
      }
      for (int i = 0; i < tails.length; i++) {
        if (key.tails[i].id() != tails[i].id()) {
          return false;
        }
      }
      return Arrays.deepEquals(key.rules, rules);
    }

    @Override
    public int hashCode() {
      int hash = Arrays.deepHashCode(rules);
      for (Tail tail : tails) {
        hash = 31 * hash + tail.id();
      }
      return hash;
    }
  }
}
