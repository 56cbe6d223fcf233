package dev.selvedge.edge.waf.plan;

import java.util.ArrayList;
import java.util.List;

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

  private PhasePlan(Builder builder) {
    steps = builder.steps.toArray(Step[]::new);
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

  public int size() {
    return steps.length;
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
