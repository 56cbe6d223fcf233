package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.exchange.HeadLimits;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message head from any split of its bytes, strictly: what is not well-formed is refused,
 * never repaired (RFC 9112; EDGE 2).
 *
 * <p>Bytes are copied once into the head's own array; the end is found line by line, so a bare LF
 * or a first byte that cannot begin a message is refused as soon as it arrives; then one pass over
 * the array notes offsets and lower-cases names in place. Never holds more than the head bound plus
 * one byte. Reused through {@link #reset}. Confined to its event loop.
 */
public final class HeadReader {

  /** What {@link #read} found. */
  public enum Outcome {
    /** All bytes were taken; the head goes on. */
    PARTIAL,
    /** The head is complete; what is left in the buffer lies behind it. */
    COMPLETE,
    /** The head must be refused with {@link #failure}. */
    REFUSED
  }

  private static final int METHOD_MAX = 32;
  private static final int VERSION_LENGTH = 8;

  private final boolean request;
  private HeadLimits limits;
  private int scanned;
  private int lineStart;
  private int firstLineEnd;
  private int start;
  private boolean version10;
  private @Nullable FailureCode failure;

  /**
   * Makes a reader.
   *
   * @param request whether requests are read, not responses
   */
  public HeadReader(boolean request, HeadLimits limits) {
    this.request = request;
    this.limits = limits;
  }

  /** Gets ready for the next head. */
  public void reset(HeadLimits newLimits) {
    limits = newLimits;
    scanned = 0;
    lineStart = 0;
    firstLineEnd = 0;
    start = 0;
    version10 = false;
    failure = null;
  }

  /** Why the head was refused; for responses the code is {@code UPSTREAM_MALFORMED}. */
  public FailureCode failure() {
    FailureCode code = failure;
    return code == null ? FailureCode.INTERNAL_ERROR : code;
  }

  /** Whether the message is HTTP/1.0. */
  public boolean version10() {
    return version10;
  }

  /** Takes bytes from the buffer into the head, up to the head's end. */
  public Outcome read(ByteBuf in, HttpHead head) {
    int before = head.length();
    int take = Math.min(in.readableBytes(), limits.head() + 1 - before);
    head.reserve(take);
    in.getBytes(in.readerIndex(), head.bytes(), before, take);
    head.advance(take);
    int end = findEnd(head);
    if (failure != null) {
      return Outcome.REFUSED;
    }
    if (end < 0 || end > limits.head()) {
      in.skipBytes(take);
      return head.length() > limits.head() ? tooLarge() : Outcome.PARTIAL;
    }
    head.truncate(end);
    in.skipBytes(end - before);
    parse(head, end);
    return failure == null ? Outcome.COMPLETE : Outcome.REFUSED;
  }

  private Outcome tooLarge() {
    boolean inTarget = request && firstLineEnd == 0;
    return refuse(inTarget ? FailureCode.TARGET_TOO_LONG : FailureCode.HEAD_TOO_LARGE);
  }

  private Outcome refuse(FailureCode code) {
    failure = request ? code : FailureCode.UPSTREAM_MALFORMED;
    return Outcome.REFUSED;
  }

  /** Index behind the empty line that ends the head, or −1; sets failure on a bare LF. */
  private int findEnd(HttpHead head) {
    byte[] bytes = head.bytes();
    int length = head.length();
    int i = scanned;
    if (i == 0 && length > 0 && !beginsWell(bytes[0])) {
      refuse(FailureCode.MALFORMED_REQUEST);
      return -1;
    }
    for (; i < length; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      if (i == 0 || bytes[i - 1] != '\r') {
        refuse(FailureCode.MALFORMED_REQUEST);
        return -1;
      }
      boolean empty = i - lineStart == 1;
      lineStart = i + 1;
      if (!empty) {
        if (firstLineEnd == 0) {
          firstLineEnd = i - 1;
        }
      } else if (firstLineEnd != 0) {
        return i + 1;
      } else if (start != 0 || !request) {
        refuse(FailureCode.MALFORMED_REQUEST);
        return -1;
      } else {
        start = i + 1;
      }
    }
    scanned = i;
    return -1;
  }

  private boolean beginsWell(byte first) {
    return request ? Octets.token(first) || first == '\r' : first == 'H';
  }

  private void parse(HttpHead head, int end) {
    boolean startLine = request ? requestLine(head) : statusLine(head);
    if (!startLine) {
      return;
    }
    byte[] bytes = head.bytes();
    int i = firstLineEnd + 2;
    int fields = 0;
    while (bytes[i] != '\r') {
      if (++fields > limits.fields()) {
        refuse(FailureCode.HEAD_TOO_LARGE);
        return;
      }
      i = field(head, bytes, i);
      if (i < 0) {
        return;
      }
    }
    if (i + 2 != end) {
      refuse(FailureCode.MALFORMED_REQUEST);
    }
  }

  private boolean requestLine(HttpHead head) {
    byte[] bytes = head.bytes();
    int i = start;
    while (i < firstLineEnd && Octets.token(bytes[i])) {
      i++;
    }
    if (i == start || i - start > METHOD_MAX || bytes[i] != ' ') {
      refuse(FailureCode.MALFORMED_REQUEST);
      return false;
    }
    head.method(start, i - start);
    int targetStart = i + 1;
    int versionStart = firstLineEnd - VERSION_LENGTH;
    int targetEnd = versionStart - 1;
    if (targetEnd <= targetStart || bytes[targetEnd] != ' ') {
      refuse(FailureCode.MALFORMED_REQUEST);
      return false;
    }
    for (i = targetStart; i < targetEnd; i++) {
      if (bytes[i] == ' ' || !Octets.VALUE[bytes[i] & 0xFF]) {
        refuse(FailureCode.MALFORMED_REQUEST);
        return false;
      }
    }
    head.target(targetStart, targetEnd - targetStart);
    if (!version(bytes, versionStart)) {
      return false;
    }
    if (targetEnd - targetStart > limits.target()) {
      refuse(FailureCode.TARGET_TOO_LONG);
      return false;
    }
    return true;
  }

  private boolean version(byte[] bytes, int at) {
    boolean http =
        bytes[at] == 'H'
            && bytes[at + 1] == 'T'
            && bytes[at + 2] == 'T'
            && bytes[at + 3] == 'P'
            && bytes[at + 4] == '/'
            && digit(bytes[at + 5])
            && bytes[at + 6] == '.'
            && digit(bytes[at + 7]);
    if (!http) {
      refuse(FailureCode.MALFORMED_REQUEST);
      return false;
    }
    if (bytes[at + 5] != '1' || bytes[at + 7] > '1') {
      refuse(FailureCode.VERSION_UNSUPPORTED);
      return false;
    }
    version10 = bytes[at + 7] == '0';
    return true;
  }

  private boolean statusLine(HttpHead head) {
    byte[] bytes = head.bytes();
    int code = VERSION_LENGTH + 1;
    boolean shaped =
        firstLineEnd >= code + 3
            && version(bytes, 0)
            && bytes[VERSION_LENGTH] == ' '
            && bytes[code] >= '1'
            && bytes[code] <= '5'
            && digit(bytes[code + 1])
            && digit(bytes[code + 2])
            && (firstLineEnd == code + 3 || bytes[code + 3] == ' ');
    for (int i = code + 3; shaped && i < firstLineEnd; i++) {
      shaped = Octets.VALUE[bytes[i] & 0xFF];
    }
    if (!shaped) {
      refuse(FailureCode.UPSTREAM_MALFORMED);
      return false;
    }
    head.status((bytes[code] - '0') * 100 + (bytes[code + 1] - '0') * 10 + bytes[code + 2] - '0');
    return true;
  }

  /** Reads one field line and returns where the next begins, or −1. */
  private int field(HttpHead head, byte[] bytes, int nameStart) {
    byte[] lower = Octets.TOKEN_LOWER;
    int i = nameStart;
    byte folded = lower[bytes[i] & 0xFF];
    while (folded != 0) {
      bytes[i++] = folded;
      folded = lower[bytes[i] & 0xFF];
    }
    int nameLength = i - nameStart;
    if (nameLength == 0 || bytes[i] != ':') {
      refuse(FailureCode.MALFORMED_REQUEST);
      return -1;
    }
    i++;
    while (bytes[i] == ' ' || bytes[i] == '\t') {
      i++;
    }
    int valueStart = i;
    boolean[] allowed = Octets.VALUE;
    while (allowed[bytes[i] & 0xFF]) {
      i++;
    }
    if (bytes[i] != '\r' || bytes[i + 1] != '\n') {
      refuse(FailureCode.MALFORMED_REQUEST);
      return -1;
    }
    int valueEnd = i;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] == ' ' || bytes[valueEnd - 1] == '\t')) {
      valueEnd--;
    }
    if (nameLength > limits.name() || valueEnd - valueStart > limits.value()) {
      refuse(FailureCode.HEAD_TOO_LARGE);
      return -1;
    }
    head.addField(nameStart, nameLength, valueStart, valueEnd - valueStart);
    return i + 2;
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }
}
