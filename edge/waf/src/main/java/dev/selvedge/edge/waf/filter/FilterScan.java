package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.injection.SqlDetector;
import dev.selvedge.edge.waf.injection.XssDetector;
import dev.selvedge.edge.waf.rx.CandidateSet;
import dev.selvedge.edge.waf.rx.Scanner;
import dev.selvedge.edge.waf.rx.Sketch;
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

  /** Shorter texts are read again sooner than found again. */
  private static final int REMEMBERED_BYTES = 24;

  /** In the time that the automaton takes for a byte, so many choices are looked at. */
  private static final int CHOICES_A_BYTE = 4;

  private final RuleFilter filter;
  private final Planner planner;
  private final int words;
  private final Scanner scanner;
  private final CandidateSet found;
  private final SqlDetector sql = new SqlDetector();
  private final XssDetector xss = new XssDetector();

  private final long[] planMasks = new long[PLANS];
  private final long[] planStages = new long[PLANS];
  private final @Nullable ValuePlan[] plans = new @Nullable ValuePlan[PLANS];
  private int planCount;

  private final @Nullable Object[] texts = new @Nullable Object[TEXTS];
  private final int[] textHashes = new int[TEXTS];
  private final long[] textMarks;
  private final int[] used = new int[TEXTS_KEPT];
  private int usedCount;

  FilterScan(RuleFilter filter) {
    this.filter = filter;
    words = filter.words();
    scanner = filter.prefilter().scanner();
    found = filter.prefilter().candidates();
    textMarks = new long[TEXTS * words];
    planner = new Planner(filter);
  }

  public SqlDetector sqlDetector() {
    return sql;
  }

  public XssDetector xssDetector() {
    return xss;
  }

  /** Adds the rules that a value of a class may match to the words at {@code at}. */
  public void mark(int valueClass, byte[] value, long[] out, int at) {
    follow(filter.stage(valueClass), value, ByteKinds.of(value), out, at);
  }

  /** Goes on from a stage; as deep as the longest list of transformations at most. */
  @SuppressWarnings("ReferenceEquality") // identity tells that nothing changed
  private void follow(Stage stage, byte[] value, long mask, long[] out, int at) {
    ValuePlan plan = plan(stage, mask & stage.telling());
    apply(plan, value, out, at);
    ValuePlan.Turn[] turns = plan.turns();
    for (int i = 0; i < turns.length; i++) {
      byte[] changed = turns[i].apply(value);
      long changedMask = changed == value ? mask : ByteKinds.of(changed);
      follow(turns[i].next(), changed, changedMask, out, at);
    }
  }

  private void apply(ValuePlan plan, byte[] value, long[] out, int at) {
    if (plan.certain().any()) {
      add(plan.certain().bits(), out, at);
    }
    if (plan.sql().any() && sql.fingerprint(value, 0, value.length) != null) {
      add(plan.sql().bits(), out, at);
    }
    if (plan.xss().any() && xss.detect(value, 0, value.length)) {
      add(plan.xss().bits(), out, at);
    }
    if (plan.scan().any() && worthScanning(plan.sketches(), value)) {
      scan(plan.scan().bits(), value, out, at);
    }
  }

  private static boolean worthScanning(long[] sketches, byte[] value) {
    return sketches.length > CHOICES_A_BYTE * value.length || Sketch.mayHold(value, sketches);
  }

  private void add(long[] rules, long[] out, int at) {
    for (int i = 0; i < words; i++) {
      out[at + i] |= rules[i];
    }
  }

  private void scan(long[] rules, byte[] value, long[] out, int at) {
    if (value.length < REMEMBERED_BYTES) {
      found.clear();
      scanner.scan(value, 0, value.length, found);
      found.addTo(rules, out, at);
      return;
    }
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
      found.addTo(rules, out, at);
    }
  }

  private void addFound(long[] rules, long[] marks, int from, long[] out, int at) {
    for (int i = 0; i < words; i++) {
      out[at + i] |= rules[i] & marks[from + i];
    }
  }

  private ValuePlan plan(Stage stage, long mask) {
    long mixed = (mask ^ stage.id() * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    int slot = (int) (mixed >>> 53);
    ValuePlan plan = plans[slot];
    while (plan != null) {
      if (planMasks[slot] == mask && planStages[slot] == stage.id()) {
        return plan;
      }
      slot = (slot + 1) & (PLANS - 1);
      plan = plans[slot];
    }
    plan = planner.plan(stage, mask);
    if (planCount == PLANS / 2) {
      Arrays.fill(plans, null);
      planCount = 0;
      planner.forget();
      return plan;
    }
    planCount++;
    plans[slot] = plan;
    planMasks[slot] = mask;
    planStages[slot] = stage.id();
    return plan;
  }

  /** Lets go of the values seen so far. */
  public void forget() {
    for (int i = 0; i < usedCount; i++) {
      texts[used[i]] = null;
    }
    usedCount = 0;
  }
}
