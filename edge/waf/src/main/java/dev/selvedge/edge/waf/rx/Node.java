package dev.selvedge.edge.waf.rx;

import java.util.List;

/**
 * The meaning of a pattern: flags are already applied, so that no node depends on where it stands.
 * Immutable.
 */
sealed interface Node {

  Node EMPTY = new Sequence(List.of());

  /** One byte out of a set. An empty set never matches. */
  record Bytes(ByteSet set) implements Node {}

  /** All items, one after the other; none means the empty string. */
  record Sequence(List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /** The branches in order of preference. */
  record Choice(List<Node> branches) implements Node {
    public Choice {
      branches = List.copyOf(branches);
    }
  }

  /** {@code max} is {@link #UNLIMITED} or at least {@code min}. */
  record Repeat(Node body, int min, int max, Greed greed) implements Node {}

  /** A capturing group, numbered from 1; its value changes only when the group is left. */
  record Capture(int group, Node body) implements Node {}

  /** Once left, never re-entered for another way to match. */
  record Atomic(Node body) implements Node {}

  /** The branches of a lookbehind are of fixed length each. */
  record Look(boolean ahead, boolean negative, Node body) implements Node {}

  /** Fails while the group is unset, as PCRE does without MATCH_UNSET_BACKREF. */
  record BackReference(int group, boolean caseless) implements Node {}

  /** A condition on the place, consuming nothing. */
  record Assertion(Place place) implements Node {}

  int UNLIMITED = Integer.MAX_VALUE;

  enum Greed {
    GREEDY,
    LAZY,
    POSSESSIVE
  }

  enum Place {
    /** {@code ^} under MULTILINE: the start, or after a newline that is not the last byte. */
    LINE_START,
    /** {@code $} under MULTILINE: the end, or before a newline. */
    LINE_END,
    /** {@code \A}, and {@code ^} without MULTILINE. */
    TEXT_START,
    /** {@code \z}. */
    TEXT_END,
    /** {@code \Z}, and {@code $} without MULTILINE: the end, or before a newline that ends it. */
    FINAL_LINE_END,
    /** {@code \G}. */
    SEARCH_START,
    WORD_BOUNDARY,
    NOT_WORD_BOUNDARY
  }

  static Node sequence(List<Node> items) {
    return items.size() == 1 ? items.getFirst() : new Sequence(items);
  }

  static Node choice(List<Node> branches) {
    return branches.size() == 1 ? branches.getFirst() : new Choice(branches);
  }
}
