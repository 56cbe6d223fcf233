package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * IP, GLOBAL, SESSION, USER and RESOURCE: values that outlive a transaction, in memory and bounded.
 *
 * <p>The entry used least recently leaves when there are too many; a value ends at its time. One
 * lock: rules touch these collections a few times a request, if at all. Thread-safe.
 */
public final class StoredCollections {
  private static final int NAMES_MAX = 256;
  private static final int VALUE_BYTES_MAX = 4096;

  /** One entry of a collection: the address, session or user that it is about. */
  record Key(Variable collection, String key, String webApp) {}

  private static final class Value {
    final byte[] name;
    byte[] bytes = Bytes.EMPTY;
    long endsMillis = Long.MAX_VALUE;

    Value(byte[] name) {
      this.name = name;
    }
  }

  private final Map<Key, Map<String, Value>> entries;

  /** At most {@code entriesMax} entries over all collections. */
  public StoredCollections(int entriesMax) {
    entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Map<String, Value>> eldest) {
            return size() > entriesMax;
          }
        };
  }

  synchronized byte @Nullable [] get(Key key, byte[] name, long nowMillis) {
    Value value = value(key, name, nowMillis);
    return value == null ? null : value.bytes;
  }

  synchronized void set(Key key, byte[] name, byte[] bytes) {
    Map<String, Value> values = entries.computeIfAbsent(key, _ -> new LinkedHashMap<>());
    String lower = Bytes.text(Bytes.lower(name));
    Value value = values.get(lower);
    if (value == null) {
      if (values.size() >= NAMES_MAX) {
        return;
      }
      value = new Value(name);
      values.put(lower, value);
    }
    value.bytes = bytes.length > VALUE_BYTES_MAX ? Bytes.slice(bytes, 0, VALUE_BYTES_MAX) : bytes;
    value.endsMillis = Long.MAX_VALUE;
  }

  synchronized void remove(Key key, byte[] name) {
    Map<String, Value> values = entries.get(key);
    if (values != null) {
      values.remove(Bytes.text(Bytes.lower(name)));
    }
  }

  synchronized void expire(Key key, byte[] name, long endsMillis, long nowMillis) {
    Value value = value(key, name, nowMillis);
    if (value != null) {
      value.endsMillis = endsMillis;
    }
  }

  synchronized void choose(Key key, Selector selector, long nowMillis, Fields.Sink sink) {
    Map<String, Value> values = entries.get(key);
    if (values == null) {
      return;
    }
    for (Iterator<Value> i = values.values().iterator(); i.hasNext(); ) {
      Value value = i.next();
      if (value.endsMillis <= nowMillis) {
        i.remove();
      } else if (selector.chooses(value.name)) {
        sink.value(value.name, value.bytes);
      }
    }
  }

  private @Nullable Value value(Key key, byte[] name, long nowMillis) {
    Map<String, Value> values = entries.get(key);
    Value value = values == null ? null : values.get(Bytes.text(Bytes.lower(name)));
    return value == null || value.endsMillis <= nowMillis ? null : value;
  }
}
