package dev.selvedge.edge.waf.rx;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Byte values sorted into classes such that each of some sets holds a class whole or not at all.
 */
final class ByteClasses {

  /**
   * Bytes of requests, the most frequent first: their classes get the first numbers, so that the
   * moves an automaton makes lie side by side in memory.
   */
  private static final String COMMON =
      "etaonirslcdmpuhgbfyvwk0123456789-/.=_;xjqz, :%&+EATONIRSLCDMPUHGBFYVWKXJQZ\"?()*";

  private ByteClasses() {}

  /** The class of each byte value, numbered from 0 without gaps. */
  static int[] partition(Collection<ByteSet> sets) {
    int[] classes = new int[256];
    int count = 1;
    for (ByteSet set : sets) {
      int[] split = new int[count];
      Arrays.fill(split, -1);
      int[] members = new int[count];
      int[] sizes = new int[count];
      for (int value = 0; value < 256; value++) {
        sizes[classes[value]]++;
        members[classes[value]] += set.contains(value) ? 1 : 0;
      }
      for (int value = 0; value < 256; value++) {
        int old = classes[value];
        if (members[old] != sizes[old] && set.contains(value)) {
          split[old] = split[old] < 0 ? count++ : split[old];
          classes[value] = split[old];
        }
      }
    }
    return renumbered(classes);
  }

  private static int[] renumbered(int[] classes) {
    Map<Integer, Integer> numbers = new HashMap<>();
    int[] result = new int[256];
    COMMON.chars().forEach(value -> numbers.putIfAbsent(classes[value], numbers.size()));
    for (int value = 0; value < 256; value++) {
      result[value] = numbers.computeIfAbsent(classes[value], _ -> numbers.size());
    }
    return result;
  }

  static int count(int[] classes) {
    return Arrays.stream(classes).max().orElse(0) + 1;
  }

  /** The sets that stand in a node. */
  static Set<ByteSet> setsOf(Node node) {
    Set<ByteSet> sets = new LinkedHashSet<>();
    collect(node, sets);
    return sets;
  }

  private static void collect(Node node, Set<ByteSet> sets) {
    switch (node) {
      case Node.Bytes(ByteSet set) -> sets.add(set);
      case Node.Sequence(List<Node> items) -> items.forEach(item -> collect(item, sets));
      case Node.Choice(List<Node> branches) -> branches.forEach(branch -> collect(branch, sets));
      case Node.Repeat repeat -> collect(repeat.body(), sets);
      case Node.Capture capture -> collect(capture.body(), sets);
      case Node.Atomic atomic -> collect(atomic.body(), sets);
      case Node.Look look -> collect(look.body(), sets);
      case Node.BackReference _, Node.Assertion _ -> {}
    }
  }
}
