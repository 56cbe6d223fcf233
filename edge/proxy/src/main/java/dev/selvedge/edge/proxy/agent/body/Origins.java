package dev.selvedge.edge.proxy.agent.body;

import java.util.ArrayDeque;

/**
 * Which bytes of a queue came in and which an agent made, as runs in order: so that an agent is
 * given back exactly the credit it used. Confined to its event loop.
 */
final class Origins {

  /** Lengths; positive for bytes that came, negative for bytes that were made; signs alternate. */
  private final ArrayDeque<Long> runs = new ArrayDeque<>();

  private long passed;
  private long made;

  void add(int bytes, boolean ours) {
    if (bytes == 0) {
      return;
    }
    long run = ours ? -bytes : bytes;
    Long last = runs.peekLast();
    if (last != null && last > 0 == run > 0) {
      runs.removeLast();
      run += last;
    }
    runs.addLast(run);
    made += ours ? bytes : 0;
    passed += ours ? 0 : bytes;
  }

  /** Bytes that came. */
  long passed() {
    return passed;
  }

  /** Bytes that the agent made. */
  long made() {
    return made;
  }

  /** The next so many bytes leave; says how many of them were made. */
  int take(int bytes) {
    int left = bytes;
    long madeBefore = made;
    while (left > 0) {
      long run = runs.removeFirst();
      int count = (int) Math.min(left, Math.abs(run));
      long rest = run > 0 ? run - count : run + count;
      passed -= run > 0 ? count : 0;
      made -= run > 0 ? 0 : count;
      if (rest != 0) {
        runs.addFirst(rest);
      }
      left -= count;
    }
    return (int) (madeBefore - made);
  }
}
