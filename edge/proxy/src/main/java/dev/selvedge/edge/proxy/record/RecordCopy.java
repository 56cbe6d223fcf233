package dev.selvedge.edge.proxy.record;

import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One slot of a {@link RecordRing}, copied out whole, and its reading. Not thread-safe; reused by
 * one reader.
 */
final class RecordCopy {

  final long[] words = new long[RecordRing.WORDS];
  final byte[] text = new byte[RecordRing.TEXT];

  long sequence() {
    return words[1];
  }

  /** When the exchange ended, in nanoseconds since 1970; orders records of all loops. */
  long endedNanos() {
    return words[2] * 1_000_000 + words[3];
  }

  /** Whether a trusted peer named the request so. */
  boolean hasForeignId(byte[] id) {
    int length = foreignIdLength();
    int at = foreignIdAt();
    return length > 0
        && length == id.length
        && java.util.Arrays.equals(text, at, at + length, id, 0, id.length);
  }

  /** Reads everything. */
  RecordView view(int process, int loop, Names names) {
    byte[] own = new byte[RequestId.LENGTH];
    RequestId.write(own, 0, process, loop, sequence());
    String ownId = latin(own, 0, own.length);
    boolean foreign = foreignIdLength() > 0;
    int failure = (int) (words[7] >>> 1 & 0x7FFF) - 1;
    int method = clientLength();
    int host = method + methodLength();
    int path = host + hostLength();
    return new RecordView(
        foreign ? latin(text, foreignIdAt(), foreignIdLength()) : ownId,
        foreign ? ownId : null,
        words[2],
        AddressText.of(text, clientLength()),
        latin(text, method, methodLength()),
        latin(text, host, hostLength()),
        latin(text, path, pathLength()),
        (int) (words[7] >>> 32),
        name(names, (int) (words[6] >>> 32)),
        name(names, (int) words[6]),
        (int) (words[7] >>> 16 & 0xFFFF),
        failure < 0 ? null : FailureCode.of(failure),
        (words[7] & 1) != 0,
        steps(names),
        (int) (words[8] >>> 48),
        audits(names),
        words[3],
        words[4],
        words[5]);
  }

  private List<RecordView.StepView> steps(Names names) {
    List<RecordView.StepView> steps = new ArrayList<>();
    int count = Math.min((int) (words[8] >>> 48), DecisionRecord.MAX_STEPS);
    for (int i = 0; i < count; i++) {
      long word = words[RecordRing.STEPS_AT + i];
      Step step =
          Step.of((int) (word >>> RecordRing.STEP_TIME_BITS + RecordRing.STEP_REFERENCE_BITS));
      int reference =
          (int) (word >>> RecordRing.STEP_TIME_BITS) & (1 << RecordRing.STEP_REFERENCE_BITS) - 1;
      long time = (word & (1L << RecordRing.STEP_TIME_BITS) - 1) << RecordRing.STEP_TIME_SHIFT;
      String text =
          switch (step.reference()) {
            case NONE -> null;
            case NAME -> name(names, reference);
            case CODE -> FailureCode.of(reference).code();
            case STATUS -> Integer.toString(reference);
          };
      steps.add(new RecordView.StepView(step, text, time / 1000));
    }
    return steps;
  }

  private List<RecordView.AuditView> audits(Names names) {
    int at = foreignIdAt() + foreignIdLength();
    return AuditTrail.read(text, at, (int) words[9]).stream()
        .map(entry ->
            new RecordView.AuditView(
                names.name(entry.agent()),
                entry.score(),
                entry.rules(),
                entry.tags(),
                entry.leftOut()))
        .toList();
  }

  private static @Nullable String name(Names names, int number) {
    return number == Names.NONE ? null : names.name(number);
  }

  private static String latin(byte[] bytes, int at, int length) {
    return new String(bytes, at, length, StandardCharsets.ISO_8859_1);
  }

  private int clientLength() {
    return (int) (words[8] >>> 24 & 0xFF);
  }

  private int methodLength() {
    return (int) (words[8] >>> 16 & 0xFF);
  }

  private int hostLength() {
    return (int) (words[8] >>> 8 & 0xFF);
  }

  private int pathLength() {
    return (int) (words[8] >>> 32 & 0xFFFF);
  }

  private int foreignIdLength() {
    return (int) (words[8] & 0xFF);
  }

  private int foreignIdAt() {
    return clientLength() + methodLength() + hostLength() + pathLength();
  }
}
