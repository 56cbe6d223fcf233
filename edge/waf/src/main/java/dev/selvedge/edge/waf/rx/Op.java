package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Place;
import java.util.List;

/**
 * The instructions of a {@link Program}, with their operands.
 *
 * <p>A <i>set</i> operand is an index of a byte set or {@link #ANY}; a <i>list</i> operand an index
 * into {@code lists}, where targets stand in order of preference up to -1; a <i>register</i> is one
 * of the matcher's ints.
 */
final class Op {

  static final List<Place> PLACES = List.of(Place.values());

  /** In place of a set: whatever comes, also the end. */
  static final int ANY = -1;

  /** The end of a match. */
  static final int MATCH = 0;

  /** value: that byte. */
  static final int BYTE = 1;

  /** set: one byte of it. */
  static final int SET = 2;

  /** offset, length: these literals. */
  static final int TEXT = 3;

  /** offset, length: these literals, ASCII case ignored; they are in lower case. */
  static final int FOLDED_TEXT = 4;

  /** target. */
  static final int JUMP = 5;

  /** table: the list that the next byte selects. */
  static final int DISPATCH = 6;

  /** list: all its targets. */
  static final int TRY = 7;

  /** set, min, max, follow set: most first. */
  static final int GREEDY = 8;

  /** set, min, max, follow set: fewest first. */
  static final int LAZY = 9;

  /** set, min, max: most, and that is it. */
  static final int POSSESSIVE = 10;

  /** register of the opening. */
  static final int OPEN = 11;

  /** register of the opening, register of the group's start (its end is the next). */
  static final int CLOSE = 12;

  /** index in {@link #PLACES}. */
  static final int ASSERT = 13;

  /** register of the group's start, 1 if caseless. */
  static final int REFERENCE = 14;

  /** register: set to 0. */
  static final int COUNT_RESET = 15;

  /**
   * register, min, max, 1 if lazy, body set, follow set, target behind the loop. The body stands
   * behind the {@link #COUNT_ENTER} that follows at once.
   */
  static final int COUNT_LOOP = 16;

  /** register: one iteration more. */
  static final int COUNT_ENTER = 17;

  /** register: remembers where an iteration starts. */
  static final int ITERATION = 18;

  /** register of the start, register of the count or -1, min, target if the iteration was empty. */
  static final int UNLESS_EMPTY = 19;

  /** register: remembers the height of the stack. */
  static final int MARK = 20;

  /** register: forgets all choices since the mark. */
  static final int COMMIT = 21;

  /** register of the height, register of the place. */
  static final int LOOK = 22;

  /** register of the height, register of the place: back to the place. */
  static final int LOOKED = 23;

  /** register, target: goes on there if what follows fails. */
  static final int DENY = 24;

  /** register: what must not match did. */
  static final int DENIED = 25;

  /** length: so many bytes back. */
  static final int BACK = 26;

  private Op() {}
}
