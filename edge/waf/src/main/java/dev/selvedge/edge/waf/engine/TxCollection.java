package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Selector;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TX: the transaction's own values, names without case, one value each.
 *
 * <p>Not thread-safe.
 */
final class TxCollection {
  private static final int NAMES_MAX = 10_000;

  private record Entry(String name, Object value) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, Long> endsMillis = new HashMap<>();

  byte @Nullable [] get(byte[] name) {
    return get(Bytes.text(Bytes.lower(name)));
  }

  byte @Nullable [] get(String lowerName) {
    Entry entry = entries.get(lowerName);
    return entry == null ? null : (byte[]) entry.value();
  }

  void set(byte[] name, byte[] value) {
    set(Bytes.text(name), value);
  }

  void set(String name, byte[] value) {
    String lower = Bytes.text(Bytes.lower(Bytes.of(name)));
    if (entries.size() < NAMES_MAX || entries.containsKey(lower)) {
      Entry old = entries.get(lower);
      entries.put(lower, new Entry(old == null ? name : old.name(), value));
    }
  }

  void remove(byte[] name) {
    entries.remove(Bytes.text(Bytes.lower(name)));
  }

  void expire(byte[] name, long endsAtMillis) {
    endsMillis.put(Bytes.text(Bytes.lower(name)), endsAtMillis);
  }

  void choose(Selector selector, long nowMillis, Fields.Sink sink) {
    if (!endsMillis.isEmpty()) {
      endsMillis.forEach((name, ends) -> {
        if (ends <= nowMillis) {
          entries.remove(name);
        }
      });
    }
    if (selector instanceof Selector.Named named) {
      Entry entry = entries.get(Bytes.text(Bytes.lower(named.name())));
      if (entry != null) {
        sink.value(Bytes.of(entry.name()), (byte[]) entry.value());
      }
      return;
    }
    for (Entry entry : java.util.List.copyOf(entries.values())) {
      byte[] name = Bytes.of(entry.name());
      if (selector.chooses(name)) {
        sink.value(name, (byte[]) entry.value());
      }
    }
  }
}
