package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.rule.Action;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SecRuleRemove… and SecRuleUpdate…: they hold for all rules of the set, also for those that
 * follow.
 *
 * <p>Not thread-safe.
 */
final class Exceptions {
  /** Which rules an update is for: exactly one of the three is set. */
  record Choice(List<Action.IdRange> ids, @Nullable String tag, @Nullable String msg) {
    boolean chooses(RuleDraft rule) {
      if (tag != null) {
        return rule.hasTag(tag);
      }
      if (msg != null) {
        return rule.msg != null && rule.msg.source().equals(msg);
      }
      return ids.stream().anyMatch(r -> r.contains(rule.id));
    }

    static Choice byIds(List<Action.IdRange> ids) {
      return new Choice(ids, null, null);
    }

    static Choice byTag(String tag) {
      return new Choice(List.of(), tag, null);
    }

    static Choice byMsg(String msg) {
      return new Choice(List.of(), null, msg);
    }
  }

  private record Removal(Choice choice, String why) {}

  private record TargetUpdate(Choice choice, TargetParser targets) {}

  private record ActionUpdate(Place place, long id, int position, String actions) {}

  private final List<Removal> removals = new ArrayList<>();
  private final List<TargetUpdate> targetUpdates = new ArrayList<>();
  private final List<ActionUpdate> actionUpdates = new ArrayList<>();

  void remove(Choice choice, String why) {
    removals.add(new Removal(choice, why));
  }

  void updateTargets(Choice choice, TargetParser targets) {
    targetUpdates.add(new TargetUpdate(choice, targets));
  }

  void updateActions(Place place, long id, int position, String actions) {
    actionUpdates.add(new ActionUpdate(place, id, position, actions));
  }

  void apply(List<RuleDraft> rules, ActionParser actions, Problems problems) {
    for (RuleDraft rule : rules) {
      for (Removal removal : removals) {
        if (rule.removed == null && removal.choice().chooses(rule)) {
          rule.removed = removal.why();
        }
      }
      for (TargetUpdate update : targetUpdates) {
        if (update.choice().chooses(rule)) {
          rule.targets.addAll(update.targets().targets());
          rule.exclusions.addAll(update.targets().exclusions());
        }
      }
    }
    for (ActionUpdate update : actionUpdates) {
      boolean found = false;
      for (RuleDraft rule : rules) {
        if (rule.id == update.id()) {
          found = true;
          apply(update, rule, actions, problems);
        }
      }
      if (!found) {
        problems.add(update.place(), "SecRuleUpdateActionById names no rule: " + update.id());
      }
    }
  }

  private static void apply(
      ActionUpdate update, RuleDraft rule, ActionParser actions, Problems problems) {
    RuleDraft at = rule;
    for (int i = 0; i < update.position() && at != null; i++) {
      at = at.chained;
    }
    if (at == null) {
      problems.add(update.place(), "rule " + update.id() + " has no such chained rule");
      return;
    }
    try {
      int tags = at.tags.size();
      actions.parse(update.actions(), at);
      if (at.tags.size() > tags) {
        at.tags.subList(0, tags).clear();
      }
    } catch (IllegalArgumentException e) {
      problems.add(update.place(), String.valueOf(e.getMessage()));
    }
  }
}
