package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.Bounds;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Frames in the making, one behind the other in one array, so that a turn of the event loop costs
 * one copy and one write however many frames it made.
 *
 * <pre>
 *   0       4      5       6         10
 *   | length | type | flags | call id | payload (length bytes) |      all numbers big-endian
 * </pre>
 *
 * <p>A frame that would cross a bound throws {@link IllegalArgumentException} and leaves nothing
 * behind: what the program itself says is checked by it, not by its peer. Not thread-safe.
 */
public final class FrameOutput {

  static final int HEADER = 10;

  private static final int INITIAL_BYTES = 8 * 1024;
  private static final int KEPT_BYTES = 256 * 1024;

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;
  private int frameStart;

  /** Bytes of finished frames. */
  public int length() {
    return length;
  }

  /** Copies out what was written and starts anew. */
  public void drainTo(ByteBuf target) {
    target.writeBytes(bytes, 0, length);
    length = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
  }

  void begin(int type, int flags, int call) {
    frameStart = length;
    need(HEADER);
    bytes[length + 4] = (byte) type;
    bytes[length + 5] = (byte) flags;
    put32(length + 6, call);
    length += HEADER;
  }

  void end() {
    endWithBody(0);
  }

  /** Ends a frame whose last bytes are sent from elsewhere. */
  void endWithBody(int more) {
    int payload = length - frameStart - HEADER + more;
    if (payload > Bounds.FRAME_BYTES_MAX) {
      length = frameStart;
      throw new IllegalArgumentException("a frame of " + payload + " bytes");
    }
    put32(frameStart, payload);
  }

  void u8(int value) {
    need(1);
    bytes[length++] = (byte) value;
  }

  void u16(int value) {
    if (value >>> 16 != 0) {
      length = frameStart;
      throw new IllegalArgumentException(value + " does not fit 16 bits");
    }
    need(2);
    bytes[length] = (byte) (value >>> 8);
    bytes[length + 1] = (byte) value;
    length += 2;
  }

  void u32(int value) {
    need(4);
    put32(length, value);
    length += 4;
  }

  void u64(long value) {
    u32((int) (value >>> 32));
    u32((int) value);
  }

  void raw(byte[] source, int start, int count) {
    need(count);
    System.arraycopy(source, start, bytes, length, count);
    length += count;
  }

  /** Two bytes of length, then the bytes. */
  void sized(byte[] source, int start, int count) {
    u16(count);
    raw(source, start, count);
  }

  void sized(byte[] source) {
    sized(source, 0, source.length);
  }

  void utf8(String text) {
    sized(text.getBytes(StandardCharsets.UTF_8));
  }

  void latin1(String text) {
    sized(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Four bytes of length, then the bytes. */
  void long32(byte[] source) {
    u32(source.length);
    raw(source, 0, source.length);
  }

  private void need(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }

  private void put32(int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }
}
