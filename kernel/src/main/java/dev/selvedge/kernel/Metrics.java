package dev.selvedge.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The program's metrics: a series is registered once and gets a slot, each event loop counts in its
 * own array, and a scrape adds the arrays up.
 *
 * <p>Counting is one plain add on a loop-confined array, so it costs what an array store costs. A
 * scrape may read a value that is one event old, never a torn one. Labels come only from enums or
 * from the configuration, so the number of series is bounded by it; past {@value #MAX_SLOTS} slots
 * registration throws. Registration is thread-safe; a {@link Shard} is confined to one thread.
 */
public final class Metrics {

  /** Bound of slots over all series. */
  public static final int MAX_SLOTS = 1 << 20;

  /** Upper bounds of histogram buckets, in nanoseconds: 64 µs doubling to 67 s, then infinity. */
  public static final int BUCKETS = 22;

  private static final int FIRST_BUCKET_SHIFT = 16;
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

  /** What a series is. */
  public enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  /** One family: name, kind and help text. */
  public record Family(String name, Kind kind, String help) {}

  /**
   * One series.
   *
   * @param labels as they stand between braces: {@code route="api",code="ok"}; empty for none
   * @param slot of its first value
   */
  public record Series(Family family, String labels, int slot) {}

  /** A value computed at the scrape, for state that lives elsewhere. */
  public record Sampled(Family family, String labels, LongSupplier value) {}

  private final Map<String, Family> families = new HashMap<>();
  private final Map<String, Series> series = new HashMap<>();
  private final List<Series> ordered = new ArrayList<>();
  private final Map<String, Sampled> sampled = new HashMap<>();
  private final List<Shard> shards = new ArrayList<>();
  private int slots;

  /** The slot of a counter, registered on first use. Name without {@code _total}. */
  public synchronized int counter(String name, String help, String labels) {
    return register(new Family(name, Kind.COUNTER, help), labels, 1);
  }

  /** The slot of a gauge that loops move up and down. */
  public synchronized int gauge(String name, String help, String labels) {
    return register(new Family(name, Kind.GAUGE, help), labels, 1);
  }

  /** The first slot of a histogram of nanoseconds; shown in seconds. */
  public synchronized int histogram(String name, String help, String labels) {
    return register(new Family(name, Kind.HISTOGRAM, help), labels, BUCKETS + 2);
  }

  /** A gauge read at the scrape; a second registration of the same series replaces the first. */
  public synchronized void sampled(String name, String help, String labels, LongSupplier value) {
    Family family = family(new Family(name, Kind.GAUGE, help));
    sampled.put(name + "{" + labels + "}", new Sampled(family, labels, value));
  }

  private int register(Family wanted, String labels, int width) {
    Family family = family(wanted);
    String key = family.name() + "{" + labels + "}";
    Series known = series.get(key);
    if (known != null) {
      return known.slot();
    }
    if (slots + width > MAX_SLOTS) {
      throw new IllegalStateException("more than " + MAX_SLOTS + " metric slots");
    }
    Series made = new Series(family, labels, slots);
    series.put(key, made);
    ordered.add(made);
    slots += width;
    return made.slot();
  }

  private Family family(Family wanted) {
    Family known = families.putIfAbsent(wanted.name(), wanted);
    if (known != null && known.kind() != wanted.kind()) {
      throw new IllegalStateException(wanted.name() + " is registered as " + known.kind());
    }
    return known == null ? wanted : known;
  }

  /** A new array to count in, for one thread. */
  public synchronized Shard shard() {
    Shard shard = new Shard();
    shards.add(shard);
    return shard;
  }

  /** All series in the order of registration. */
  public synchronized List<Series> series() {
    return List.copyOf(ordered);
  }

  /** All values that are computed at the scrape. */
  public synchronized List<Sampled> sampled() {
    return List.copyOf(sampled.values());
  }

  /** The sum of a slot over all shards. */
  public synchronized long sum(int slot) {
    long total = 0;
    for (Shard shard : shards) {
      long[] values = shard.values;
      if (slot < values.length) {
        total += (long) ELEMENT.getOpaque(values, slot);
      }
    }
    return total;
  }

  /** Upper bound of a bucket in nanoseconds; the last has none. */
  public static long bucketBound(int bucket) {
    return bucket == BUCKETS - 1 ? Long.MAX_VALUE : 1L << FIRST_BUCKET_SHIFT + bucket;
  }

  /** One thread's counts. Confined to its thread; read by scrapes. */
  public static final class Shard {
    private volatile long[] values = new long[256];
    private long[] mine = values;

    private Shard() {}

    /** Adds to a counter or gauge. */
    public void add(int slot, long delta) {
      long[] array = mine;
      if (slot >= array.length) {
        array = grow(slot);
      }
      ELEMENT.setOpaque(array, slot, array[slot] + delta);
    }

    /** Adds one observation to a histogram. */
    public void observe(int slot, long nanos) {
      int magnitude = 64 - Long.numberOfLeadingZeros(Math.max(0, nanos - 1) >> FIRST_BUCKET_SHIFT);
      add(slot + Math.min(magnitude, BUCKETS - 1), 1);
      add(slot + BUCKETS, nanos);
      add(slot + BUCKETS + 1, 1);
    }

    private long[] grow(int slot) {
      mine = Arrays.copyOf(mine, Math.max(mine.length * 2, slot + 1));
      values = mine;
      return mine;
    }
  }
}
