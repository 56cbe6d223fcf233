package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Place;
import org.jspecify.annotations.Nullable;

/**
 * Segments and words as one automaton without empty moves. Immutable: arrays are not written after
 * construction.
 *
 * @param classes the class of each byte value
 * @param classCount number of classes; {@code classCount} stands for the end of the text
 * @param members for a byte state four words, a bit for each class that it takes
 * @param places for a state that waits for a place: which; else null
 * @param next the states behind a byte state or a place, in ascending order
 * @param events what a state proves, or -1; such a state is nothing else
 * @param start where a segment may begin, at any byte
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
record Nfa(
    byte[] classes,
    int classCount,
    boolean[] wordClass,
    int newlineClass,
    long[] members,
    @Nullable Place[] places,
    int[][] next,
    int[] events,
    int[] start) {

  boolean takes(int state, int byteClass) {
    return ((members[4 * state + (byteClass >> 6)] >>> byteClass) & 1) != 0;
  }
}
