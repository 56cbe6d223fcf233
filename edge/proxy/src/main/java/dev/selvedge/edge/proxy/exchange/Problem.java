package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.kernel.FailureCode;
import java.nio.charset.StandardCharsets;

/**
 * The body of a refusal: {@code application/problem+json} (RFC 9457) with a stable code and the
 * request id, and nothing about our insides. Immutable.
 */
public final class Problem {

  static final byte[] CONTENT_TYPE_NAME = "content-type".getBytes(StandardCharsets.US_ASCII);
  static final byte[] CONTENT_TYPE = "application/problem+json".getBytes(StandardCharsets.US_ASCII);

  private static final byte[][] FRONT = fronts();
  private static final byte[] BACK = "\"}\n".getBytes(StandardCharsets.US_ASCII);

  private Problem() {}

  /** The document for a code, answered with another status than the code's own where asked. */
  static byte[] body(FailureCode code, int status, byte[] requestId) {
    byte[] front = status == code.status() ? FRONT[code.ordinal()] : front(code, status);
    byte[] body = new byte[front.length + requestId.length + BACK.length];
    System.arraycopy(front, 0, body, 0, front.length);
    System.arraycopy(requestId, 0, body, front.length, requestId.length);
    System.arraycopy(BACK, 0, body, front.length + requestId.length, BACK.length);
    return body;
  }

  private static byte[][] fronts() {
    FailureCode[] codes = FailureCode.values();
    byte[][] fronts = new byte[codes.length][];
    for (int i = 0; i < codes.length; i++) {
      fronts[i] = front(codes[i], codes[i].status());
    }
    return fronts;
  }

  private static byte[] front(FailureCode code, int status) {
    String text =
        "{\"type\":\"about:blank\",\"title\":\""
            + code.title()
            + "\",\"status\":"
            + status
            + ",\"code\":\""
            + code.code()
            + "\",\"request_id\":\"";
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
