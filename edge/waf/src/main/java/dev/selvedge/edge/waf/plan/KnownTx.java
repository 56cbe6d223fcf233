package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Name;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of TX at a point of the rules, whatever request came: a name has one value, or is
 * not there, or is not known.
 *
 * <p>Not thread-safe.
 */
final class KnownTx {
  /** For names that are constant, so that nothing is asked. */
  static final Macro.Scope NOTHING = (_, _) -> Bytes.EMPTY;

  private static final Name LIMITS = Name.of(Bytes.of("MSC_PCRE_LIMITS_EXCEEDED"));

  /** A value with its name as it was first written. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its own method
  private record Held(Name written, byte[] value) {
    boolean same(@Nullable Held other) {
      return other != null
          && Arrays.equals(value, other.value)
          && Arrays.equals(written.written(), other.written.written());
    }
  }

  private final Map<Name, Held> values = new HashMap<>();
  private final Set<Name> unknown = new HashSet<>();

  /** Names that begin so, in lower case, are not known. */
  private final Set<Name> unknownPrefixes = new HashSet<>();

  KnownTx() {
    unknown.add(LIMITS);
    forgetPrefix(Bytes.of(Name.TOLD));
  }

  private KnownTx(KnownTx other) {
    values.putAll(other.values);
    unknown.addAll(other.unknown);
    unknownPrefixes.addAll(other.unknownPrefixes);
  }

  KnownTx copy() {
    return new KnownTx(this);
  }

  boolean knows(Name name) {
    if (unknown.contains(name)) {
      return false;
    }
    byte[] lower = name.lower();
    if (lower.length > 0 && Bytes.isDigit(lower[0])) {
      return false; // captures may set it
    }
    return unknownPrefixes.stream().noneMatch(p -> Bytes.regionEquals(lower, 0, p.lower()));
  }

  /** The value of a name that is known; null where it is not there. */
  byte @Nullable [] value(Name name) {
    Held held = values.get(name);
    return held == null ? null : held.value();
  }

  /** The name as it was first written, if it has a value. */
  byte[] written(Name name) {
    Held held = values.get(name);
    return held == null ? name.written() : held.written().written();
  }

  /** The name certainly has this value now, or with null none; it was known before. */
  void set(Name name, byte @Nullable [] value) {
    if (value == null) {
      values.remove(name);
    } else {
      Held old = values.get(name);
      values.put(name, new Held(old == null ? name : old.written(), value));
    }
    unknown.remove(name);
  }

  /** The name may have this value now, or with null none, or what it had before. */
  void maySet(Name name, byte @Nullable [] value) {
    if (knows(name) && !Arrays.equals(value(name), value)) {
      forget(name);
    }
  }

  void forget(Name name) {
    values.remove(name);
    unknown.add(name);
  }

  void forgetPrefix(byte[] prefix) {
    unknownPrefixes.add(Name.of(prefix));
  }

  /** What is known if either this or the other holds. */
  KnownTx or(@Nullable KnownTx other) {
    if (other == null) {
      return this;
    }
    KnownTx both = copy();
    both.unknown.addAll(other.unknown);
    both.unknownPrefixes.addAll(other.unknownPrefixes);
    Set<Name> names = new HashSet<>(values.keySet());
    names.addAll(other.values.keySet());
    for (Name name : names) {
      Held here = values.get(name);
      if (here == null || !here.same(other.values.get(name))) {
        both.forget(name);
      }
    }
    return both;
  }
}
