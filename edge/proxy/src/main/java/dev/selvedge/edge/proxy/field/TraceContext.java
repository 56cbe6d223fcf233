package dev.selvedge.edge.proxy.field;

import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import dev.selvedge.kernel.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The trace that a request belongs to (W3C Trace Context, level 1): a valid {@code traceparent} is
 * continued with a span of our own, anything else starts a new trace and drops {@code tracestate}.
 *
 * <p>The {@code sampled} flag is kept only from trusted peers, so that strangers cannot switch
 * tracing on. Stateless.
 */
public final class TraceContext {

  private static final int LENGTH = 55;
  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = 36;
  private static final int FLAGS_AT = 53;
  private static final byte[] TRACEPARENT = "traceparent".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRACESTATE = "tracestate".getBytes(StandardCharsets.US_ASCII);

  private TraceContext() {}

  /** Replaces the head's trace context by ours. */
  public static void continueIn(HttpHead head, boolean trusted, SplittableRandom random) {
    int at = head.find(KnownField.TRACEPARENT, 0);
    boolean valid =
        at >= 0
            && head.find(KnownField.TRACEPARENT, at + 1) < 0
            && valid(head.bytes(), head.valueStart(at), head.valueLength(at));
    head.reserve(TRACEPARENT.length + LENGTH);
    byte[] bytes = head.bytes();
    int name = head.append(TRACEPARENT, 0, TRACEPARENT.length);
    int value = head.length();
    head.advance(LENGTH);
    bytes[value] = '0';
    bytes[value + 1] = '0';
    bytes[value + 2] = '-';
    bytes[value + SPAN_AT - 1] = '-';
    bytes[value + FLAGS_AT - 1] = '-';
    bytes[value + FLAGS_AT] = '0';
    bytes[value + FLAGS_AT + 1] = '0';
    if (valid) {
      int from = head.valueStart(at);
      System.arraycopy(bytes, from + TRACE_AT, bytes, value + TRACE_AT, 32);
      if (trusted) {
        System.arraycopy(bytes, from + FLAGS_AT, bytes, value + FLAGS_AT, 2);
      }
    } else {
      RequestId.hex(bytes, value + TRACE_AT, 16, random.nextLong());
      RequestId.hex(bytes, value + TRACE_AT + 16, 16, random.nextLong() | 1);
      head.removeFields(TRACESTATE);
    }
    RequestId.hex(bytes, value + SPAN_AT, 16, random.nextLong() | 1);
    if (at >= 0) {
      head.removeFields(TRACEPARENT);
    }
    head.addField(name, TRACEPARENT.length, value, LENGTH);
  }

  private static boolean valid(byte[] bytes, int start, int length) {
    boolean shaped =
        length == LENGTH
            && bytes[start] == '0'
            && bytes[start + 1] == '0'
            && bytes[start + 2] == '-'
            && bytes[start + SPAN_AT - 1] == '-'
            && bytes[start + FLAGS_AT - 1] == '-';
    return shaped
        && hexNotZero(bytes, start + TRACE_AT, 32)
        && hexNotZero(bytes, start + SPAN_AT, 16)
        && hex(bytes[start + FLAGS_AT])
        && hex(bytes[start + FLAGS_AT + 1]);
  }

  private static boolean hexNotZero(byte[] bytes, int start, int count) {
    boolean zero = true;
    for (int i = start; i < start + count; i++) {
      if (!hex(bytes[i])) {
        return false;
      }
      zero &= bytes[i] == '0';
    }
    return !zero;
  }

  private static boolean hex(byte b) {
    return b >= '0' && b <= '9' || b >= 'a' && b <= 'f';
  }
}
