package dev.selvedge.edge.waf.bytes;

import java.util.Arrays;

/**
 * A growing byte array.
 *
 * <p>Not thread-safe.
 */
public final class ByteOutput {
  private byte[] bytes;
  private int size;

  public ByteOutput(int capacity) {
    bytes = new byte[Math.max(capacity, 16)];
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
    return Arrays.copyOf(bytes, size);
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
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
