package dev.selvedge.edge.protocol.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.selvedge.edge.protocol.FieldRules;
import dev.selvedge.edge.protocol.Violation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads one protobuf message; whatever protobuf refuses, and a field of another wire type than
 * ours, is {@link Violation#MALFORMED}. Not thread-safe.
 */
final class ProtoInput {

  private final CodedInputStream in;
  private int tag;

  ProtoInput(byte[] bytes) {
    in = CodedInputStream.newInstance(bytes);
  }

  /** Something that protobuf reads. */
  private interface Step<T> {
    T read() throws IOException;
  }

  private static <T> T read(Step<T> step) {
    try {
      return step.read();
    } catch (IOException e) {
      throw Violation.MALFORMED.because(String.valueOf(e.getMessage()));
    }
  }

  /** The number of the next field, or 0 at the end of the message. */
  int field() {
    tag = read(in::readTag);
    return WireFormat.getTagFieldNumber(tag);
  }

  void skip() {
    read(() -> in.skipField(tag));
  }

  private void is(int wireType) {
    if (WireFormat.getTagWireType(tag) != wireType) {
      throw Violation.MALFORMED.because("field " + WireFormat.getTagFieldNumber(tag));
    }
  }

  /** 32 bits; above 2³¹ negative. */
  int number() {
    is(WireFormat.WIRETYPE_VARINT);
    return read(in::readUInt32);
  }

  /** A number below 2³¹. */
  int count() {
    int value = number();
    if (value < 0) {
      throw Violation.MALFORMED.because("a number above 2^31");
    }
    return value;
  }

  int choice(int choices) {
    int value = number();
    if (value < 0 || value >= choices) {
      throw Violation.MALFORMED.because("code " + value + " of " + choices);
    }
    return value;
  }

  int signed() {
    is(WireFormat.WIRETYPE_VARINT);
    return read(in::readSInt32);
  }

  long long64() {
    is(WireFormat.WIRETYPE_VARINT);
    return read(in::readUInt64);
  }

  byte[] bytes() {
    is(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return read(in::readByteArray);
  }

  byte[] bytes(int most) {
    byte[] bytes = bytes();
    if (bytes.length > most) {
      throw Violation.CHUNK_TOO_LARGE.because(bytes.length + " bytes");
    }
    return bytes;
  }

  String utf8() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  String latin1() {
    return new String(bytes(), StandardCharsets.ISO_8859_1);
  }

  /** A field name an agent may use. */
  String fieldName() {
    byte[] name = bytes();
    FieldRules.checkName(name, 0, name.length);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  String fieldValue() {
    byte[] value = bytes();
    FieldRules.checkValue(value, 0, value.length);
    return new String(value, StandardCharsets.ISO_8859_1);
  }

  /** Begins a nested message; what it returns goes to {@link #leave}. */
  int enter() {
    is(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return read(() -> in.pushLimit(in.readRawVarint32()));
  }

  void leave(int outer) {
    in.popLimit(outer);
  }
}
