package dev.selvedge.edge.proxy.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names of routes, upstreams and targets as small numbers that stay valid over reloads, so that a
 * record holds no String and old records still read right.
 *
 * <p>Names come only from configuration files; the table keeps each distinct one for the life of
 * the process, {@value #MAX} at the most. Thread-safe.
 */
public final class Names {

  /** Bound of distinct names in the life of a process. */
  public static final int MAX = 1 << 20;

  /** The number of no name. */
  public static final int NONE = 0;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  public Names() {
    number("");
  }

  /** The number of a name, given out on first use. */
  public synchronized int number(String name) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    if (names.size() == MAX) {
      throw new IllegalStateException("more than " + MAX + " names");
    }
    names.add(name);
    numbers.put(name, names.size() - 1);
    return names.size() - 1;
  }

  /** The name of a number. */
  public synchronized String name(int number) {
    return names.get(number);
  }
}
