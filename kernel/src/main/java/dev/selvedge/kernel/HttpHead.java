package dev.selvedge.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The head of a request or of a response: one byte array and offsets into it, without an object per
 * field.
 *
 * <p>Version-neutral: method and target, or status; then fields in the order received, names in
 * lower case. Framing, {@code Connection}, {@code TE} and {@code Upgrade} belong to the codec that
 * filled it. A head is owned by its exchange from the first byte to the exchange's end, so that an
 * agent may be asked about it while the connection already reads on. Reused through {@link #clear}.
 * Confined to its event loop.
 *
 * <p>Bounds: the byte array grows to what the codec's limits allow and is dropped by {@link #clear}
 * when it grew past {@value #KEPT_BYTES} bytes, so that one large head does not stay.
 */
public final class HttpHead {

  private static final int INITIAL_BYTES = 1024;
  private static final int KEPT_BYTES = 8192;
  private static final int SLOT = 5;

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;

  private int methodStart;
  private int methodLength;
  private int targetStart;
  private int targetLength;
  private int status;

  /** Name start, name length, value start, value length, known id; {@value #SLOT} ints a field. */
  private int[] fields = new int[24 * SLOT];

  private int fieldCount;

  /** Forgets everything; keeps arrays of ordinary size. */
  public void clear() {
    length = 0;
    methodLength = 0;
    targetLength = 0;
    status = 0;
    fieldCount = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
  }

  /** The bytes that all offsets point into. Valid until the next call that appends. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many of {@link #bytes} are in use. */
  public int length() {
    return length;
  }

  /** Sets the number of bytes in use: a codec that reads ahead gives back what is not the head. */
  public void truncate(int newLength) {
    length = newLength;
  }

  /** Makes room for so many bytes more; offsets stay valid, {@link #bytes} may change. */
  public void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }

  /** Marks as used what was written into {@link #bytes} behind {@link #length}. */
  public void advance(int written) {
    length += written;
  }

  /** Copies bytes behind those in use and returns where they start. */
  public int append(byte[] source, int offset, int count) {
    reserve(count);
    int start = length;
    System.arraycopy(source, offset, bytes, start, count);
    length = start + count;
    return start;
  }

  // ---- start line

  public void method(int start, int count) {
    methodStart = start;
    methodLength = count;
  }

  public void target(int start, int count) {
    targetStart = start;
    targetLength = count;
  }

  public void status(int code) {
    status = code;
  }

  public int methodStart() {
    return methodStart;
  }

  public int methodLength() {
    return methodLength;
  }

  public int targetStart() {
    return targetStart;
  }

  public int targetLength() {
    return targetLength;
  }

  /** 100–999 for a response; 0 for a request. */
  public int status() {
    return status;
  }

  public String method() {
    return text(methodStart, methodLength);
  }

  public boolean methodIs(byte[] name) {
    return Arrays.equals(name, 0, name.length, bytes, methodStart, methodStart + methodLength);
  }

  // ---- fields

  public int fieldCount() {
    return fieldCount;
  }

  /** Adds a field whose name (lower case) and value already lie in {@link #bytes}. */
  public void addField(int nameStart, int nameLength, int valueStart, int valueLength) {
    if (fieldCount * SLOT == fields.length) {
      fields = Arrays.copyOf(fields, fields.length * 2);
    }
    int slot = fieldCount++ * SLOT;
    fields[slot] = nameStart;
    fields[slot + 1] = nameLength;
    fields[slot + 2] = valueStart;
    fields[slot + 3] = valueLength;
    fields[slot + 4] = KnownField.id(bytes, nameStart, nameLength);
  }

  /** Appends a field. {@code name} is lower case; the caller has checked name and value. */
  public void addField(byte[] name, byte[] value) {
    int nameStart = append(name, 0, name.length);
    int valueStart = append(value, 0, value.length);
    addField(nameStart, name.length, valueStart, value.length);
  }

  /** Appends a field given as ASCII text; for answers of our own. */
  public void addField(String name, String value) {
    addField(
        name.getBytes(StandardCharsets.ISO_8859_1), value.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Removes one field; later ones move up by one. */
  public void removeField(int index) {
    int slot = index * SLOT;
    System.arraycopy(fields, slot + SLOT, fields, slot, (fieldCount - index - 1) * SLOT);
    fieldCount--;
  }

  /** Removes all fields of that lower-case name and says how many there were. */
  public int removeFields(byte[] name) {
    int kept = 0;
    for (int i = 0; i < fieldCount; i++) {
      if (!nameIs(i, name)) {
        if (kept != i) {
          System.arraycopy(fields, i * SLOT, fields, kept * SLOT, SLOT);
        }
        kept++;
      }
    }
    int removed = fieldCount - kept;
    fieldCount = kept;
    return removed;
  }

  public int nameStart(int index) {
    return fields[index * SLOT];
  }

  public int nameLength(int index) {
    return fields[index * SLOT + 1];
  }

  public int valueStart(int index) {
    return fields[index * SLOT + 2];
  }

  public int valueLength(int index) {
    return fields[index * SLOT + 3];
  }

  /** The {@link KnownField#id} of the field's name, or {@link KnownField#NONE}. */
  public int knownId(int index) {
    return fields[index * SLOT + 4];
  }

  public String name(int index) {
    return text(nameStart(index), nameLength(index));
  }

  public String value(int index) {
    return text(valueStart(index), valueLength(index));
  }

  public boolean nameIs(int index, byte[] name) {
    int start = nameStart(index);
    return nameLength(index) == name.length
        && Arrays.equals(name, 0, name.length, bytes, start, start + name.length);
  }

  public boolean valueIs(int index, byte[] value) {
    int start = valueStart(index);
    return valueLength(index) == value.length
        && Arrays.equals(value, 0, value.length, bytes, start, start + value.length);
  }

  /** Index of the first field of that kind at or behind {@code from}, or −1. */
  public int find(KnownField field, int from) {
    int id = field.id();
    for (int i = from; i < fieldCount; i++) {
      if (fields[i * SLOT + 4] == id) {
        return i;
      }
    }
    return -1;
  }

  /** Index of the first field of that lower-case name at or behind {@code from}, or −1. */
  public int find(byte[] name, int from) {
    for (int i = from; i < fieldCount; i++) {
      if (nameIs(i, name)) {
        return i;
      }
    }
    return -1;
  }

  /** Bytes of the head as Latin-1 text; for logs, tests and cold paths. */
  public String text(int start, int count) {
    return new String(bytes, start, count, StandardCharsets.ISO_8859_1);
  }
}
