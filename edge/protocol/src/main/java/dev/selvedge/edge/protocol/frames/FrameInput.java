package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.FieldRules;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Violation;
import java.nio.charset.StandardCharsets;

/**
 * Reads the payload of one frame; whatever reaches past its end is {@link Violation#MALFORMED}, so
 * no length in a frame is believed before it is checked. Not thread-safe.
 */
final class FrameInput {

  private final byte[] bytes;
  private final int end;
  private int at;

  FrameInput(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** As {@link #finish(int)}, where the type itself may be one to skip. */
  void finish(int flags, boolean known) {
    if (!known && Flags.has(flags, Flags.CRITICAL)) {
      throw Violation.UNKNOWN_CRITICAL.because("a type that is not known");
    }
    finish(flags);
  }

  /** To be called when all known fields were read: what is left over is skipped, if it may be. */
  void finish(int flags) {
    if (at < end && Flags.has(flags, Flags.CRITICAL)) {
      throw Violation.UNKNOWN_CRITICAL.because(end - at + " bytes behind the known fields");
    }
  }

  /** Moves over so many bytes and returns where they start. */
  int take(int count) {
    if (count < 0 || count > end - at) {
      throw Violation.MALFORMED.because(count + " bytes wanted, " + (end - at) + " left");
    }
    int start = at;
    at += count;
    return start;
  }

  int u8() {
    return bytes[take(1)] & 0xFF;
  }

  int u16() {
    int start = take(2);
    return (bytes[start] & 0xFF) << 8 | bytes[start + 1] & 0xFF;
  }

  /** All 32 bits; above 2³¹ negative. */
  int i32() {
    int start = take(4);
    return bytes[start] << 24
        | (bytes[start + 1] & 0xFF) << 16
        | (bytes[start + 2] & 0xFF) << 8
        | bytes[start + 3] & 0xFF;
  }

  /** A number of 32 bits that must be below 2³¹. */
  int count32() {
    int value = i32();
    if (value < 0) {
      throw Violation.MALFORMED.because("a number above 2^31");
    }
    return value;
  }

  long i64() {
    return (long) i32() << 32 | i32() & 0xFFFF_FFFFL;
  }

  /** A count of 16 bits that may not pass a bound. */
  int count16(int most, String what) {
    int count = u16();
    if (count > most) {
      throw Violation.TOO_MANY.because(count + " " + what);
    }
    return count;
  }

  String utf8() {
    int count = u16();
    return new String(bytes, take(count), count, StandardCharsets.UTF_8);
  }

  String latin1() {
    return latin1(u16());
  }

  String latin1(int count) {
    return new String(bytes, take(count), count, StandardCharsets.ISO_8859_1);
  }

  byte[] raw(int count) {
    byte[] copy = new byte[count > end - at ? 0 : count];
    System.arraycopy(bytes, take(count), copy, 0, copy.length);
    return copy;
  }

  /** A field name an agent may use. */
  String fieldName() {
    int count = u16();
    int start = take(count);
    FieldRules.checkName(bytes, start, count);
    return new String(bytes, start, count, StandardCharsets.ISO_8859_1);
  }

  String fieldValue() {
    int count = u16();
    int start = take(count);
    FieldRules.checkValue(bytes, start, count);
    return new String(bytes, start, count, StandardCharsets.ISO_8859_1);
  }
}
