package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.transform.NamedTransformation;

/**
 * What to do with a value at a stage whose bytes are of certain kinds. Bit sets are over rule
 * numbers. Immutable: the arrays are not written after construction.
 *
 * @param certain rules that it may match, without looking further
 * @param scan rules that it may match where the automaton says so
 * @param sketches what a value must have one of for the automaton to say so of any
 * @param sql rules that it may match where the SQL detector finds something
 * @param xss rules that it may match where the detector of cross-site scripting does
 * @param turns transformations that change such values, with where they lead
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
record ValuePlan(Rules certain, Rules scan, long[] sketches, Rules sql, Rules xss, Turn[] turns) {
  /** A set of rules, and whether there are any. */
  record Rules(long[] bits, boolean any) {
    static Rules of(long[] bits) {
      return new Rules(bits, ValuePlan.any(bits));
    }
  }

  /**
   * Transformations after which another stage follows.
   *
   * @param transformations those that change letter case at most, and then one that changes more
   */
  record Turn(NamedTransformation[] transformations, Stage next) {
    byte[] apply(byte[] value) {
      byte[] changed = value;
      for (NamedTransformation transformation : transformations) {
        changed = transformation.apply(changed);
      }
      return changed;
    }
  }

  static boolean any(long[] bits) {
    for (long word : bits) {
      if (word != 0) {
        return true;
      }
    }
    return false;
  }
}
