package dev.selvedge.kernel;

/**
 * Request ids as 20 lower-case hex digits: 8 of the process (random at start), 2 of the event loop,
 * 10 of a sequence per loop.
 *
 * <p>Loop and sequence stand in the id itself, so that a decision record is found by arithmetic and
 * not by a map. The sequence has 40 bits: 34 years at 1,000 requests a second and loop. Immutable.
 */
public final class RequestId {

  /** Characters of an id. */
  public static final int LENGTH = 20;

  private static final int LOOP_AT = 8;
  private static final int SEQUENCE_AT = 10;
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private RequestId() {}

  /** Writes the id at {@code offset}. */
  public static void write(byte[] target, int offset, int process, int loop, long sequence) {
    hex(target, offset, 8, process & 0xFFFFFFFFL);
    hex(target, offset + LOOP_AT, 2, loop);
    hex(target, offset + SEQUENCE_AT, 10, sequence);
  }

  /** The process part of an id, or −1 where the text is not an id. */
  public static long process(String id) {
    return id.length() == LENGTH ? parse(id, 0, LOOP_AT) : -1;
  }

  /** The loop of an id, or −1 where the text is not an id. */
  public static int loop(String id) {
    return id.length() == LENGTH ? (int) parse(id, LOOP_AT, SEQUENCE_AT) : -1;
  }

  /** The sequence of an id, or −1 where the text is not an id. */
  public static long sequence(String id) {
    return id.length() == LENGTH ? parse(id, SEQUENCE_AT, LENGTH) : -1;
  }

  /** Writes the lowest {@code digits} hex digits of a value. */
  public static void hex(byte[] target, int offset, int digits, long value) {
    long rest = value;
    for (int i = offset + digits - 1; i >= offset; i--) {
      target[i] = HEX[(int) rest & 0xF];
      rest >>>= 4;
    }
  }

  private static long parse(String id, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      char c = id.charAt(i);
      int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
