package dev.selvedge.edge.protocol.grpc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one protobuf message. A nested message is written in place and moved up by the size of its
 * length afterwards, so nothing is measured first. Zero and empty are left out, as proto3 does. Not
 * thread-safe.
 */
final class ProtoOutput {

  private static final int VARINT = 0;
  private static final int SIZED = 2;

  private byte[] bytes = new byte[1024];
  private int length;

  /** Starts a message to or from the agent. */
  static ProtoOutput envelope(int call, int flags) {
    ProtoOutput out = new ProtoOutput();
    out.number(1, call & 0xFFFF_FFFFL);
    out.number(2, flags);
    return out;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  void number(int field, long value) {
    if (value != 0) {
      varint(field << 3 | VARINT);
      varint(value);
    }
  }

  void signed(int field, int value) {
    number(field, (value << 1 ^ value >> 31) & 0xFFFF_FFFFL);
  }

  void sized(int field, byte[] source, int start, int count) {
    if (count > 0) {
      always(field, source, start, count);
    }
  }

  /** Also when empty: for what is told by presence. */
  void always(int field, byte[] source, int start, int count) {
    varint(field << 3 | SIZED);
    varint(count);
    need(count);
    System.arraycopy(source, start, bytes, length, count);
    length += count;
  }

  void sized(int field, byte[] source) {
    sized(field, source, 0, source.length);
  }

  void utf8(int field, String text) {
    sized(field, text.getBytes(StandardCharsets.UTF_8));
  }

  void latin1(int field, String text) {
    sized(field, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Begins a nested message; what it returns goes to {@link #leave}. */
  int enter(int field) {
    varint(field << 3 | SIZED);
    return length;
  }

  void leave(int start) {
    int count = length - start;
    int size = 1;
    for (int rest = count >>> 7; rest != 0; rest >>>= 7) {
      size++;
    }
    need(size);
    System.arraycopy(bytes, start, bytes, start + size, count);
    length = start;
    varint(count);
    length += count;
  }

  private void varint(long value) {
    need(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private void need(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
