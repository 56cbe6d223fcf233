package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.operator.Need;
import dev.selvedge.edge.waf.rx.Prefilter;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rules of which a value's bytes tell whether it may match them, for all values at once.
 *
 * <p>Rules have numbers without gaps. A value belongs to a class: the rules that look at it. Where
 * {@link FilterScan} does not mark a rule for a value, its operator does not match that value
 * behind its transformations. Immutable, thread-safe.
 */
public final class RuleFilter {
  private final int rules;
  private final int words;
  private final List<Chain> chains;
  private final long[][] rulesOfChain;
  private final List<long[]> classes;
  private final long[] patterns;
  private final long[] sql;
  private final long[] xss;

  /** For each rule kinds of which a value must have one; 0 for those that detectors judge. */
  private final long[] kinds;

  private final Prefilter prefilter;

  /** The bits of {@link ByteKinds} that make a difference to the plans of a class. */
  private final long[] tellingOfClass;

  /** The same for values that a list of transformations gave. */
  private final long[] tellingOfChain;

  private RuleFilter(Builder builder) {
    rules = builder.needs.size();
    words = Math.max(1, (rules + 63) >> 6);
    chains = builder.table.all();
    rulesOfChain = new long[chains.size()][words];
    classes = builder.classes.stream().map(set -> bits(set, words)).toList();
    patterns = new long[words];
    sql = new long[words];
    xss = new long[words];
    kinds = new long[rules];
    Prefilter.Builder automaton = new Prefilter.Builder();
    for (int rule = 0; rule < rules; rule++) {
      for (Chain chain : builder.chainsOf.get(rule)) {
        set(rulesOfChain[chain.id()], rule);
      }
      need(rule, builder.needs.get(rule), automaton);
    }
    prefilter = automaton.warmUp(builder.warmUp).build();
    tellingOfChain = new long[chains.size()];
    for (int i = 0; i < tellingOfChain.length; i++) {
      tellingOfChain[i] = telling(rulesOfChain[i]);
    }
    tellingOfClass = new long[classes.size()];
    for (int i = 0; i < tellingOfClass.length; i++) {
      tellingOfClass[i] = telling(classes.get(i));
      for (Chain chain : chains) {
        boolean used = ValuePlan.any(and(classes.get(i), rulesOfChain[chain.id()]));
        tellingOfClass[i] |= used ? chain.triggers() : 0;
      }
    }
  }

  /** The bits of {@link ByteKinds} by which these rules tell values from each other. */
  private long telling(long[] some) {
    long bits = ByteKinds.EVERY;
    for (int rule = 0; rule < rules; rule++) {
      if (has(some, rule)) {
        bits |= kinds[rule];
        bits |= has(sql, rule) ? ByteKinds.MAYBE_SQL : 0;
        bits |= has(xss, rule) ? ByteKinds.MAYBE_XSS : 0;
      }
    }
    return bits;
  }

  private void need(int rule, Need need, Prefilter.Builder automaton) {
    switch (need) {
      case Need.Pattern(var rx) -> {
        automaton.add(rule, rx);
        set(patterns, rule);
        long required = ByteKinds.kindsOf(rx.requiredBytes());
        kinds[rule] = ByteKinds.common(required) ? ByteKinds.EVERY : required;
      }
      case Need.Words(var found) -> {
        automaton.addWords(rule, found, true);
        set(patterns, rule);
        kinds[rule] = ByteKinds.EVERY;
      }
      case Need.OneOf oneOf -> kinds[rule] = ByteKinds.kindsOf(oneOf.bytes());
      case Need.Sql _ -> set(sql, rule);
      case Need.Xss _ -> set(xss, rule);
      case Need.Anything _ -> kinds[rule] = ByteKinds.EVERY;
    }
  }

  private static void set(long[] bits, int rule) {
    bits[rule >> 6] |= 1L << rule;
  }

  private static long[] bits(Set<Integer> rules, int words) {
    long[] bits = new long[words];
    rules.forEach(rule -> set(bits, rule));
    return bits;
  }

  /** Rules in all. */
  public int rules() {
    return rules;
  }

  /** Words of a bit set over the rules. */
  public int words() {
    return words;
  }

  /** Whether any rule looks at values of this class. */
  public boolean looksAt(int valueClass) {
    return ValuePlan.any(classes.get(valueClass));
  }

  /** Rules that the automaton says nothing of. */
  public int unknown() {
    return prefilter.alwaysCount();
  }

  public FilterScan newScan() {
    return new FilterScan(this);
  }

  Prefilter prefilter() {
    return prefilter;
  }

  List<Chain> chains() {
    return chains;
  }

  long tellingOfClass(int valueClass) {
    return tellingOfClass[valueClass];
  }

  long tellingOfChain(int chain) {
    return tellingOfChain[chain];
  }

  /** The plan for an untouched value. */
  ValuePlan plan(int valueClass, long mask) {
    long[] looking = classes.get(valueClass);
    long[] direct = new long[words];
    List<Chain> steps = new ArrayList<>();
    long[] seenCase = new long[words];
    for (Chain chain : chains) {
      long[] own = and(looking, rulesOfChain[chain.id()]);
      if (!ValuePlan.any(own)) {
        continue;
      }
      if ((chain.triggers() & mask) != 0) {
        steps.add(chain);
        continue;
      }
      or(direct, own);
      if (chain.changesCase()) {
        or(seenCase, own);
      }
    }
    return plan(direct, seenCase, mask, steps.toArray(Chain[]::new));
  }

  /** The plan for a value that a list of transformations gave. */
  ValuePlan plan(int valueClass, Chain chain, long mask) {
    long[] own = and(classes.get(valueClass), rulesOfChain[chain.id()]);
    return plan(own, new long[words], mask, new Chain[0]);
  }

  /**
   * The plan for rules that see the value as it is.
   *
   * @param otherCase those that see it in another letter case: detectors are not asked for them
   */
  private ValuePlan plan(long[] direct, long[] otherCase, long mask, Chain[] steps) {
    long[] certain = new long[words];
    long[] scan = new long[words];
    for (int rule = 0; rule < rules; rule++) {
      if (has(direct, rule) && (kinds[rule] & mask) != 0) {
        set(has(patterns, rule) ? scan : certain, rule);
      }
    }
    long[] sqlHere = (mask & ByteKinds.MAYBE_SQL) == 0 ? new long[words] : and(direct, sql);
    long[] xssHere = (mask & ByteKinds.MAYBE_XSS) == 0 ? new long[words] : and(direct, xss);
    or(certain, and(sqlHere, otherCase));
    or(certain, and(xssHere, otherCase));
    return new ValuePlan(certain, scan, sqlHere, xssHere, steps);
  }

  private static boolean has(long[] bits, int rule) {
    return (bits[rule >> 6] >>> rule & 1) != 0;
  }

  private static long[] and(long[] a, long[] b) {
    long[] both = a.clone();
    for (int i = 0; i < both.length; i++) {
      both[i] &= b[i];
    }
    return both;
  }

  private static void or(long[] into, long[] more) {
    for (int i = 0; i < into.length; i++) {
      into[i] |= more[i];
    }
  }

  /** Takes rules in the order of their numbers. Not thread-safe. */
  public static final class Builder {
    private final Chain.Table table = new Chain.Table();
    private final List<Need> needs = new ArrayList<>();
    private final List<List<Chain>> chainsOf = new ArrayList<>();
    private final List<Set<Integer>> classes = new ArrayList<>();
    private final List<byte[]> warmUp = new ArrayList<>();

    /**
     * Adds a rule and returns its number.
     *
     * @param eachStep whether the operator sees the value after each transformation (multiMatch)
     */
    public int rule(Need need, List<NamedTransformation> transformations, boolean eachStep) {
      needs.add(need);
      Chain whole = table.of(transformations);
      List<Chain> seen = new ArrayList<>(List.of(whole));
      for (Chain c = whole.before(); eachStep && c != null; c = c.before()) {
        seen.add(c);
      }
      chainsOf.add(seen);
      return needs.size() - 1;
    }

    /** A class of values that no rule looks at yet. */
    public int valueClass() {
      classes.add(new HashSet<>());
      return classes.size() - 1;
    }

    public void look(int rule, int valueClass) {
      classes.get(valueClass).add(rule);
    }

    /** Texts that the automaton reads before the first request comes. */
    public Builder warmUp(byte[]... texts) {
      warmUp.addAll(Arrays.asList(texts));
      return this;
    }

    public RuleFilter build() {
      return new RuleFilter(this);
    }
  }
}
