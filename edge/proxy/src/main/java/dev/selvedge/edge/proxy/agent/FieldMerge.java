package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.kernel.HttpHead;
import java.util.function.IntConsumer;

/**
 * The field changes of several agents, made in the route's order whatever the order of arrival:
 * they add up, and of two that set one field the later in order wins. Only for heads that nobody
 * refused.
 */
final class FieldMerge {

  private FieldMerge() {}

  /**
   * Makes the changes of all.
   *
   * @param decisions in the route's order; those not asked allow without changes
   * @param overrode takes each agent that sets anew what one before it has set
   */
  static void all(Decision[] decisions, Target wanted, HttpHead head, IntConsumer overrode) {
    for (int i = 0; i < decisions.length; i++) {
      if (!decisions[i].mutations().isEmpty()) {
        if (overrides(decisions, i, wanted)) {
          overrode.accept(i);
        }
        HeadChanges.apply(decisions[i], wanted, head);
      }
    }
  }

  private static boolean overrides(Decision[] decisions, int agent, Target wanted) {
    for (int earlier = 0; earlier < agent; earlier++) {
      if (HeadChanges.overrides(decisions[agent], decisions[earlier], wanted)) {
        return true;
      }
    }
    return false;
  }

  /** Makes the changes of these agents, a set of bits. */
  static void of(Decision[] decisions, long agents, Target wanted, HttpHead head) {
    for (long left = agents; left != 0; left &= left - 1) {
      HeadChanges.apply(decisions[Long.numberOfTrailingZeros(left)], wanted, head);
    }
  }
}
