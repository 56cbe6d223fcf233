package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.transform.NamedTransformation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of transformations, as the shorter list before it and the last one; lists that begin alike
 * share their beginning.
 *
 * @param triggers what a value must have for the list to change more of it than letter case
 * @param lastTriggers the same for the last one alone
 * @param lastChangesCase whether the last one may change letter case where it changes nothing else
 * @param changesCase whether one of the list may change letter case where it changes nothing else
 *     <p>Immutable.
 */
record Chain(
    int id,
    @Nullable Chain before,
    @Nullable NamedTransformation last,
    long triggers,
    long lastTriggers,
    boolean lastChangesCase,
    boolean changesCase) {

  /** Every list of a rule set, the empty one first. Not thread-safe. */
  static final class Table {
    private final List<Chain> chains =
        new ArrayList<>(List.of(new Chain(0, null, null, 0, 0, false, false)));

    Chain empty() {
      return chains.getFirst();
    }

    Chain of(List<NamedTransformation> transformations) {
      Chain chain = empty();
      for (NamedTransformation next : transformations) {
        chain = and(chain, next);
      }
      return chain;
    }

    Chain and(Chain before, NamedTransformation last) {
      for (Chain known : chains) {
        NamedTransformation knownLast = known.last;
        boolean sameBefore = known.before != null && known.before.id == before.id;
        if (sameBefore && knownLast != null && same(knownLast, last)) {
          return known;
        }
      }
      long own = Triggers.of(last);
      long triggers = before.triggers | own;
      boolean ownCase = Triggers.changesCase(last);
      boolean changesCase = before.changesCase || ownCase;
      Chain chain = new Chain(chains.size(), before, last, triggers, own, ownCase, changesCase);
      chains.add(chain);
      return chain;
    }

    private static boolean same(NamedTransformation a, NamedTransformation b) {
      return a.name().equalsIgnoreCase(b.name());
    }

    List<Chain> all() {
      return List.copyOf(chains);
    }
  }
}
