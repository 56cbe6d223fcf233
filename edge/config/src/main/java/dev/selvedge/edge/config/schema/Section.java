package dev.selvedge.edge.config.schema;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wrote in one block, checked against the block's list of keys when it is made:
 * unknown, misspelled, repeated and missing keys are reported then; values when they are asked for.
 * Not thread-safe.
 */
public final class Section {

  private record Written(KdlNode node, String suffix) {}

  private record Entry(Key<?> key, Written written) {}

  private final Block block;
  private final Place place;
  private final Report report;
  private final Map<Key<?>, List<Written>> written = new LinkedHashMap<>();
  private final List<Entry> inOrder = new ArrayList<>();
  private final Map<Key<?>, Object> values = new HashMap<>();
  private final Set<Key<?>> broken = new HashSet<>();
  private final Set<String> meant = new HashSet<>();

  private Section(Block block, Place place, Report report) {
    this.block = block;
    this.place = place;
    this.report = report;
  }

  /**
   * Sorts the nodes of a block to its keys.
   *
   * @param place where something missing is reported
   */
  public static Section of(Block block, Place place, List<KdlNode> nodes, Report report) {
    Section section = new Section(block, place, report);
    nodes.forEach(section::sort);
    for (Key<?> key : block.keys()) {
      if (key.presence() == Key.Presence.REQUIRED && !section.attempted(key)) {
        report.missing(place, block.shown() + " has no " + key.name(), null);
      }
    }
    return section;
  }

  private void sort(KdlNode node) {
    Shape.withoutAnnotations(node, report);
    for (Key<?> key : block.keys()) {
      if (node.name().equals(key.name())) {
        add(key, node, "");
        return;
      }
      for (String suffix : key.type().suffixes()) {
        if (node.name().equals(key.name() + suffix)) {
          add(key, node, suffix);
          return;
        }
      }
    }
    if (report.full()) {
      return;
    }
    boolean planned = block.later().contains(node.name());
    @Nullable String near = planned ? null : Nearest.of(node.name(), block.names());
    if (near != null) {
      meant.add(near);
    }
    report.problem(node.place(), unknown(node.name(), planned, near), near);
  }

  private String unknown(String name, boolean planned, @Nullable String near) {
    if (planned) {
      return name + " is not available in this version";
    }
    @Nullable String home = near == null ? report.home(name) : null;
    return "unknown key "
        + name
        + (block.path().isEmpty() ? " at the top level" : " in " + block.shown())
        + (home == null ? "" : "; it belongs " + home);
  }

  private void add(Key<?> key, KdlNode node, String suffix) {
    List<Written> all = written.computeIfAbsent(key, any -> new ArrayList<>());
    if (!all.isEmpty() && key.presence() != Key.Presence.REPEATED) {
      Written first = all.getFirst();
      report.problem(
          node.place(),
          (first.node.name().equals(node.name())
                  ? node.name() + " is written twice"
                  : node.name() + " is another form of " + first.node.name())
              + ", first in line "
              + first.node.place().line());
      if (key.type() instanceof Block inner) {
        Section.of(inner, node.place(), node.children(), report);
      }
      key.type().read(node, suffix, report);
      return;
    }
    Written one = new Written(node, suffix);
    all.add(one);
    inOrder.add(new Entry(key, one));
  }

  /** Whether the key is written here. */
  public boolean has(Key<?> key) {
    return written.containsKey(key);
  }

  /** Whether the key is written here, be it misspelled: then it is not missing as well. */
  public boolean attempted(Key<?> key) {
    return has(key) || meant.contains(key.name());
  }

  /** Whether the key has its default or a value without a problem. */
  public boolean sound(Key<?> key) {
    return !broken.contains(key);
  }

  /** Where the key is written, else where the block is. */
  public Place place(Key<?> key) {
    List<Written> all = written.get(key);
    return all == null ? place : all.getFirst().node.place();
  }

  public Place place() {
    return place;
  }

  /** Where problems between keys go. */
  public Report report() {
    return report;
  }

  /** The value written, else (also after a problem) the default. Only for keys that have one. */
  public <T> T get(Key<T> key) {
    @Nullable T value = find(key);
    return value != null ? value : Objects.requireNonNull(key.defaultValue());
  }

  /** The value written; null where there is none, or after a problem. */
  @SuppressWarnings("unchecked") // only values of the key's own type are kept under it
  public <T> @Nullable T find(Key<T> key) {
    if (!block.keys().contains(key)) {
      throw new IllegalArgumentException(key.path() + " is not of " + block.path());
    }
    @Nullable List<Written> all = written.get(key);
    if (all == null || !sound(key)) {
      return null;
    }
    @Nullable Object known = values.get(key);
    if (known != null) {
      return (T) known;
    }
    Written one = all.getFirst();
    @Nullable T value = key.type().read(one.node, one.suffix, report);
    if (value == null) {
      broken.add(key);
    } else {
      values.put(key, value);
    }
    return value;
  }

  /** All values of a repeated key without a problem, in file order. */
  public <T> List<T> all(Key<T> key) {
    return all(List.<Key<? extends T>>of(key));
  }

  /** Like {@link #all(Key)}, each value with the place of its key. */
  public <T> void each(Key<T> key, BiConsumer<T, Place> use) {
    for (Written one : written.getOrDefault(key, List.of())) {
      @Nullable T value = key.type().read(one.node, one.suffix, report);
      if (value != null) {
        use.accept(value, one.node.place());
      }
    }
  }

  /** All values of several repeated keys without a problem, in file order. */
  public <T> List<T> all(List<Key<? extends T>> keys) {
    List<T> values = new ArrayList<>();
    for (Entry entry : inOrder) {
      for (Key<? extends T> key : keys) {
        if (key.equals(entry.key)) {
          T value = key.type().read(entry.written.node, entry.written.suffix, report);
          if (value != null) {
            values.add(value);
          }
        }
      }
    }
    return values;
  }

  /** The block that is the value of a key; an empty one where it is not written. */
  public Section inner(Key<KdlNode> key) {
    @Nullable KdlNode node = find(key);
    return node == null
        ? Section.of((Block) key.type(), place, List.of(), report)
        : Section.of((Block) key.type(), node.place(), node.children(), report);
  }
}
