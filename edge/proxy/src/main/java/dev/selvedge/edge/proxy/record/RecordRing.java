package dev.selvedge.edge.proxy.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last {@code capacity} records of one event loop, in the order in which they finished; adding
 * copies into a fixed slot, allocates nothing and never waits for a reader.
 *
 * <pre>
 *   slot = words | text
 *   words  version · sequence · began · duration · bytes in · bytes out · route,upstream
 *          · status,failure,gap,path bytes · lengths, number of steps · length of audits · 24 steps
 *   step   8 bits what · 20 bits reference · 36 bits time in 1,024 ns (19 hours, then held)
 *   text   client · method · host · path · foreign id · audits, without gaps
 * </pre>
 *
 * <p><b>Reading</b> is a sequence lock (Lameter 2005; Boehm, "Can seqlocks get along with
 * programming language memory models?", MSPC 2012): the writer marks a slot odd, writes, marks it
 * even with the record's number; a reader copies and keeps the copy only if the mark was the same
 * before and after. A task on the loop would need no such care, but could not explain anything
 * about a loop that is wedged, which is when someone asks.
 *
 * <p><b>Finding</b> a sequence runs backwards over one word per slot. A slot computed from the
 * sequence alone would be shorter, and would lose either a slow exchange or a newer one whenever a
 * slow exchange finishes after the ring went round: slow ones are what people look for.
 *
 * <p>Slots come in segments of {@value #SEGMENT}, made when first reached, so that an idle program
 * stays small: 928 bytes a slot, 9.3 MB for 10,000. {@link #add} is confined to its event loop;
 * reading is thread-safe.
 */
final class RecordRing {

  /** Slots allocated at a time. */
  static final int SEGMENT = 64;

  static final int STEPS_AT = 10;
  static final int WORDS = STEPS_AT + DecisionRecord.MAX_STEPS;
  static final int TEXT =
      16
          + DecisionRecord.MAX_METHOD
          + DecisionRecord.MAX_HOST
          + DecisionRecord.MAX_PATH
          + DecisionRecord.MAX_FOREIGN_ID
          + AuditTrail.MAX;

  static final int STEP_TIME_BITS = 36;
  static final int STEP_REFERENCE_BITS = 20;
  static final int STEP_TIME_SHIFT = 10;

  private static final long STEP_TIME_MAX = (1L << STEP_TIME_BITS) - 1;
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle FINISHED = finishedHandle();

  private final int capacity;
  private final AtomicReferenceArray<Segment> segments;
  private int slot;

  @SuppressWarnings("UnusedVariable")
  private long finished;

  private long mine;

  /** {@value #SEGMENT} slots. */
  private static final class Segment {
    final long[] words;
    final byte[] text;

    Segment(int slots) {
      words = new long[slots * WORDS];
      text = new byte[slots * TEXT];
    }
  }

  RecordRing(int capacity) {
    this.capacity = capacity;
    this.segments = new AtomicReferenceArray<>((capacity + SEGMENT - 1) / SEGMENT);
  }

  int capacity() {
    return capacity;
  }

  /** Keeps a copy of the record in place of the oldest. */
  void add(DecisionRecord record) {
    Segment segment = segments.getPlain(slot / SEGMENT);
    if (segment == null) {
      segment = new Segment(Math.min(SEGMENT, capacity - slot / SEGMENT * SEGMENT));
      segments.setRelease(slot / SEGMENT, segment);
    }
    int at = slot % SEGMENT * WORDS;
    long[] words = segment.words;
    WORD.setOpaque(words, at, mark(mine) - 1);
    VarHandle.storeStoreFence();
    copyNumbers(record, words, at);
    copySteps(record, words, at + STEPS_AT);
    copyText(record, segment.text, slot % SEGMENT * TEXT);
    WORD.setRelease(words, at, mark(mine));
    mine++;
    FINISHED.setRelease(this, mine);
    slot = slot + 1 == capacity ? 0 : slot + 1;
  }

  private static void copyNumbers(DecisionRecord record, long[] words, int at) {
    words[at + 1] = record.sequence;
    words[at + 2] = record.epochMillis;
    words[at + 3] = record.durationNanos;
    words[at + 4] = record.requestBodyBytes;
    words[at + 5] = record.responseBodyBytes;
    words[at + 6] = (long) record.route << 32 | record.upstream;
    words[at + 7] =
        (long) record.pathFullLength << 32
            | (long) record.status << 16
            | (record.failure + 1) << 1
            | (record.gap ? 1 : 0);
    words[at + 8] =
        (long) Math.min(record.stepCount, 0xFFFF) << 48
            | (long) record.pathLength << 32
            | (long) record.clientAddressLength << 24
            | (long) record.methodLength << 16
            | (long) record.hostLength << 8
            | record.foreignIdLength;
    words[at + 9] = record.audits.length;
  }

  private static void copySteps(DecisionRecord record, long[] words, int at) {
    int count = Math.min(record.stepCount, DecisionRecord.MAX_STEPS);
    for (int i = 0; i < count; i++) {
      long time = Math.min(record.stepNanos[i] >>> STEP_TIME_SHIFT, STEP_TIME_MAX);
      words[at + i] =
          (long) record.steps[i] << STEP_TIME_BITS + STEP_REFERENCE_BITS
              | (long) record.references[i] << STEP_TIME_BITS
              | time;
    }
  }

  private static void copyText(DecisionRecord record, byte[] text, int at) {
    int end = append(record.clientAddress, record.clientAddressLength, text, at);
    end = append(record.method, record.methodLength, text, end);
    end = append(record.host, record.hostLength, text, end);
    end = append(record.path, record.pathLength, text, end);
    if (record.foreignIdLength > 0) {
      end = append(record.foreignId, record.foreignIdLength, text, end);
    }
    if (record.audits.length > 0) {
      append(record.audits.bytes, record.audits.length, text, end);
    }
  }

  private static int append(byte[] from, int length, byte[] to, int at) {
    System.arraycopy(from, 0, to, at, length);
    return at + length;
  }

  /** Even mark of a complete slot; one less while it is being written; never 0. */
  private static long mark(long number) {
    return (number + 1) << 1;
  }

  // ---- any thread

  /** Records finished so far; the last {@code capacity} of these numbers can be read. */
  long finished() {
    return (long) FINISHED.getAcquire(this);
  }

  /** The lowest number that may still be there. */
  long oldest() {
    return Math.max(0, finished() - capacity);
  }

  /** Copies record {@code number}, or says that it was overwritten. */
  boolean read(long number, RecordCopy into) {
    int index = (int) (number % capacity);
    Segment segment = segments.getAcquire(index / SEGMENT);
    if (segment == null) {
      return false;
    }
    int at = index % SEGMENT * WORDS;
    if ((long) WORD.getAcquire(segment.words, at) != mark(number)) {
      return false;
    }
    System.arraycopy(segment.words, at, into.words, 0, WORDS);
    System.arraycopy(segment.text, index % SEGMENT * TEXT, into.text, 0, TEXT);
    VarHandle.acquireFence();
    return (long) WORD.getOpaque(segment.words, at) == mark(number);
  }

  /** Copies the record of a sequence, or says that there is none. */
  boolean find(long sequence, RecordCopy into) {
    for (long number = finished() - 1; number >= oldest(); number--) {
      int index = (int) (number % capacity);
      Segment segment = segments.getAcquire(index / SEGMENT);
      if (segment != null
          && (long) WORD.getOpaque(segment.words, index % SEGMENT * WORDS + 1) == sequence
          && read(number, into)
          && into.sequence() == sequence) {
        return true;
      }
    }
    return false;
  }

  private static VarHandle finishedHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(RecordRing.class, "finished", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
