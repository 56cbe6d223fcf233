package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Facts.First;
import dev.selvedge.edge.waf.rx.Node.Greed;
import dev.selvedge.edge.waf.rx.Node.Place;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a tree into a {@link Program}, of a size linear in the pattern's. Not thread-safe, one use.
 *
 * <p>Each node is emitted knowing what the byte behind it must be ({@link First}), so that choices
 * which the next byte decides cost no backtracking, and loops that cannot give anything back become
 * possessive. Inside atomic groups and lookarounds what follows outside is not used: it may not
 * influence which way is taken there.
 */
final class ProgramCompiler {

  private final IntList code = new IntList();
  private final IntList tables = new IntList();
  private final IntList lists = new IntList();
  private final StringBuilder literals = new StringBuilder();
  private final Map<ByteSet, Integer> sets = new HashMap<>();
  private final List<ByteSet> setList = new ArrayList<>();
  private final int[] classes;
  private final int classCount;
  private final int[] representative;
  private int registers;

  private ProgramCompiler(Node node, int groups) {
    classes = ByteClasses.partition(ByteClasses.setsOf(node));
    classCount = ByteClasses.count(classes);
    representative = new int[classCount];
    for (int value = 0; value < 256; value++) {
      representative[classes[value]] = value;
    }
    registers = 2 * (groups + 1);
    lists.add(-1);
  }

  static Program compile(Node node, int groups) {
    ProgramCompiler compiler = new ProgramCompiler(node, groups);
    compiler.emit(node, First.OPEN);
    compiler.code.add(Op.MATCH);
    return compiler.program(node, groups);
  }

  private Program program(Node node, int groups) {
    long[] words = new long[4 * setList.size()];
    for (int i = 0; i < words.length; i++) {
      words[i] = setList.get(i >> 2).word(i & 3);
    }
    byte[] classBytes = new byte[256];
    for (int value = 0; value < 256; value++) {
      classBytes[value] = (byte) classes[value];
    }
    byte[] text = literals.toString().getBytes(StandardCharsets.ISO_8859_1);
    return new Program(
        code.toArray(),
        words,
        text,
        classBytes,
        classCount,
        tables.toArray(),
        lists.toArray(),
        registers,
        groups,
        start(node));
  }

  private static Program.Start start(Node node) {
    First first = Facts.first(node, First.OPEN);
    Program.Anchor anchor =
        Facts.startsAt(node, Place.LINE_START)
            ? Program.Anchor.LINE
            : Facts.startsAt(node, Place.TEXT_START)
                ? Program.Anchor.TEXT
                : Facts.startsAt(node, Place.SEARCH_START)
                    ? Program.Anchor.SEARCH
                    : Program.Anchor.NONE;
    Node.Repeat loop = Facts.forgetful(node) ? Facts.leadingLoop(node) : null;
    ByteSet loopSet =
        loop != null && loop.body() instanceof Node.Bytes(ByteSet set) ? set : ByteSet.NONE;
    return new Program.Start(
        anchor,
        first.set(),
        first.open(),
        Facts.minLength(node),
        loopSet,
        loop != null && loop.min() == 0);
  }

  private void emit(Node node, First follow) {
    switch (node) {
      case Node.Bytes(ByteSet set) -> emitSet(set);
      case Node.Sequence(List<Node> items) -> emitSequence(items, follow);
      case Node.Choice(List<Node> branches) -> emitChoice(branches, follow);
      case Node.Repeat repeat -> emitRepeat(repeat, follow);
      case Node.Capture(int group, Node body) -> {
        int opening = registers++;
        code.add(Op.OPEN, opening);
        emit(body, follow);
        code.add(Op.CLOSE, opening, 2 * group);
      }
      case Node.Atomic(Node body) -> emitAtomic(body);
      case Node.Look look -> emitLook(look);
      case Node.BackReference(int group, boolean caseless) ->
          code.add(Op.REFERENCE, 2 * group, caseless ? 1 : 0);
      case Node.Assertion(Place place) -> code.add(Op.ASSERT, Op.PLACES.indexOf(place));
    }
  }

  private void emitSet(ByteSet set) {
    if (set.size() == 1) {
      code.add(Op.BYTE, set.first());
    } else {
      code.add(Op.SET, setIndex(set));
    }
  }

  private int setIndex(ByteSet set) {
    return sets.computeIfAbsent(
        set,
        added -> {
          setList.add(added);
          return setList.size() - 1;
        });
  }

  private int setIndex(First first) {
    return first.open() ? Op.ANY : setIndex(first.set());
  }

  private void emitSequence(List<Node> items, First follow) {
    First[] behind = new First[items.size()];
    First first = follow;
    for (int i = items.size() - 1; i >= 0; i--) {
      behind[i] = first;
      first = Facts.first(items.get(i), first);
    }
    int i = 0;
    while (i < items.size()) {
      int text = textEnd(items, i);
      if (text - i > 1) {
        emitText(items.subList(i, text));
        i = text;
      } else {
        emit(items.get(i), behind[i]);
        i++;
      }
    }
  }

  /** Where the longest run of literals ends that {@link #emitText} can take from {@code from}. */
  private static int textEnd(List<Node> items, int from) {
    boolean exact = true;
    boolean folded = true;
    int end = from;
    while (end < items.size() && items.get(end) instanceof Node.Bytes(ByteSet set)) {
      exact &= set.size() == 1;
      folded &= set.size() == 1 ? set.equals(set.foldCase()) : letter(set);
      if (!exact && !folded) {
        break;
      }
      end++;
    }
    return end;
  }

  /** Whether the set is one letter in both cases. */
  private static boolean letter(ByteSet set) {
    return set.size() == 2 && set.equals(ByteSet.of(set.first()).foldCase());
  }

  private void emitText(List<Node> items) {
    boolean exact = true;
    int offset = literals.length();
    for (Node item : items) {
      if (item instanceof Node.Bytes(ByteSet set)) {
        exact &= set.size() == 1;
        // of a letter in both cases the first is the upper one
        literals.append((char) (set.size() == 1 ? set.first() : set.first() + 0x20));
      }
    }
    code.add(exact ? Op.TEXT : Op.FOLDED_TEXT, offset, items.size());
  }

  private void emitChoice(List<Node> branches, First follow) {
    int at = code.size();
    code.add(Op.DISPATCH, 0);
    int[] targets = new int[branches.size()];
    First[] firsts = new First[branches.size()];
    int[] jumps = new int[branches.size()];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = code.size();
      firsts[i] = Facts.first(branches.get(i), follow);
      emit(branches.get(i), follow);
      jumps[i] = code.add(Op.JUMP, 0) + 1;
    }
    for (int jump : jumps) {
      code.set(jump, code.size());
    }
    code.set(at + 1, table(targets, firsts));
  }

  /** A table that leads the next byte's class to those targets that it allows, in order. */
  private int table(int[] targets, First[] firsts) {
    int table = tables.size();
    Map<List<Integer>, Integer> known = new HashMap<>();
    for (int c = 0; c <= classCount; c++) {
      List<Integer> allowed = new ArrayList<>();
      for (int i = 0; i < targets.length; i++) {
        if (c == classCount ? firsts[i].open() : firsts[i].allows(representative[c])) {
          allowed.add(targets[i]);
        }
      }
      tables.add(allowed.isEmpty() ? 0 : known.computeIfAbsent(allowed, this::list));
    }
    return table;
  }

  private int list(List<Integer> targets) {
    int list = lists.size();
    targets.forEach(lists::add);
    lists.add(-1);
    return list;
  }

  private void emitRepeat(Node.Repeat repeat, First follow) {
    if (repeat.body() instanceof Node.Bytes(ByteSet set)) {
      emitByteLoop(repeat, set, follow);
    } else if (repeat.greed() == Greed.POSSESSIVE) {
      emitAtomic(new Node.Repeat(repeat.body(), repeat.min(), repeat.max(), Greed.GREEDY));
    } else if (repeat.max() == 1) {
      emitOption(repeat, follow);
    } else if (repeat.max() == Node.UNLIMITED && repeat.min() <= 1) {
      emitLoop(repeat, follow);
    } else {
      emitCounted(repeat, follow);
    }
  }

  private void emitByteLoop(Node.Repeat repeat, ByteSet set, First follow) {
    boolean possessive =
        repeat.greed() == Greed.POSSESSIVE || (!follow.open() && !follow.set().intersects(set));
    int index = setIndex(set);
    if (possessive) {
      code.add(Op.POSSESSIVE, index, repeat.min(), repeat.max());
    } else {
      code.add(repeat.greed() == Greed.LAZY ? Op.LAZY : Op.GREEDY, index);
      code.add(repeat.min(), repeat.max(), setIndex(follow));
    }
  }

  /** {@code x?}: DISPATCH x, behind. */
  private void emitOption(Node.Repeat repeat, First follow) {
    int at = code.size();
    code.add(Op.DISPATCH, 0);
    int body = code.size();
    emit(repeat.body(), follow);
    code.set(at + 1, fork(repeat, body, Facts.first(repeat.body(), follow), follow));
  }

  /** The table that enters the body or goes on behind the code so far. */
  private int fork(Node.Repeat repeat, int body, First first, First follow) {
    int behind = code.size();
    return repeat.greed() == Greed.LAZY
        ? table(new int[] {behind, body}, new First[] {follow, first})
        : table(new int[] {body, behind}, new First[] {first, follow});
  }

  /**
   * {@code x*}: the fork, x, back to the fork. {@code x+}: x, the fork. An iteration that matched
   * the empty string is the last, as in PCRE.
   */
  private void emitLoop(Node.Repeat repeat, First follow) {
    First again = Facts.first(repeat.body(), follow).or(follow);
    boolean plus = repeat.min() == 1;
    int head = code.size();
    if (!plus) {
      code.add(Op.DISPATCH, 0);
    }
    int body = code.size();
    int check = emitIteration(repeat, again, -1);
    int fork = plus ? code.add(Op.DISPATCH, 0) : head;
    if (!plus) {
      code.add(Op.JUMP, head);
    }
    code.set(fork + 1, fork(repeat, body, Facts.first(repeat.body(), again), follow));
    if (check >= 0) {
      code.set(check, code.size());
    }
  }

  /** The body; where it may be empty with the check whose target is returned for patching. */
  private int emitIteration(Node.Repeat repeat, First again, int count) {
    if (!Facts.nullable(repeat.body())) {
      emit(repeat.body(), again);
      return -1;
    }
    int start = registers++;
    code.add(Op.ITERATION, start);
    emit(repeat.body(), First.OPEN);
    return code.add(Op.UNLESS_EMPTY, start, count, repeat.min(), 0) + 4;
  }

  private void emitCounted(Node.Repeat repeat, First follow) {
    int count = registers++;
    First again = Facts.first(repeat.body(), follow).or(follow);
    code.add(Op.COUNT_RESET, count);
    int loop = code.add(Op.COUNT_LOOP, count, repeat.min(), repeat.max());
    code.add(repeat.greed() == Greed.LAZY ? 1 : 0);
    code.add(setIndex(Facts.first(repeat.body(), again)), setIndex(follow), 0);
    code.add(Op.COUNT_ENTER, count);
    int check = -1;
    if (repeat.max() == Node.UNLIMITED) {
      check = emitIteration(repeat, again, count);
    } else {
      emit(repeat.body(), Facts.nullable(repeat.body()) ? First.OPEN : again);
    }
    code.add(Op.JUMP, loop);
    code.set(loop + 7, code.size());
    if (check >= 0) {
      code.set(check, code.size());
    }
  }

  private void emitAtomic(Node body) {
    int mark = registers++;
    code.add(Op.MARK, mark);
    emit(body, First.OPEN);
    code.add(Op.COMMIT, mark);
  }

  private void emitLook(Node.Look look) {
    int height = registers++;
    int place = registers++;
    int at = look.negative() ? code.add(Op.DENY, height, 0) : code.add(Op.LOOK, height, place);
    if (look.ahead()) {
      emit(look.body(), First.OPEN);
    } else {
      emitBehind(look.body());
    }
    if (look.negative()) {
      code.add(Op.DENIED, height);
      code.set(at + 2, code.size());
    } else {
      code.add(Op.LOOKED, height, place);
    }
  }

  private void emitBehind(Node body) {
    List<Node> branches = body instanceof Node.Choice(List<Node> several) ? several : List.of(body);
    int at = code.add(Op.TRY, 0);
    List<Integer> targets = new ArrayList<>();
    List<Integer> jumps = new ArrayList<>();
    for (Node branch : branches) {
      targets.add(code.size());
      code.add(Op.BACK, Facts.fixedLength(branch));
      emit(branch, First.OPEN);
      jumps.add(code.add(Op.JUMP, 0) + 1);
    }
    for (int jump : jumps) {
      code.set(jump, code.size());
    }
    code.set(at + 1, list(targets));
  }

  /** A growing array. */
  private static final class IntList {
    private int[] items = new int[64];
    private int size;

    /** Returns where the first of them stands. */
    int add(int... values) {
      int at = size;
      if (size + values.length > items.length) {
        items = Arrays.copyOf(items, Math.max(2 * items.length, size + values.length));
      }
      System.arraycopy(values, 0, items, size, values.length);
      size += values.length;
      return at;
    }

    void set(int at, int value) {
      items[at] = value;
    }

    int size() {
      return size;
    }

    int[] toArray() {
      return Arrays.copyOf(items, size);
    }
  }
}
