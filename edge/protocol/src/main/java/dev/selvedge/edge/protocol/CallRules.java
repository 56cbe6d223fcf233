package dev.selvedge.edge.protocol;

import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import org.jspecify.annotations.Nullable;

/**
 * What may happen next on one call: the rules of the protocol without any I/O, the same on both
 * sides.
 *
 * <pre>
 *   phase (request, response):   UNASKED ──head──▶ ASKED ──needs_more──▶ MORE
 *                                                    └──────decision──────┴──▶ DECIDED
 * </pre>
 *
 * A call is over when its last head is decided, when the agent says so, or when the agent confirms
 * a cancel; both sides see that from the same messages, so that no id can be mistaken. Confined to
 * its event loop.
 */
public final class CallRules {

  private static final int UNASKED = 0;
  private static final int ASKED = 1;
  private static final int MORE = 2;
  private static final int DECIDED = 3;

  /** Index 0 is the request, 1 the response. */
  private final int[] phase = new int[2];

  private final boolean[] bodyFollows = new boolean[2];
  private final int[] unanswered = new int[2];

  /** Whether the oldest unanswered chunk is replaced in part. */
  private final boolean[] halfReplaced = new boolean[2];

  private int lastPhase = -1;

  /** Starts anew, as for a new call. */
  public void reset() {
    lastPhase = -1;
    for (int i = 0; i < 2; i++) {
      phase[i] = UNASKED;
      unanswered[i] = 0;
      halfReplaced[i] = false;
      bodyFollows[i] = false;
    }
  }

  private static int index(EventType event) {
    return event == EventType.REQUEST_HEADERS || event == EventType.REQUEST_BODY ? 0 : 1;
  }

  /** A head was sent. */
  public void head(EventType event, int flags) {
    int index = index(event);
    phase[index] = Flags.has(flags, Flags.NO_REPLY) ? UNASKED : ASKED;
    bodyFollows[index] = !Flags.has(flags, Flags.END);
    if (Flags.has(flags, Flags.LAST)) {
      lastPhase = index;
    }
  }

  /** A chunk may be sent only to an agent that asked for more. */
  public void chunk(EventType event, boolean answered) {
    int index = index(event);
    if (phase[index] != MORE) {
      throw new IllegalStateException("a chunk that the agent did not ask for");
    }
    if (answered) {
      unanswered[index]++;
    }
  }

  /** Whether a decision is awaited. */
  public boolean pending() {
    return pending(0) || pending(1);
  }

  /** The head that a decision would answer now, the response's first; null where none. */
  public @Nullable EventType awaited() {
    return pending(1) ? EventType.RESPONSE_HEADERS : pending(0) ? EventType.REQUEST_HEADERS : null;
  }

  /** Whether a decision about that event's message is awaited. */
  public boolean awaits(EventType event) {
    return pending(index(event));
  }

  /** Whether chunks of that body are wanted. */
  public boolean wantsBody(EventType event) {
    return phase[index(event)] == MORE;
  }

  private boolean pending(int index) {
    return phase[index] == ASKED || phase[index] == MORE;
  }

  /** Takes a decision and says whether the call is over by it. */
  public boolean decided(EventType event, Verdict verdict, int flags) {
    int index = index(event);
    if (phase[index] == UNASKED) {
      throw Violation.WRONG_EVENT.because("a decision nobody asked for");
    }
    if (phase[index] == DECIDED) {
      throw Violation.DOUBLE_DECISION.because("a second decision on " + event.label());
    }
    if (verdict instanceof Verdict.NeedsMore) {
      if (phase[index] == MORE || !bodyFollows[index] || Flags.has(flags, Flags.LAST)) {
        throw Violation.ENDLESS_NEEDS_MORE.because("needs_more with no more to come");
      }
      phase[index] = MORE;
      return false;
    }
    phase[index] = DECIDED;
    unanswered[index] = 0;
    halfReplaced[index] = false;
    return Flags.has(flags, Flags.LAST) || lastPhase == index;
  }

  /**
   * A result for the oldest unanswered chunk. Only a replacement comes in pieces, and a piece that
   * others follow says something: else an agent could answer for ever and never be late.
   */
  public void chunkResult(EventType event, ChunkResult.Op op, int bytes, boolean more) {
    int index = index(event);
    if (phase[index] != MORE || unanswered[index] == 0) {
      throw Violation.UNEXPECTED_CHUNK_RESULT.because("no chunk waits for a result");
    }
    boolean replaces = op == ChunkResult.Op.REPLACE;
    if (!replaces && (more || halfReplaced[index])) {
      throw Violation.UNEXPECTED_CHUNK_RESULT.because(op + " of a chunk replaced in part");
    }
    if (more && bytes == 0) {
      throw Violation.UNEXPECTED_CHUNK_RESULT.because("an empty piece with more to follow");
    }
    halfReplaced[index] = more;
    if (!more) {
      unanswered[index]--;
    }
  }
}
