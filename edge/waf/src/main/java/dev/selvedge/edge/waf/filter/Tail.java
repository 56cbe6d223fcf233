package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.transform.NamedTransformation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a rule's transformations is still to come: the next one and the rest; rules that end
 * alike share their end.
 *
 * @param next null where nothing is to come
 * @param rest null where nothing is to come
 * @param triggers what a value must have for one of them to change more of it than letter case
 * @param nextTriggers the same for the next one alone
 * @param nextChangesCase whether the next one may change letter case where it changes nothing else
 *     <p>Immutable.
 */
record Tail(
    int id,
    @Nullable NamedTransformation next,
    @Nullable Tail rest,
    long triggers,
    long nextTriggers,
    boolean nextChangesCase) {

  /** Every list of a rule set and each of its ends, the empty one first. Not thread-safe. */
  static final class Table {
    private final List<Tail> tails = new ArrayList<>(List.of(new Tail(0, null, null, 0, 0, false)));

    Tail of(List<NamedTransformation> transformations) {
      Tail tail = tails.getFirst();
      for (NamedTransformation first : transformations.reversed()) {
        tail = before(first, tail);
      }
      return tail;
    }

    private Tail before(NamedTransformation next, Tail rest) {
      for (Tail known : tails) {
        NamedTransformation knownNext = known.next;
        boolean sameRest = known.rest != null && known.rest.id == rest.id;
        if (sameRest && knownNext != null && same(knownNext, next)) {
          return known;
        }
      }
      long own = Triggers.of(next);
      boolean ownCase = Triggers.changesCase(next);
      Tail tail = new Tail(tails.size(), next, rest, own | rest.triggers, own, ownCase);
      tails.add(tail);
      return tail;
    }
  }

  static boolean same(NamedTransformation a, NamedTransformation b) {
    return a.name().equalsIgnoreCase(b.name());
  }
}
