package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.injection.SqlDetector;
import dev.selvedge.edge.waf.injection.XssDetector;
import dev.selvedge.edge.waf.rx.CandidateSet;
import dev.selvedge.edge.waf.rx.Scanner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Marks rules for one value after another. What it learns of texts in general it keeps, bounded;
 * what it knows of the values of one request goes with {@link #forget}.
 *
 * <p>Values that come again, under other names or as the outcome of other transformations, are read
 * by the automaton once. Not thread-safe.
 */
public final class FilterScan {
  /** Power of two; more plans than that, of which each takes some 200 bytes, start anew. */
  private static final int PLANS = 1 << 11;

  private static final int TEXTS = 1 << 8;
  private static final int TEXTS_KEPT = TEXTS * 3 / 4;

  private final RuleFilter filter;
  private final int words;
  private final Scanner scanner;
  private final CandidateSet found;
  private final SqlDetector sql = new SqlDetector();
  private final XssDetector xss = new XssDetector();

  private final long[] planMasks = new long[PLANS];
  private final int[] planKeys = new int[PLANS];
  private final @Nullable ValuePlan[] plans = new @Nullable ValuePlan[PLANS];
  private int planCount;

  private final @Nullable Object[] texts = new @Nullable Object[TEXTS];
  private final int[] textHashes = new int[TEXTS];
  private final long[] textMarks;
  private final int[] used = new int[TEXTS_KEPT];
  private int usedCount;

  /** Of the value at hand: what each list of transformations gives, once it is known. */
  private final @Nullable Object[] results;

  private final long[] resultMasks;

  FilterScan(RuleFilter filter) {
    this.filter = filter;
    words = filter.words();
    scanner = filter.prefilter().scanner();
    found = filter.prefilter().candidates();
    textMarks = new long[TEXTS * words];
    results = new @Nullable Object[filter.chains().size()];
    resultMasks = new long[results.length];
  }

  public SqlDetector sqlDetector() {
    return sql;
  }

  public XssDetector xssDetector() {
    return xss;
  }

  /** Adds the rules that a value of a class may match to the words at {@code at}. */
  public void mark(int valueClass, byte[] value, long[] out, int at) {
    long mask = ByteKinds.of(value);
    ValuePlan plan = plan(valueClass, 0, mask & filter.tellingOfClass(valueClass));
    apply(plan, value, out, at);
    if (plan.steps().length > 0) {
      Arrays.fill(results, null);
      results[0] = value;
      resultMasks[0] = mask;
      for (Chain chain : plan.steps()) {
        byte[] changed = result(chain);
        long seen = resultMasks[chain.id()] & filter.tellingOfChain(chain.id());
        apply(plan(valueClass, chain.id(), seen), changed, out, at);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // identity tells that nothing changed
  private byte[] result(Chain chain) {
    Object known = results[chain.id()];
    if (known != null) {
      return (byte[]) known;
    }
    Chain before = chain.before();
    var last = chain.last();
    if (before == null || last == null) {
      throw new IllegalStateException("the empty list's result is always known");
    }
    byte[] source = result(before);
    boolean acts =
        chain.lastChangesCase() || (chain.lastTriggers() & resultMasks[before.id()]) != 0;
    byte[] changed = acts ? last.apply(source) : source;
    results[chain.id()] = changed;
    resultMasks[chain.id()] = changed == source ? resultMasks[before.id()] : ByteKinds.of(changed);
    return changed;
  }

  private void apply(ValuePlan plan, byte[] value, long[] out, int at) {
    add(plan.certain(), out, at);
    if (ValuePlan.any(plan.sql()) && sql.fingerprint(value, 0, value.length) != null) {
      add(plan.sql(), out, at);
    }
    if (ValuePlan.any(plan.xss()) && xss.detect(value, 0, value.length)) {
      add(plan.xss(), out, at);
    }
    if (plan.scans()) {
      scan(plan.scan(), value, out, at);
    }
  }

  private void add(long[] rules, long[] out, int at) {
    for (int i = 0; i < words; i++) {
      out[at + i] |= rules[i];
    }
  }

  private void scan(long[] rules, byte[] value, long[] out, int at) {
    int hash = Arrays.hashCode(value);
    int slot = (hash ^ hash >>> 16) * 0x9E3779B9 >>> 24;
    Object text = texts[slot];
    while (text != null) {
      if (textHashes[slot] == hash && Arrays.equals((byte[]) text, value)) {
        addFound(rules, textMarks, slot * words, out, at);
        return;
      }
      slot = (slot + 1) & (TEXTS - 1);
      text = texts[slot];
    }
    found.clear();
    scanner.scan(value, 0, value.length, found);
    if (usedCount < TEXTS_KEPT) {
      texts[slot] = value;
      textHashes[slot] = hash;
      found.copyTo(textMarks, slot * words);
      used[usedCount++] = slot;
      addFound(rules, textMarks, slot * words, out, at);
    } else {
      long[] marks = new long[words];
      found.copyTo(marks, 0);
      addFound(rules, marks, 0, out, at);
    }
  }

  private void addFound(long[] rules, long[] marks, int from, long[] out, int at) {
    for (int i = 0; i < words; i++) {
      out[at + i] |= rules[i] & marks[from + i];
    }
  }

  private ValuePlan plan(int valueClass, int chain, long mask) {
    int key = valueClass << 12 | chain;
    long mixed = (mask ^ key * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    int slot = (int) (mixed >>> 53);
    ValuePlan plan = plans[slot];
    while (plan != null) {
      if (planMasks[slot] == mask && planKeys[slot] == key) {
        return plan;
      }
      slot = (slot + 1) & (PLANS - 1);
      plan = plans[slot];
    }
    plan =
        chain == 0
            ? filter.plan(valueClass, mask)
            : filter.plan(valueClass, filter.chains().get(chain), mask);
    if (planCount == PLANS / 2) {
      Arrays.fill(plans, null);
      planCount = 0;
      return plan;
    }
    planCount++;
    plans[slot] = plan;
    planMasks[slot] = mask;
    planKeys[slot] = key;
    return plan;
  }

  /** Lets go of the values seen so far. */
  public void forget() {
    for (int i = 0; i < usedCount; i++) {
      texts[used[i]] = null;
    }
    usedCount = 0;
    Arrays.fill(results, null);
  }
}
