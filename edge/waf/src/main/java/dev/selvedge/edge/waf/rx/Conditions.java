package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Greed;
import dev.selvedge.edge.waf.rx.Node.Place;
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
  static final int DEPTH = 12;

  /** A repeat of so many different bytes, for long, is a gap. */
  private static final int GAP_BYTES = 60;

  /** The same where a match lies at the start of a line. */
  private static final int GAP_BYTES_ANCHORED = 128;

  private static final int GAP_LENGTH = 4;

  /** Stands for a gap: no group has that number. */
  private static final Node GAP = new Node.BackReference(0, false);

  /** Copies that a counted repeat is unrolled into. */
  private static final int COPIES_MAX = 4;

  private static final int SEGMENTS_MAX = 4;

  /** Two literal bytes; weaker segments are used only where there is no other. */
  private static final double STRONG_BITS = 13;

  private Conditions() {}

  /** The segments of each branch; a branch without any always holds. */
  static List<List<Node>> of(Node pattern) {
    Node simple = simplified(pattern, false);
    List<Node> branches =
        simple instanceof Node.Choice(List<Node> several) ? several : List.of(simple);
    return branches.stream().map(branch -> best(segments(branch))).toList();
  }

  /**
   * The pattern without groups and lookarounds, and with {@link #GAP} for every gap.
   *
   * @param anchored whether the match so far lies at the start of a line: there a loop is one
   *     state, not one for each place where it may have begun, and more of them are affordable
   */
  private static Node simplified(Node node, boolean anchored) {
    return switch (node) {
      case Node.Bytes _, Node.Assertion _ -> node;
      case Node.Look _ -> Node.EMPTY;
      case Node.BackReference _ -> GAP;
      case Node.Capture capture -> simplified(capture.body(), anchored);
      case Node.Atomic atomic -> simplified(atomic.body(), anchored);
      case Node.Repeat repeat -> {
        Node body = simplified(repeat.body(), anchored);
        yield gap(repeat, anchored)
            ? GAP
            : new Node.Repeat(body, repeat.min(), repeat.max(), Greed.GREEDY);
      }
      case Node.Choice(List<Node> branches) -> {
        List<Node> all = new ArrayList<>();
        for (Node branch : branches) {
          Node simple = simplified(branch, anchored);
          if (simple instanceof Node.Choice(List<Node> inner)) {
            all.addAll(inner);
          } else {
            all.add(simple);
          }
        }
        yield Node.choice(all);
      }
      case Node.Sequence(List<Node> items) -> {
        List<Node> all = new ArrayList<>();
        boolean atStart = anchored;
        for (Node item : items) {
          Node simple = simplified(item, atStart);
          atStart |= simple instanceof Node.Assertion(Place place) && start(place);
          atStart &= !simple.equals(GAP);
          if (simple instanceof Node.Sequence(List<Node> inner)) {
            all.addAll(inner);
          } else {
            all.add(simple);
          }
        }
        yield Node.sequence(all);
      }
    };
  }

  private static boolean start(Place place) {
    return place == Place.LINE_START || place == Place.TEXT_START;
  }

  /** Whether the repeat can pass over nearly anything for long. */
  private static boolean gap(Node.Repeat repeat, boolean anchored) {
    int size = Facts.first(repeat.body(), Facts.First.OPEN).set().foldCase().size();
    return repeat.max() > GAP_LENGTH && size >= (anchored ? GAP_BYTES_ANCHORED : GAP_BYTES);
  }

  private static List<Node> best(List<Node> segments) {
    List<Node> sorted =
        segments.stream()
            .sorted(
                Comparator.comparingDouble((Node segment) -> -bits(segment))
                    .thenComparingInt(Required::commonness))
            .toList();
    List<Node> strong = sorted.stream().filter(node -> bits(node) >= STRONG_BITS).toList();
    List<Node> chosen = strong.isEmpty() ? sorted : strong;
    return chosen.subList(0, Math.min(chosen.size(), strong.isEmpty() ? 1 : SEGMENTS_MAX));
  }

  /** The segments of a sequence, cut at its gaps; those that prove nothing are left out. */
  private static List<Node> segments(Node node) {
    List<Node> items = node instanceof Node.Sequence(List<Node> several) ? several : List.of(node);
    List<Node> segments = new ArrayList<>();
    List<Node> current = new ArrayList<>();
    for (Node item : items) {
      if (item.equals(GAP)) {
        add(current, segments);
        current = new ArrayList<>();
      } else {
        current.add(item);
      }
    }
    add(current, segments);
    return segments;
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

  /** Without what a match may lack at its start: {@code X*R} is found only where {@code R} is. */
  private static Node trimmedStart(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> {
        List<Node> kept = new ArrayList<>(items);
        while (!kept.isEmpty() && mayGo(kept)) {
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
      case Node.Bytes _,
          Node.Capture _,
          Node.Atomic _,
          Node.Look _,
          Node.BackReference _,
          Node.Assertion _ ->
          node;
    };
  }

  /** Whether the first item proves nothing, such as the start of a line before a gap. */
  private static boolean mayGo(List<Node> items) {
    Node first = items.getFirst();
    return droppable(first)
        || (first instanceof Node.Assertion && items.size() > 1 && startsWithGap(items.get(1)));
  }

  private static boolean startsWithGap(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> !items.isEmpty() && startsWithGap(items.getFirst());
      case Node.Choice(List<Node> branches) ->
          branches.stream().anyMatch(Conditions::startsWithGap);
      case Node.Repeat repeat -> startsWithGap(repeat.body());
      case Node.BackReference _ -> true;
      case Node.Bytes _, Node.Capture _, Node.Atomic _, Node.Look _, Node.Assertion _ -> false;
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
      case Node.Bytes _,
          Node.Capture _,
          Node.Atomic _,
          Node.Look _,
          Node.BackReference _,
          Node.Assertion _ ->
          node;
    };
  }

  /** Whether the node may match the empty string anywhere. */
  private static boolean droppable(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> items.stream().allMatch(Conditions::droppable);
      case Node.Choice(List<Node> branches) -> branches.stream().anyMatch(Conditions::droppable);
      case Node.Repeat repeat -> repeat.min() == 0 || droppable(repeat.body());
      case Node.BackReference _ -> true;
      case Node.Bytes _, Node.Capture _, Node.Atomic _, Node.Look _, Node.Assertion _ -> false;
    };
  }

  private static Node least(Node.Repeat repeat) {
    int min = copies(repeat);
    return min == 1 ? repeat.body() : new Node.Repeat(repeat.body(), min, min, Greed.GREEDY);
  }

  /** Copies to unroll before a counted repeat may end or go round. */
  static int copies(Node.Repeat repeat) {
    return Math.min(repeat.min(), COPIES_MAX);
  }

  /** How much the least telling match of a segment tells, in bits. */
  private static double bits(Node node) {
    return switch (node) {
      case Node.Bytes(ByteSet set) -> {
        int size = set.foldCase().size();
        yield size == 0 ? 64 : 8 - Math.log(size) / Math.log(2);
      }
      case Node.Sequence(List<Node> items) -> {
        double sum = 0;
        for (Node item : items) {
          sum += bits(item);
          if (mayCut(item)) {
            break;
          }
        }
        yield sum;
      }
      case Node.Choice(List<Node> branches) ->
          branches.stream().mapToDouble(Conditions::bits).min().orElse(0);
      case Node.Repeat repeat -> bits(repeat.body()) * copies(repeat);
      // the ends of the text are rare places, word boundaries are not
      case Node.Assertion(Place place) ->
          place == Place.WORD_BOUNDARY || place == Place.NOT_WORD_BOUNDARY ? 0.5 : 4;
      case Node.Capture _, Node.Atomic _, Node.Look _, Node.BackReference _ -> 0;
    };
  }

  /** Whether the automaton may accept inside the node, because a gap stands there. */
  private static boolean mayCut(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> items.stream().anyMatch(Conditions::mayCut);
      case Node.Choice(List<Node> branches) -> branches.stream().anyMatch(Conditions::mayCut);
      case Node.Repeat repeat -> mayCut(repeat.body());
      case Node.BackReference _ -> true;
      case Node.Bytes _, Node.Capture _, Node.Atomic _, Node.Look _, Node.Assertion _ -> false;
    };
  }
}
