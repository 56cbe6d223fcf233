package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Place;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The deterministic form of an {@link Nfa}, built as texts ask for it and bounded in states. Not
 * thread-safe; each scanner has its own copy.
 *
 * <p>A state is what the segments begun so far wait for, and what stood just before (the {@link
 * #BEGIN} and so on), which {@code ^} and {@code \b} need. That a segment may begin anywhere is not
 * part of it: those moves are the same for every state with the same byte before, and computed
 * once. A move is one char, {@code moves[(state << shift) | class]}: the next state, its top bit
 * set if the state proves events, or {@link #UNKNOWN}.
 */
final class LazyDfa {

  /** Behind the end of the array's use as a state number: 32,767 states are the most. */
  static final int UNKNOWN = 0xFFFF;

  static final int EVENT_BIT = 0x8000;
  static final int STATES_MAX = 0x7F00;

  /** The answer of {@link #step} when it may not build. */
  static final int REFUSED = -1;

  private static final int BEGIN = 0;
  private static final int AFTER_NEWLINE = 1;
  private static final int AFTER_WORD = 2;
  private static final int AFTER_OTHER = 3;
  private static final int[] NO_EVENTS = {};

  private final Nfa nfa;
  final int shift;
  char[] moves;
  private int[][] waiting = new int[64][];
  private int[][] events = new int[64][];
  private byte[] before = new byte[64];

  /** The text in which a state was last entered, so that its events are looked at once a text. */
  int[] entered = new int[64];

  private final Map<Key, Integer> numbers;
  private int count;

  /** For each byte before and class what segments that begin here lead to. */
  private final int[] @Nullable [] begun;

  private final BitSet scratch = new BitSet();

  private static final class Key {
    private final int[] waiting;
    private final int[] events;
    private final int before;
    private final int hash;

    Key(int[] waiting, int[] events, int before) {
      this.waiting = waiting;
      this.events = events;
      this.before = before;
      hash = 31 * (31 * Arrays.hashCode(waiting) + Arrays.hashCode(events)) + before;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && key.before == before
          && Arrays.equals(key.waiting, waiting)
          && Arrays.equals(key.events, events);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  LazyDfa(Nfa nfa) {
    this.nfa = nfa;
    shift = 32 - Integer.numberOfLeadingZeros(nfa.classCount());
    numbers = new HashMap<>();
    begun = new int[4 * (nfa.classCount() + 1)][];
    moves = new char[0];
    intern(new int[0], NO_EVENTS, BEGIN);
  }

  /** A copy that grows on its own. */
  LazyDfa(LazyDfa other) {
    nfa = other.nfa;
    shift = other.shift;
    moves = other.moves.clone();
    waiting = other.waiting.clone();
    events = other.events.clone();
    before = other.before.clone();
    entered = new int[before.length];
    numbers = new HashMap<>(other.numbers);
    count = other.count;
    begun = other.begun.clone();
  }

  int states() {
    return count;
  }

  byte[] classes() {
    return nfa.classes();
  }

  /** The class that stands for the end of the text. */
  int endClass() {
    return nfa.classCount();
  }

  int[] events(int state) {
    return events[state];
  }

  /** Whether the state is entered for the first time in the text of this number. */
  boolean enter(int state, int text) {
    boolean first = entered[state] != text;
    entered[state] = text;
    return first;
  }

  void forgetTexts() {
    Arrays.fill(entered, 0);
  }

  /** Builds the unknown move of a state, or {@link #REFUSED} where that takes a state too many. */
  int step(int state, int byteClass) {
    BitSet reached = scratch;
    reached.clear();
    advance(waiting[state], before[state], byteClass, reached);
    int slot = before[state] * (nfa.classCount() + 1) + byteClass;
    int[] fresh = begun[slot];
    if (fresh == null) {
      BitSet own = new BitSet();
      advance(nfa.start(), before[state], byteClass, own);
      fresh = own.stream().toArray();
      begun[slot] = fresh;
    }
    for (int next : fresh) {
      reached.set(next);
    }
    int next = intern(reached, byteClass);
    if (next != REFUSED) {
      moves[(state << shift) | byteClass] = (char) next;
    }
    return next;
  }

  private int intern(BitSet reached, int byteClass) {
    int[] all = reached.stream().toArray();
    int[] proved =
        Arrays.stream(all)
            .filter(i -> nfa.events()[i] >= 0)
            .map(i -> nfa.events()[i])
            .distinct()
            .toArray();
    int[] wait = proved.length == 0 ? all : waiting(all, byteClass);
    int context = byteClass == nfa.classCount() ? BEGIN : context(byteClass);
    return intern(wait, proved.length == 0 ? NO_EVENTS : proved, context);
  }

  private int[] waiting(int[] all, int byteClass) {
    return byteClass == nfa.classCount()
        ? new int[0]
        : Arrays.stream(all).filter(i -> nfa.events()[i] < 0).toArray();
  }

  private int context(int byteClass) {
    if (byteClass == nfa.newlineClass()) {
      return AFTER_NEWLINE;
    }
    return nfa.wordClass()[byteClass] ? AFTER_WORD : AFTER_OTHER;
  }

  private int intern(int[] wait, int[] proved, int context) {
    Key key = new Key(wait, proved, context);
    Integer known = numbers.get(key);
    if (known != null) {
      return known;
    }
    if (count == STATES_MAX) {
      return REFUSED;
    }
    if (count == waiting.length) {
      waiting = Arrays.copyOf(waiting, 2 * count);
      events = Arrays.copyOf(events, 2 * count);
      before = Arrays.copyOf(before, 2 * count);
      entered = Arrays.copyOf(entered, 2 * count);
    }
    if (moves.length < (count + 1) << shift) {
      int size = moves.length;
      moves = Arrays.copyOf(moves, Math.max(2 * size, 16 << shift));
      Arrays.fill(moves, size, moves.length, (char) UNKNOWN);
    }
    waiting[count] = wait;
    events[count] = proved;
    before[count] = (byte) context;
    int number = count++ | (proved.length > 0 ? EVENT_BIT : 0);
    numbers.put(key, number);
    return number;
  }

  /**
   * Adds where {@code from} leads when {@code byteClass} is next: events reached on the way too.
   */
  private void advance(int[] from, int context, int byteClass, BitSet reached) {
    BitSet passed = null;
    for (int state : from) {
      if (nfa.places()[state] == null) {
        move(state, byteClass, reached);
      } else {
        passed = passed == null ? new BitSet() : passed;
        pass(state, context, byteClass, reached, passed);
      }
    }
  }

  private void move(int state, int byteClass, BitSet reached) {
    if (nfa.events()[state] >= 0) {
      reached.set(state);
    } else if (byteClass < nfa.classCount() && nfa.takes(state, byteClass)) {
      for (int next : nfa.next()[state]) {
        reached.set(next);
      }
    }
  }

  /** Goes through a place that holds here, and on from behind it. */
  private void pass(int state, int context, int byteClass, BitSet reached, BitSet passed) {
    Place place = nfa.places()[state];
    if (place == null) {
      move(state, byteClass, reached);
    } else if (!passed.get(state) && holds(place, context, byteClass)) {
      passed.set(state);
      for (int next : nfa.next()[state]) {
        pass(next, context, byteClass, reached, passed);
      }
    }
  }

  private boolean holds(Place place, int context, int byteClass) {
    boolean atEnd = byteClass == nfa.classCount();
    boolean wordAhead = !atEnd && nfa.wordClass()[byteClass];
    return switch (place) {
      case LINE_START -> context == BEGIN || context == AFTER_NEWLINE;
      case TEXT_START -> context == BEGIN;
      case SEARCH_START -> true;
      case LINE_END, FINAL_LINE_END -> atEnd || byteClass == nfa.newlineClass();
      case TEXT_END -> atEnd;
      case WORD_BOUNDARY -> (context == AFTER_WORD) != wordAhead;
      case NOT_WORD_BOUNDARY -> (context == AFTER_WORD) == wordAhead;
    };
  }
}
