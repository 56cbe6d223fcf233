package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Name;
import dev.selvedge.edge.waf.variable.Selector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TX: the transaction's own values, names without case, one value each, in the order in which their
 * names came.
 *
 * <p>An open table of places in that order, found by the names' hashes: rules read and set some
 * hundred of these a request, by names that are hashed at load. Not thread-safe.
 */
final class TxCollection {
  private static final int NAMES_MAX = 10_000;
  private static final int FIRST_NAMES = 128;

  private static final Name[] NO_NAMES = {};
  private static final byte[][] NO_VALUES = {};
  private static final short[] NO_TABLE = new short[1];

  private Name[] names = NO_NAMES;

  /** Null for a name that is not there any more. */
  private byte[] @Nullable [] values = NO_VALUES;

  /** One more than the place of the name with this hash; 0 for none. At most half full. */
  private short[] table = NO_TABLE;

  private int count;
  private int told;
  private @Nullable Map<Name, Long> endsMillis;

  /** Takes what is there for the host's, which is no rule's. */
  void told() {
    told = count;
  }

  /** Whether no rule has set anything. */
  boolean onlyTold() {
    return count == told;
  }

  /** Adds the values of a collection that has none of the names that are here, and no ends. */
  void begin(TxCollection other) {
    if (count == 0) {
      names = other.names.clone();
      values = other.values.clone();
      table = other.table.clone();
      count = other.count;
      return;
    }
    for (int i = 0; i < other.count; i++) {
      append(other.names[i], other.values[i]);
    }
  }

  byte @Nullable [] get(Name name) {
    int place = place(name);
    return place < 0 ? null : values[place];
  }

  private int place(Name name) {
    int mask = table.length - 1;
    int at = spread(name) & mask;
    while (table[at] != 0) {
      int place = table[at] - 1;
      if (names[place].equals(name)) {
        return place;
      }
      at = (at + 1) & mask;
    }
    return -1;
  }

  private static int spread(Name name) {
    int hash = name.hashCode() * 0x9E3779B9;
    return hash ^ (hash >>> 15);
  }

  void set(Name name, byte[] value) {
    int place = place(name);
    if (place >= 0 && values[place] != null) {
      values[place] = value;
    } else if (place >= 0) {
      removePlace(place);
      append(name, value);
    } else if (count < NAMES_MAX) {
      append(name, value);
    }
  }

  private void append(Name name, byte @Nullable [] value) {
    if (count == names.length) {
      int capacity = Math.max(FIRST_NAMES, 2 * count);
      names = Arrays.copyOf(names, capacity);
      values = Arrays.copyOf(values, capacity);
      table = new short[4 * capacity];
      for (int i = 0; i < count; i++) {
        enter(i);
      }
    }
    names[count] = name;
    values[count] = value;
    enter(count++);
  }

  private void enter(int place) {
    int mask = table.length - 1;
    int at = spread(names[place]) & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = (short) (place + 1);
  }

  /** A name that comes again after it was removed is the last in order; this is rare. */
  private void removePlace(int place) {
    System.arraycopy(names, place + 1, names, place, count - place - 1);
    System.arraycopy(values, place + 1, values, place, count - place - 1);
    count--;
    Arrays.fill(table, (short) 0);
    for (int i = 0; i < count; i++) {
      enter(i);
    }
  }

  void remove(Name name) {
    int place = place(name);
    if (place >= 0) {
      values[place] = null;
    }
  }

  void expire(Name name, long endsAtMillis) {
    if (endsMillis == null) {
      endsMillis = new HashMap<>();
    }
    endsMillis.put(name, endsAtMillis);
  }

  private void endOverdue(long nowMillis) {
    if (endsMillis != null) {
      endsMillis.forEach((name, ends) -> {
        if (ends <= nowMillis) {
          remove(name);
        }
      });
    }
  }

  /** Whether values may end with time, so that a listing needs the clock. */
  boolean hasEnds() {
    return endsMillis != null;
  }

  private static boolean chooses(Selector selector, Name name) {
    return selector instanceof Selector.Matching matching
        ? matching.chooses(name)
        : selector.chooses(name.written());
  }

  /** Whether any value is chosen. */
  boolean any(Selector selector) {
    for (int i = 0; i < count; i++) {
      if (values[i] != null && chooses(selector, names[i])) {
        return true;
      }
    }
    return false;
  }

  /** Shows what is chosen, as it is now. */
  void choose(Selector selector, long nowMillis, Fields.Sink sink) {
    endOverdue(nowMillis);
    if (selector instanceof Selector.Named named) {
      int place = place(named.key());
      byte[] value = place < 0 ? null : values[place];
      if (value != null) {
        sink.value(names[place].written(), value);
      }
      return;
    }
    Fields listed = new Fields(); // a match may set others
    for (int i = 0; i < count; i++) {
      byte[] value = values[i];
      if (value != null && chooses(selector, names[i])) {
        listed.add(names[i].written(), value);
      }
    }
    for (int i = 0; i < listed.size(); i++) {
      sink.value(listed.name(i), listed.value(i));
    }
  }
}
