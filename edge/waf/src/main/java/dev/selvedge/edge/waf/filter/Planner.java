package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.transform.NamedTransformation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes plans out of stages, and the stages that follow. Not thread-safe.
 *
 * <p>Lists of transformations that differ only in what does not change the value at hand become one
 * here: what is applied once is looked at once, for all rules behind it.
 */
final class Planner {
  private final RuleFilter filter;
  private final int words;
  private final Map<Stage.Key, Stage> stages = new HashMap<>();

  /** Never used twice: whoever still holds a forgotten stage must not get another's plan. */
  private long nextId;

  Planner(RuleFilter filter) {
    this.filter = filter;
    words = filter.words();
    nextId = filter.stages();
  }

  /** Lets go of all stages made so far. */
  void forget() {
    stages.clear();
  }

  /** Rules that wait for the same transformations. */
  private static final class Group {
    final List<NamedTransformation> transformations;
    final Map<Tail, long[]> rules = new HashMap<>();

    Group(List<NamedTransformation> transformations) {
      this.transformations = transformations;
    }

    boolean applies(List<NamedTransformation> others) {
      boolean same = others.size() == transformations.size();
      for (int i = 0; same && i < others.size(); i++) {
        same = Tail.same(others.get(i), transformations.get(i));
      }
      return same;
    }
  }

  ValuePlan plan(Stage stage, long mask) {
    long[] direct = new long[words];
    long[] otherCase = new long[words];
    List<Group> groups = new ArrayList<>();
    for (int i = 0; i < stage.tails(); i++) {
      long[] rules = stage.rules(i);
      List<NamedTransformation> waiting = new ArrayList<>();
      Tail tail = stage.tail(i);
      Tail rest = tail.rest();
      while (rest != null && (tail.nextTriggers() & mask) == 0) {
        if (tail.nextChangesCase() && tail.next() != null) {
          waiting.add(tail.next());
        }
        tail = rest;
        rest = tail.rest();
      }
      if (rest == null) {
        or(direct, rules);
        or(otherCase, waiting.isEmpty() ? new long[words] : rules);
      } else if (tail.next() != null) {
        waiting.add(tail.next());
        or(group(groups, waiting).rules.computeIfAbsent(rest, _ -> new long[words]), rules);
      }
    }
    return filter.plan(direct, otherCase, mask, turns(groups));
  }

  private static Group group(List<Group> groups, List<NamedTransformation> transformations) {
    for (Group known : groups) {
      if (known.applies(transformations)) {
        return known;
      }
    }
    Group group = new Group(transformations);
    groups.add(group);
    return group;
  }

  private ValuePlan.Turn[] turns(List<Group> groups) {
    ValuePlan.Turn[] turns = new ValuePlan.Turn[groups.size()];
    for (int i = 0; i < turns.length; i++) {
      Group group = groups.get(i);
      turns[i] =
          new ValuePlan.Turn(
              group.transformations.toArray(NamedTransformation[]::new), stage(group.rules));
    }
    return turns;
  }

  private Stage stage(Map<Tail, long[]> rulesOfTail) {
    Stage stage = stage(nextId, rulesOfTail, filter);
    Stage known = stages.putIfAbsent(stage.key(), stage);
    if (known != null) {
      return known;
    }
    nextId++;
    return stage;
  }

  static Stage stage(long id, Map<Tail, long[]> rulesOfTail, RuleFilter filter) {
    Tail[] tails =
        rulesOfTail.keySet().stream()
            .sorted(Comparator.comparingInt(Tail::id))
            .toArray(Tail[]::new);
    long[][] rules = new long[tails.length][];
    long telling = ByteKinds.EVERY;
    for (int i = 0; i < tails.length; i++) {
      rules[i] = rulesOfTail.getOrDefault(tails[i], new long[0]);
      telling |= tails[i].triggers() | filter.telling(rules[i]);
    }
    return new Stage(id, tails, rules, telling);
  }

  private static void or(long[] into, long[] more) {
    for (int i = 0; i < into.length; i++) {
      into[i] |= more[i];
    }
  }
}
