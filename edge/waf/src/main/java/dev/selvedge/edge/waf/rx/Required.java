package dev.selvedge.edge.waf.rx;

import java.util.List;

/** Finds rare bytes of which every match of a pattern holds one. */
final class Required {
  /** How common bytes are in requests: letters most, then digits, then a few signs. */
  private static int weight(ByteSet set) {
    int weight = 0;
    for (int b = 0; b < 256; b++) {
      if (set.contains(b)) {
        boolean letter = (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
        boolean digit = b >= '0' && b <= '9';
        weight += letter ? 1_000 : digit ? 500 : " ./-_=:".indexOf(b) >= 0 ? 200 : 1;
      }
    }
    return weight;
  }

  private Required() {}

  static boolean[] of(Node node) {
    ByteSet set = best(node);
    boolean[] bytes = new boolean[256];
    for (int b = 0; b < 256; b++) {
      bytes[b] = set.contains(b);
    }
    return bytes;
  }

  /** How common the rarest bytes are that every match holds. */
  static int commonness(Node node) {
    return weight(best(node));
  }

  private static ByteSet best(Node node) {
    return switch (node) {
      case Node.Bytes(ByteSet set) -> set.foldCase();
      case Node.Sequence(List<Node> items) -> {
        ByteSet best = ByteSet.ALL;
        for (Node item : items) {
          ByteSet set = best(item);
          best = weight(set) < weight(best) ? set : best;
        }
        yield best;
      }
      case Node.Choice(List<Node> branches) -> {
        ByteSet all = ByteSet.NONE;
        for (Node branch : branches) {
          all = all.or(best(branch));
        }
        yield all;
      }
      case Node.Repeat repeat -> repeat.min() == 0 ? ByteSet.ALL : best(repeat.body());
      case Node.Capture capture -> best(capture.body());
      case Node.Atomic atomic -> best(atomic.body());
      case Node.Look _, Node.BackReference _, Node.Assertion _ -> ByteSet.ALL;
    };
  }
}
