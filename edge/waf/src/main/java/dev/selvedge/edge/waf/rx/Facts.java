package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be said of a node without matching it; every answer errs on the careful side. */
final class Facts {

  private static final int LOOKBEHIND_MAX = 65_535;

  private Facts() {}

  /**
   * What the next byte must be for a match to go on.
   *
   * @param open whether it may go on whatever comes next, also at the end; then {@code set} is full
   */
  record First(ByteSet set, boolean open) {
    static final First OPEN = new First(ByteSet.ALL, true);

    First or(First other) {
      return open || other.open ? OPEN : new First(set.or(other.set), false);
    }

    boolean allows(int value) {
      return open || set.contains(value);
    }
  }

  /** What the next byte must be where {@code node} and then {@code follow} is to match. */
  static First first(Node node, First follow) {
    return switch (node) {
      case Node.Bytes(ByteSet set) -> new First(set, false);
      case Node.Sequence(List<Node> items) -> {
        First first = follow;
        for (Node item : items.reversed()) {
          first = first(item, first);
        }
        yield first;
      }
      case Node.Choice(List<Node> branches) -> {
        First first = new First(ByteSet.NONE, false);
        for (Node branch : branches) {
          first = first.or(first(branch, follow));
        }
        yield first;
      }
      case Node.Repeat repeat -> {
        First first = first(repeat.body(), follow);
        yield repeat.min() == 0 ? first.or(follow) : first;
      }
      case Node.Capture capture -> first(capture.body(), follow);
      case Node.Atomic atomic -> first(atomic.body(), follow);
      case Node.Look _, Node.Assertion _ -> follow;
      case Node.BackReference _ -> First.OPEN;
    };
  }

  /** The fewest bytes a match has, at most {@link #LOOKBEHIND_MAX}. */
  static int minLength(Node node) {
    long length =
        switch (node) {
          case Node.Bytes _ -> 1;
          case Node.Sequence(List<Node> items) -> items.stream().mapToLong(Facts::minLength).sum();
          case Node.Choice(List<Node> branches) ->
              branches.stream().mapToLong(Facts::minLength).min().orElse(0);
          case Node.Repeat repeat -> (long) repeat.min() * minLength(repeat.body());
          case Node.Capture capture -> minLength(capture.body());
          case Node.Atomic atomic -> minLength(atomic.body());
          case Node.Look _, Node.Assertion _, Node.BackReference _ -> 0;
        };
    return (int) Math.min(length, LOOKBEHIND_MAX);
  }

  /** The number of bytes every match has, or -1 if that varies, as PCRE2 10.42 sees it. */
  static int fixedLength(Node node) {
    return switch (node) {
      case Node.Bytes _ -> 1;
      case Node.Sequence(List<Node> items) -> {
        long sum = 0;
        for (Node item : items) {
          int length = fixedLength(item);
          sum = length < 0 ? LOOKBEHIND_MAX + 1L : sum + length;
        }
        yield bounded(sum);
      }
      case Node.Choice(List<Node> branches) -> {
        int length = fixedLength(branches.getFirst());
        for (Node branch : branches) {
          length = fixedLength(branch) == length ? length : -1;
        }
        yield length;
      }
      case Node.Repeat repeat -> {
        int length = fixedLength(repeat.body());
        yield repeat.min() != repeat.max() || length < 0
            ? -1
            : bounded((long) length * repeat.min());
      }
      case Node.Capture capture -> fixedLength(capture.body());
      case Node.Atomic atomic -> fixedLength(atomic.body());
      case Node.Look _, Node.Assertion _ -> 0;
      case Node.BackReference _ -> -1;
    };
  }

  private static int bounded(long length) {
    return length > LOOKBEHIND_MAX ? -1 : (int) length;
  }

  /** Whether the empty string may match. */
  static boolean nullable(Node node) {
    return minLength(node) == 0;
  }

  /** Whether every match starts at such a place. */
  static boolean startsAt(Node node, Place place) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> {
        for (Node item : items) {
          if (startsAt(item, place)) {
            yield true;
          }
          if (!(item instanceof Node.Assertion || item instanceof Node.Look)) {
            yield false;
          }
        }
        yield false;
      }
      case Node.Choice(List<Node> branches) ->
          branches.stream().allMatch(branch -> startsAt(branch, place));
      case Node.Repeat repeat -> repeat.min() > 0 && startsAt(repeat.body(), place);
      case Node.Capture capture -> startsAt(capture.body(), place);
      case Node.Atomic atomic -> startsAt(atomic.body(), place);
      case Node.Assertion(Place at) -> at == place;
      case Node.Bytes _, Node.Look _, Node.BackReference _ -> false;
    };
  }

  /** The unlimited repeat of one set with which every match starts, or null. */
  static Node.@Nullable Repeat leadingLoop(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) ->
          items.isEmpty() ? null : leadingLoop(items.getFirst());
      case Node.Capture capture -> leadingLoop(capture.body());
      case Node.Repeat repeat ->
          repeat.body() instanceof Node.Bytes && repeat.max() == Node.UNLIMITED ? repeat : null;
      case Node.Bytes _,
          Node.Choice _,
          Node.Atomic _,
          Node.Look _,
          Node.BackReference _,
          Node.Assertion _ ->
          null;
    };
  }

  /** Whether what matches behind a place depends only on the text, not on where the match began. */
  static boolean forgetful(Node node) {
    return switch (node) {
      case Node.Sequence(List<Node> items) -> items.stream().allMatch(Facts::forgetful);
      case Node.Choice(List<Node> branches) -> branches.stream().allMatch(Facts::forgetful);
      case Node.Repeat repeat -> forgetful(repeat.body());
      case Node.Capture capture -> forgetful(capture.body());
      case Node.Atomic atomic -> forgetful(atomic.body());
      case Node.Look look -> forgetful(look.body());
      case Node.BackReference _ -> false;
      case Node.Assertion(Place place) -> place != Place.SEARCH_START;
      case Node.Bytes _ -> true;
    };
  }
}
