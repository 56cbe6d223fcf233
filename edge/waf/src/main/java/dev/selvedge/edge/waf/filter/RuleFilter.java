package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.operator.Need;
import dev.selvedge.edge.waf.rx.Prefilter;
import dev.selvedge.edge.waf.rx.Sketch;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
  private final List<Stage> stages = new ArrayList<>();
  private final long[] patterns;
  private final long[] sql;
  private final long[] xss;

  /** For each rule kinds of which a value must have one; 0 for those that detectors judge. */
  private final long[] kinds;

  /** For each rule that the automaton knows one of these is in every match. */
  private final long[][] sketches;

  private final Prefilter prefilter;

  private RuleFilter(Builder builder) {
    rules = builder.needs.size();
    words = Math.max(1, (rules + 63) >> 6);
    patterns = new long[words];
    sql = new long[words];
    xss = new long[words];
    kinds = new long[rules];
    sketches = new long[rules][];
    Prefilter.Builder automaton = new Prefilter.Builder();
    for (int rule = 0; rule < rules; rule++) {
      need(rule, builder.needs.get(rule), automaton);
    }
    prefilter = automaton.warmUp(builder.warmUp).build();
    for (int rule = 0; rule < rules; rule++) {
      if (has(patterns, rule) && !prefilter.knows(rule)) {
        patterns[rule >> 6] &= ~(1L << rule);
      }
    }
    for (Set<Integer> looking : builder.classes) {
      stages.add(Planner.stage(stages.size(), rulesOfTail(looking, builder), this));
    }
  }

  private Map<Tail, long[]> rulesOfTail(Set<Integer> looking, Builder builder) {
    Map<Tail, long[]> rulesOfTail = new HashMap<>();
    for (int rule : looking) {
      for (Tail tail : builder.tailsOf.get(rule)) {
        set(rulesOfTail.computeIfAbsent(tail, _ -> new long[words]), rule);
      }
    }
    return rulesOfTail;
  }

  /** The bits of {@link ByteKinds} by which these rules tell values from each other. */
  long telling(long[] some) {
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
        sketches[rule] = rx.sketches();
        long required = ByteKinds.kindsOf(rx.requiredBytes());
        kinds[rule] = ByteKinds.common(required) ? ByteKinds.EVERY : required;
      }
      case Need.Words(var found) -> {
        automaton.addWords(rule, found, true);
        set(patterns, rule);
        sketches[rule] = Sketch.ofWords(found);
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
    return stages.get(valueClass).tails() > 0;
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

  /** How many stages values begin at; they have the first numbers. */
  int stages() {
    return stages.size();
  }

  /** Where values of a class begin. */
  Stage stage(int valueClass) {
    return stages.get(valueClass);
  }

  /**
   * The plan for rules that see the value as it is.
   *
   * @param otherCase those that see it in another letter case: detectors are not asked for them
   */
  ValuePlan plan(long[] direct, long[] otherCase, long mask, ValuePlan.Turn[] turns) {
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
    return new ValuePlan(
        ValuePlan.Rules.of(certain),
        ValuePlan.Rules.of(scan),
        sketches(scan),
        ValuePlan.Rules.of(sqlHere),
        ValuePlan.Rules.of(xssHere),
        turns);
  }

  private long[] sketches(long[] some) {
    List<long[]> all = new ArrayList<>();
    for (int rule = 0; rule < rules; rule++) {
      if (has(some, rule)) {
        all.add(sketches[rule]);
      }
    }
    return Sketch.either(all.toArray(long[][]::new));
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
    private final Tail.Table table = new Tail.Table();
    private final List<Need> needs = new ArrayList<>();
    private final List<Set<Tail>> tailsOf = new ArrayList<>();
    private final List<Set<Integer>> classes = new ArrayList<>();
    private final List<byte[]> warmUp = new ArrayList<>();

    /**
     * Adds a rule and returns its number.
     *
     * @param eachStep whether the operator sees the value after each transformation (multiMatch)
     */
    public int rule(Need need, List<NamedTransformation> transformations, boolean eachStep) {
      needs.add(need);
      Set<Tail> seen = new LinkedHashSet<>();
      for (int i = eachStep ? 0 : transformations.size(); i <= transformations.size(); i++) {
        seen.add(table.of(transformations.subList(0, i)));
      }
      tailsOf.add(seen);
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
