package dev.selvedge.edge.waf.variable;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Names and values in order of arrival, names repeated as they came; lookup ignores ASCII case.
 *
 * <p>Parallel arrays and a hash per name: a request has tens of fields, which a scan of ints finds
 * faster than a map is filled. Bounded by its callers. Not thread-safe.
 */
public final class Fields {
  private static final int FIRST_CAPACITY = 8;
  private static final byte[][] NONE = {};
  private static final int[] NO_HASHES = {};

  private byte[][] names = NONE;
  private byte[][] values = NONE;

  /** Of the names, 0 where it has not been asked for yet. */
  private int[] hashes = NO_HASHES;

  private int size;

  public void add(byte[] name, byte[] value) {
    add(name, value, 0);
  }

  /** Adds an entry of other fields. */
  public void add(Fields other, int index) {
    add(other.names[index], other.values[index], other.hashes[index]);
  }

  private void add(byte[] name, byte[] value, int hash) {
    if (size == hashes.length) {
      int capacity = Math.max(FIRST_CAPACITY, size * 2);
      names = Arrays.copyOf(names, capacity);
      values = Arrays.copyOf(values, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
    }
    names[size] = name;
    values[size] = value;
    hashes[size++] = hash;
  }

  /** The hash of a name, letter case aside: {@link Bytes#hashIgnoreCase}. */
  public int hash(int index) {
    int hash = hashes[index];
    if (hash == 0) {
      hash = Bytes.hashIgnoreCase(names[index]);
      hashes[index] = hash;
    }
    return hash;
  }

  /** Replaces the first value of that name, or adds it. */
  public void set(byte[] name, byte[] value) {
    for (int i = 0; i < size; i++) {
      if (Bytes.equalsIgnoreCase(names[i], name)) {
        values[i] = value;
        return;
      }
    }
    add(name, value);
  }

  /** Puts another value in the place of the one added last. */
  public void replaceLast(byte[] value) {
    values[size - 1] = value;
  }

  public int size() {
    return size;
  }

  public byte[] name(int index) {
    return names[index];
  }

  public byte[] value(int index) {
    return values[index];
  }

  /** The first value of that name. */
  public byte @Nullable [] first(byte[] name) {
    int hash = Bytes.hashIgnoreCase(name);
    for (int i = 0; i < size; i++) {
      if (hash(i) == hash && Bytes.equalsIgnoreCase(names[i], name)) {
        return values[i];
      }
    }
    return null;
  }

  /** How many entries are chosen. */
  public int count(Selector selector) {
    if (selector instanceof Selector.All) {
      return size;
    }
    int count = 0;
    int hash = hash(selector);
    for (int i = 0; i < size; i++) {
      count += chooses(selector, hash, i) ? 1 : 0;
    }
    return count;
  }

  private static int hash(Selector selector) {
    return selector instanceof Selector.Named named ? named.key().hashCode() : 0;
  }

  private boolean chooses(Selector selector, int hash, int index) {
    return selector instanceof Selector.Named named
        ? hash(index) == hash && Bytes.equalsIgnoreCase(names[index], named.name())
        : selector.chooses(names[index]);
  }

  /** Shows the chosen entries to {@code sink}. */
  public void choose(Selector selector, Sink sink) {
    int hash = hash(selector);
    for (int i = 0; i < size; i++) {
      if (chooses(selector, hash, i)) {
        sink.value(names[i], values[i]);
      }
    }
  }

  /**
   * Shows those of the chosen entries that may match a rule.
   *
   * @param showNames whether the names are shown as the values
   */
  public void choose(Selector selector, boolean showNames, Marks marks, int rule, Sink sink) {
    int hash = hash(selector);
    for (int i = 0; i < size; i++) {
      if (marks.may(i, rule) && chooses(selector, hash, i)) {
        sink.value(names[i], showNames ? names[i] : values[i]);
      }
    }
  }

  /** Shows the chosen names as values. */
  public void chooseNames(Selector selector, Sink sink) {
    choose(selector, (name, _) -> sink.value(name, name));
  }

  public void clear() {
    Arrays.fill(names, 0, size, null);
    Arrays.fill(values, 0, size, null);
    size = 0;
  }

  /** Receives named values. */
  @FunctionalInterface
  public interface Sink {
    void value(byte[] name, byte[] value);
  }
}
