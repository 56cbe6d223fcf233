package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Greed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Derives from a pattern what a text must contain for the pattern to match, without regard to case.
 *
 * <p>The result is a choice of conjunctions of segments. A segment is a small pattern without gaps:
 * where the pattern allows nearly anything for long ({@code .*}, {@code [^>]+}), it is cut in two,
 * and both parts are required in any order. One automaton over all segments then stays small,
 * whereas each gap in it would double its states. Further over-approximations, all of which only
 * widen: repeats at either end of a segment shrink to what they need, long counted repeats become
 * loops, lookarounds and backreferences hold anywhere, and what stands behind {@link #DEPTH} bytes
 * is left out.
 */
final class Conditions {

  /** Segments end where they have proved at least that many bytes. */
  static final int DEPTH = Integer.getInteger("rx.depth", 24);

  /** A repeat of so many different bytes, for long, is a gap. */
  private static final int GAP_BYTES = Integer.getInteger("rx.gap", 128);

  private static final int GAP_LENGTH = 4;

  /** Copies that a counted repeat is unrolled into. */
  private static final int COPIES_MAX = Integer.getInteger("rx.copies", 4);

  private static final int SEGMENTS_MAX = 4;

  /** Two literal bytes; weaker segments are used only where there is no other. */
  private static final double STRONG_BITS = 13;

  private Conditions() {}

  /** The segments of each branch; a branch without any always holds. */
  static List<List<Node>> of(Node pattern) {
    List<List<Node>> branches = new ArrayList<>();
    collect(pattern, branches);
    return branches;
  }

  private static void collect(Node node, List<List<Node>> branches) {
    switch (node) {
      case Node.Choice(List<Node> several) -> several.forEach(branch -> collect(branch, branches));
      case Node.Capture capture -> collect(capture.body(), branches);
      case Node.Atomic atomic -> collect(atomic.body(), branches);
      case Node.Sequence _,
          Node.Bytes _,
          Node.Repeat _,
          Node.Look _,
          Node.BackReference _,
          Node.Assertion _ ->
          branches.add(best(segments(node)));
    }
  }

  private static List<Node> best(List<Node> segments) {
    List<Node> sorted =
        segments.stream()
            .sorted(Comparator.comparingDouble((Node segment) -> -bits(segment)))
            .toList();
    List<Node> strong = sorted.stream().filter(node -> bits(node) >= STRONG_BITS).toList();
    List<Node> chosen = strong.isEmpty() ? sorted : strong;
    return chosen.subList(0, Math.min(chosen.size(), strong.isEmpty() ? 1 : SEGMENTS_MAX));
  }

  /** The segments of a sequence, cut at its gaps; those that prove nothing are left out. */
  private static List<Node> segments(Node node) {
    List<Node> items = new ArrayList<>();
    flatten(node, items);
    List<Node> segments = new ArrayList<>();
    List<Node> current = new ArrayList<>();
    for (Node item : items) {
      if (gap(item)) {
        add(current, segments);
        current = new ArrayList<>();
      } else {
        current.add(item);
      }
    }
    add(current, segments);
    return segments;
  }

  private static void flatten(Node node, List<Node> items) {
    switch (node) {
      case Node.Sequence(List<Node> several) -> several.forEach(item -> flatten(item, items));
      case Node.Capture capture -> flatten(capture.body(), items);
      case Node.Atomic atomic -> flatten(atomic.body(), items);
      case Node.Look _ -> {}
      case Node.BackReference _ ->
          items.add(new Node.Repeat(new Node.Bytes(ByteSet.ALL), 0, Node.UNLIMITED, Greed.GREEDY));
      case Node.Bytes _, Node.Choice _, Node.Repeat _, Node.Assertion _ -> items.add(node);
    }
  }

  private static void add(List<Node> items, List<Node> segments) {
    Node segment = trimmedEnd(trimmedStart(Node.sequence(upToDepth(items))));
    if (bits(segment) > 0) {
      segments.add(segment);
    }
  }

  private static List<Node> upToDepth(List<Node> items) {
    int length = 0;
    int count = 0;
    while (count < items.size() && length < DEPTH) {
      length += Facts.minLength(items.get(count++));
    }
    return items.subList(0, count);
  }

  /** Whether the node can pass over nearly anything for long. */
  static boolean gap(Node node) {
    return node instanceof Node.Repeat repeat
        && repeat.max() > GAP_LENGTH
        && Facts.first(repeat.body(), Facts.First.OPEN).set().size() >= GAP_BYTES;
  }

  /** Without what a match may lack at its start: {@code X*R} is found only where {@code R} is. */
  private static Node trimmedStart(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> {
        List<Node> kept = new ArrayList<>(items);
        while (!kept.isEmpty() && droppable(kept.getFirst())) {
          kept.removeFirst();
        }
        if (!kept.isEmpty()) {
          kept.set(0, trimmedStart(kept.getFirst()));
        }
        yield Node.sequence(kept);
      }
      case Node.Choice(List<Node> branches) ->
          Node.choice(branches.stream().map(Conditions::trimmedStart).toList());
      case Node.Repeat repeat -> least(repeat);
      case Node.Capture capture -> trimmedStart(capture.body());
      case Node.Atomic atomic -> trimmedStart(atomic.body());
      case Node.Bytes _, Node.Look _, Node.BackReference _, Node.Assertion _ -> node;
    };
  }

  private static Node trimmedEnd(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> {
        List<Node> kept = new ArrayList<>(items);
        while (!kept.isEmpty() && droppable(kept.getLast())) {
          kept.removeLast();
        }
        if (!kept.isEmpty()) {
          kept.set(kept.size() - 1, trimmedEnd(kept.getLast()));
        }
        yield Node.sequence(kept);
      }
      case Node.Choice(List<Node> branches) ->
          Node.choice(branches.stream().map(Conditions::trimmedEnd).toList());
      case Node.Repeat repeat -> least(repeat);
      case Node.Capture capture -> trimmedEnd(capture.body());
      case Node.Atomic atomic -> trimmedEnd(atomic.body());
      case Node.Bytes _, Node.Look _, Node.BackReference _, Node.Assertion _ -> node;
    };
  }

  /** Whether the node may match the empty string anywhere. */
  private static boolean droppable(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> items.stream().allMatch(Conditions::droppable);
      case Node.Choice(List<Node> branches) -> branches.stream().anyMatch(Conditions::droppable);
      case Node.Repeat repeat -> repeat.min() == 0 || droppable(repeat.body());
      case Node.Capture capture -> droppable(capture.body());
      case Node.Atomic atomic -> droppable(atomic.body());
      case Node.Look _, Node.BackReference _ -> true;
      case Node.Bytes _, Node.Assertion _ -> false;
    };
  }

  private static Node least(Node.Repeat repeat) {
    int min = Math.min(repeat.min(), COPIES_MAX);
    return min == 1 ? repeat.body() : new Node.Repeat(repeat.body(), min, min, Greed.GREEDY);
  }

  /** Copies to unroll before a counted repeat may end or go round. */
  static int copies(Node.Repeat repeat) {
    return Math.min(repeat.min(), COPIES_MAX);
  }

  /** How much the least telling match of a segment tells, in bits. */
  static double bits(Node node) {
    return switch (node) {
      case Node.Bytes(ByteSet set) -> {
        int size = set.foldCase().size();
        yield size == 0 ? 64 : 8 - Math.log(size) / Math.log(2);
      }
      case Node.Sequence(List<Node> items) -> {
        double sum = 0;
        for (Node item : items) {
          if (gap(item)) {
            break;
          }
          sum += bits(item);
          if (mayCut(item)) {
            break;
          }
        }
        yield sum;
      }
      case Node.Choice(List<Node> branches) ->
          branches.stream().mapToDouble(Conditions::bits).min().orElse(0);
      case Node.Repeat repeat ->
          gap(repeat) || repeat.min() == 0 ? 0 : bits(repeat.body()) * copies(repeat);
      case Node.Capture capture -> bits(capture.body());
      case Node.Atomic atomic -> bits(atomic.body());
      case Node.Look _, Node.BackReference _ -> 0;
      // the end and the beginning are rare places, word boundaries are not
      case Node.Assertion(Node.Place place) ->
          place == Node.Place.WORD_BOUNDARY || place == Node.Place.NOT_WORD_BOUNDARY ? 0.5 : 4;
    };
  }

  /**
   * Whether the automaton may accept inside the node, because a gap or backreference stands there.
   */
  private static boolean mayCut(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> items.stream().anyMatch(Conditions::mayCut);
      case Node.Choice(List<Node> branches) -> branches.stream().anyMatch(Conditions::mayCut);
      case Node.Repeat repeat -> gap(repeat) || mayCut(repeat.body());
      case Node.Capture capture -> mayCut(capture.body());
      case Node.Atomic atomic -> mayCut(atomic.body());
      case Node.BackReference _ -> true;
      case Node.Bytes _, Node.Look _, Node.Assertion _ -> false;
    };
  }
}
