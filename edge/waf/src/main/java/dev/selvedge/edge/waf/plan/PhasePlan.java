package dev.selvedge.edge.waf.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a phase that have something to do, in order. Immutable: the arrays are not written
 * after construction.
 */
public final class PhasePlan {
  private final Step[] steps;

  /** For each rule index the first step that is not before it. */
  private final int[] stepAt;

  /** For each rule index how many rules before it are known never to match. */
  private final int[] neverBefore;

  /** A bit for each step that is asked whatever the values are. */
  private final long[] always;

  /** For each number in the filter of the request's values its step, or -1; so for the answer's. */
  private final int[] stepOfRequestRule;

  private final int[] stepOfResponseRule;

  private PhasePlan(Builder builder) {
    steps = builder.steps.toArray(Step[]::new);
    always = new long[(steps.length + 63) >> 6];
    stepOfRequestRule = stepOfRule(false);
    stepOfResponseRule = stepOfRule(true);
    stepAt = new int[builder.never.length + 1];
    neverBefore = new int[stepAt.length];
    int step = 0;
    for (int i = 0; i < stepAt.length; i++) {
      while (step < steps.length && steps[step].index() < i) {
        step++;
      }
      stepAt[i] = step;
      neverBefore[i] = i == 0 ? 0 : neverBefore[i - 1] + (builder.never[i - 1] ? 1 : 0);
    }
  }

  private int[] stepOfRule(boolean response) {
    int[] stepOfRule = {};
    for (int i = 0; i < steps.length; i++) {
      int rule = steps[i].filter();
      if (rule < 0) {
        always[i >> 6] |= 1L << i;
      } else if (steps[i].response() == response) {
        int size = stepOfRule.length;
        if (size <= rule) {
          stepOfRule = Arrays.copyOf(stepOfRule, rule + 1);
          Arrays.fill(stepOfRule, size, rule + 1, -1);
        }
        stepOfRule[rule] = i;
      }
    }
    return stepOfRule;
  }

  public int size() {
    return steps.length;
  }

  /** Words of a bit set over the steps. */
  public int words() {
    return always.length;
  }

  /**
   * Makes {@code out} the steps that have to be asked.
   *
   * @param request rules that the request's values may match
   * @param response rules that the answer's values may match, null for all
   */
  public void ask(long[] request, long @Nullable [] response, long[] out) {
    System.arraycopy(always, 0, out, 0, always.length);
    ask(request, stepOfRequestRule, out);
    if (response != null) {
      ask(response, stepOfResponseRule, out);
    } else {
      for (int step : stepOfResponseRule) {
        ask(step, out);
      }
    }
  }

  private static void ask(long[] rules, int[] stepOfRule, long[] out) {
    for (int i = 0; i < rules.length && i << 6 < stepOfRule.length; i++) {
      for (long left = rules[i]; left != 0; left &= left - 1) {
        int rule = (i << 6) + Long.numberOfTrailingZeros(left);
        if (rule < stepOfRule.length) {
          ask(stepOfRule[rule], out);
        }
      }
    }
  }

  private static void ask(int step, long[] out) {
    if (step >= 0) {
      out[step >> 6] |= 1L << step;
    }
  }

  /** The first of these steps from one on; {@link #size} where there is none. */
  public int next(long[] asked, int from) {
    int index = from >> 6;
    if (index >= always.length) {
      return steps.length;
    }
    long word = asked[index] & (-1L << from);
    while (word == 0) {
      if (++index == always.length) {
        return steps.length;
      }
      word = asked[index];
    }
    return (index << 6) + Long.numberOfTrailingZeros(word);
  }

  public Step step(int index) {
    return steps[index];
  }

  /** The first step at a rule's index or behind it. */
  public int stepAt(int ruleIndex) {
    return stepAt[ruleIndex];
  }

  /** Whether between two rule indexes stand rules that run and never match. */
  public boolean neverBetween(int from, int to) {
    return neverBefore[to] != neverBefore[from];
  }

  /** One more than the index of the last rule. */
  public int rules() {
    return stepAt.length - 1;
  }

  /** Takes rules in order. Not thread-safe. */
  static final class Builder {
    private final List<Step> steps = new ArrayList<>();
    private final boolean[] never;

    Builder(int rules) {
      never = new boolean[rules];
    }

    void add(Step step) {
      steps.add(step);
    }

    void neverMatches(int ruleIndex) {
      never[ruleIndex] = true;
    }

    PhasePlan build() {
      return new PhasePlan(this);
    }
  }
}
