package dev.selvedge.edge.proxy.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Names of routes, upstreams and targets as small numbers that stay valid over reloads, so that a
 * record holds no String and old records still read right.
 *
 * <p>Names come only from configuration files; the table keeps each distinct one for the life of
 * the process, {@value #MAX} at the most. Thread-safe; looking a name up takes no lock, so event
 * loops may.
 */
public final class Names {

  /** Bound of distinct names in the life of a process. */
  public static final int MAX = 1 << 20;

  /** The number of no name. */
  public static final int NONE = 0;

  /** Characters of a name that stand in a log line. */
  static final int MAX_LOGGED = 128;

  private final Map<String, Integer> numbers = new HashMap<>();
  private int count;
  private volatile Entry[] entries = new Entry[16];

  /** One name, and the quoted name as log lines show it; {@code null} for no name. */
  private static final class Entry {
    final String name;
    final byte[] json;

    Entry(String name) {
      this.name = name;
      String shown = name.length() > MAX_LOGGED ? name.substring(0, MAX_LOGGED) : name;
      String text = name.isEmpty() ? "null" : JsonText.quoted(shown);
      this.json = text.getBytes(StandardCharsets.US_ASCII);
    }
  }

  public Names() {
    number("");
  }

  /** The number of a name, given out on first use. */
  public synchronized int number(String name) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    if (count == MAX) {
      throw new IllegalStateException("more than " + MAX + " names");
    }
    Entry[] grown = Arrays.copyOf(entries, count == entries.length ? count * 2 : entries.length);
    grown[count] = new Entry(name);
    entries = grown;
    numbers.put(name, count);
    return count++;
  }

  /** The name of a number. */
  public String name(int number) {
    return entries[number].name;
  }

  /** The name as a JSON value, at most {@value #MAX_LOGGED} characters of it. */
  byte[] json(int number) {
    return entries[number].json;
  }
}
