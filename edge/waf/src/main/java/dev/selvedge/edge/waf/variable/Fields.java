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

  private byte[][] names = new byte[FIRST_CAPACITY][];
  private byte[][] values = new byte[FIRST_CAPACITY][];
  private int[] hashes = new int[FIRST_CAPACITY];
  private int size;

  public void add(byte[] name, byte[] value) {
    if (size == hashes.length) {
      names = Arrays.copyOf(names, size * 2);
      values = Arrays.copyOf(values, size * 2);
      hashes = Arrays.copyOf(hashes, size * 2);
    }
    names[size] = name;
    values[size] = value;
    hashes[size++] = Bytes.hashIgnoreCase(name);
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
      if (hashes[i] == hash && Bytes.equalsIgnoreCase(names[i], name)) {
        return values[i];
      }
    }
    return null;
  }

  /** Shows the chosen entries to {@code sink}. */
  public void choose(Selector selector, Sink sink) {
    if (selector instanceof Selector.Named named) {
      int hash = Bytes.hashIgnoreCase(named.name());
      for (int i = 0; i < size; i++) {
        if (hashes[i] == hash && Bytes.equalsIgnoreCase(names[i], named.name())) {
          sink.value(names[i], values[i]);
        }
      }
      return;
    }
    for (int i = 0; i < size; i++) {
      if (selector.chooses(names[i])) {
        sink.value(names[i], values[i]);
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
