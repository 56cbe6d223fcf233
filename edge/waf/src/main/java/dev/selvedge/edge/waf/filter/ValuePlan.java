package dev.selvedge.edge.waf.filter;

/**
 * What to do with a value of one class whose bytes are of certain kinds. Bit sets are over rule
 * numbers. Immutable: the arrays are not written after construction.
 *
 * @param certain rules that it may match, without looking further
 * @param scan rules that it may match where the automaton says so
 * @param sql rules that it may match where the SQL detector finds something
 * @param xss rules that it may match where the detector of cross-site scripting does
 * @param steps transformations that change such values, with what follows for the changed ones
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
record ValuePlan(long[] certain, long[] scan, long[] sql, long[] xss, Chain[] steps) {
  boolean scans() {
    return any(scan);
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
