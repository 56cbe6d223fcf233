package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Place;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects segments and words, each with the event that it proves, and makes one {@link Nfa} of
 * them. Not thread-safe, one use.
 */
final class NfaBuilder {

  /** States of one segment; beyond it the segment is taken as proved. */
  private static final int SEGMENT_STATES_MAX = 20_000;

  private static final int NONE = -1;

  /** A state with empty moves: nothing but {@code next} (fork), one set, one place or one event. */
  private record State(
      @Nullable ByteSet set, @Nullable Place place, int event, List<Integer> next) {}

  /** A node of the tree of words. */
  private static final class Word {
    final Map<Integer, Word> children = new TreeMap<>();
    final Set<Integer> events = new LinkedHashSet<>();
  }

  private final List<State> states = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();
  private final Word words = new Word();
  private int segmentEnd;
  private int segmentFirst;

  void addSegment(Node segment, int event) {
    segmentFirst = states.size();
    segmentEnd = state(null, null, event, List.of());
    starts.add(build(segment, segmentEnd));
  }

  /** A word is taken as found once its first {@code prefix} bytes are. */
  void addWord(byte[] word, int prefix, int event) {
    Word at = words;
    for (int i = 0; i < Math.min(word.length, prefix); i++) {
      int folded = ByteSet.of(word[i] & 0xFF).foldCase().first();
      at = at.children.computeIfAbsent(folded, _ -> new Word());
    }
    at.events.add(event);
  }

  int size() {
    return states.size();
  }

  private int state(@Nullable ByteSet set, @Nullable Place place, int event, List<Integer> next) {
    states.add(new State(set, place, event, next));
    return states.size() - 1;
  }

  /** Where to begin for {@code node} and then {@code next}. */
  private int build(Node node, int next) {
    if (states.size() - segmentFirst > SEGMENT_STATES_MAX) {
      return segmentEnd;
    }
    return switch (node) {
      case Node.Bytes(ByteSet set) -> state(set.foldCase(), null, NONE, List.of(next));
      case Node.Sequence(List<Node> items) -> {
        int first = next;
        for (Node item : items.reversed()) {
          first = build(item, first);
        }
        yield first;
      }
      case Node.Choice(List<Node> branches) -> {
        List<Integer> firsts = new ArrayList<>();
        branches.forEach(branch -> firsts.add(build(branch, next)));
        yield state(null, null, NONE, firsts);
      }
      case Node.Repeat repeat -> buildRepeat(repeat, next);
      case Node.Capture capture -> build(capture.body(), next);
      case Node.Atomic atomic -> build(atomic.body(), next);
      case Node.Look _ -> next;
      case Node.BackReference _ -> segmentEnd;
      case Node.Assertion(Place place) -> state(null, place, NONE, List.of(next));
    };
  }

  private int buildRepeat(Node.Repeat repeat, int next) {
    if (Conditions.gap(repeat)) {
      return segmentEnd;
    }
    int copies = Conditions.copies(repeat);
    int first = next;
    if (repeat.max() - copies == 1) {
      first = state(null, null, NONE, List.of(build(repeat.body(), next), next));
    } else if (repeat.max() > copies) {
      List<Integer> ways = new ArrayList<>();
      first = state(null, null, NONE, ways);
      ways.add(build(repeat.body(), first));
      ways.add(next);
    }
    for (int i = 0; i < copies; i++) {
      first = build(repeat.body(), first);
    }
    return first;
  }

  Nfa build() {
    buildWords();
    int[] classOf = ByteClasses.partition(sets());
    int classCount = ByteClasses.count(classOf);
    boolean[] wordClass = new boolean[classCount + 1];
    byte[] classes = new byte[256];
    long[] members = new long[4 * states.size()];
    for (int value = 0; value < 256; value++) {
      int c = classOf[value];
      classes[value] = (byte) c;
      wordClass[c] = ByteSet.WORD.contains(value);
      for (int i = 0; i < states.size(); i++) {
        ByteSet set = states.get(i).set();
        if (set != null && set.contains(value)) {
          members[4 * i + (c >> 6)] |= 1L << c;
        }
      }
    }
    @Nullable Place[] places = new @Nullable Place[states.size()];
    int[] events = new int[states.size()];
    int[][] next = new int[states.size()][];
    Map<Integer, int[]> known = new HashMap<>();
    for (int i = 0; i < events.length; i++) {
      State state = states.get(i);
      places[i] = state.place();
      events[i] = state.event();
      boolean moves = state.set() != null || state.place() != null;
      next[i] = moves ? known.computeIfAbsent(state.next().getFirst(), this::reach) : new int[0];
    }
    return new Nfa(
        classes,
        classCount,
        wordClass,
        classOf['\n'],
        members,
        places,
        next,
        events,
        reach(state(null, null, NONE, starts)));
  }

  private Set<ByteSet> sets() {
    Set<ByteSet> sets = new LinkedHashSet<>();
    sets.add(ByteSet.WORD);
    sets.add(ByteSet.NEWLINE);
    for (State state : states) {
      if (state.set() != null) {
        sets.add(state.set());
      }
    }
    // bytes that differ in case only are of one class: every set above holds both or neither
    return sets;
  }

  private void buildWords() {
    words.children.forEach((value, child) -> starts.add(buildWord(value, child)));
  }

  private int buildWord(int value, Word word) {
    List<Integer> next = new ArrayList<>();
    word.events.forEach(event -> next.add(state(null, null, event, List.of())));
    word.children.forEach((below, child) -> next.add(buildWord(below, child)));
    int fork = state(null, null, NONE, next);
    return state(ByteSet.of(value).foldCase(), null, NONE, List.of(fork));
  }

  /** The states with a set, a place or an event that empty moves lead to. */
  private int[] reach(int from) {
    Set<Integer> seen = new HashSet<>();
    BitSet reached = new BitSet();
    List<Integer> open = new ArrayList<>(List.of(from));
    while (!open.isEmpty()) {
      int at = open.removeLast();
      if (!seen.add(at)) {
        continue;
      }
      State state = states.get(at);
      if (state.set() != null || state.place() != null || state.event() != NONE) {
        reached.set(at);
      } else {
        open.addAll(state.next());
      }
    }
    return reached.stream().toArray();
  }
}
