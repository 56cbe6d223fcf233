package dev.selvedge.edge.waf.bytes;

import java.util.Arrays;

/**
 * A growing byte array.
 *
 * <p>Not thread-safe.
 */
public final class ByteOutput {
  private static final int LEAST = 16;

  private byte[] bytes;
  private int size;

  /** With room for so many; for none until something is written. */
  public ByteOutput(int capacity) {
    bytes = capacity == 0 ? Bytes.EMPTY : new byte[Math.max(capacity, LEAST)];
  }

  public ByteOutput add(int b) {
    ensure(1);
    bytes[size++] = (byte) b;
    return this;
  }

  public ByteOutput add(byte[] b) {
    return add(b, 0, b.length);
  }

  public ByteOutput add(byte[] b, int from, int to) {
    ensure(to - from);
    System.arraycopy(b, from, bytes, size, to - from);
    size += to - from;
    return this;
  }

  public int size() {
    return size;
  }

  public void truncate(int newSize) {
    size = newSize;
  }

  public byte at(int index) {
    return bytes[index];
  }

  public byte[] toBytes() {
    return size == 0 ? Bytes.EMPTY : Arrays.copyOf(bytes, size);
  }

  /** What was written; {@code source} itself when equal, so that callers can test identity. */
  public byte[] toBytesOr(byte[] source) {
    return Arrays.equals(bytes, 0, size, source, 0, source.length) ? source : toBytes();
  }

  /** Like {@link #toBytesOr}, but ends before the first NUL, where C strings end. */
  public byte[] toBytesUpToNul(byte[] source) {
    for (int i = 0; i < size; i++) {
      if (bytes[i] == 0) {
        size = i;
      }
    }
    return toBytesOr(source);
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.max(bytes.length * 2, LEAST), size + more));
    }
  }
}
