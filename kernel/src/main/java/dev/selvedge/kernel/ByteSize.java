package dev.selvedge.kernel;

import java.util.Locale;

/**
 * A size in bytes, never negative. Immutable.
 *
 * <p>Text forms: {@code 512B}, {@code 64KiB}, {@code 10MiB}, {@code 1GiB} (powers of 1024) and
 * {@code 64KB}, {@code 10MB}, {@code 1GB} (powers of 1000), no sign, no fraction.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {

  public static final ByteSize ZERO = new ByteSize(0);

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative size: " + bytes);
    }
  }

  public static ByteSize ofBytes(long bytes) {
    return new ByteSize(bytes);
  }

  public static ByteSize ofKibibytes(long kibibytes) {
    return new ByteSize(Math.multiplyExact(kibibytes, 1L << 10));
  }

  public static ByteSize ofMebibytes(long mebibytes) {
    return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  /**
   * Reads one of the text forms.
   *
   * @throws IllegalArgumentException with a message fit for an operator
   */
  public static ByteSize parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    String unit = text.substring(digits).strip().toLowerCase(Locale.ROOT);
    long factor =
        switch (unit) {
          case "b" -> 1L;
          case "kib" -> 1L << 10;
          case "mib" -> 1L << 20;
          case "gib" -> 1L << 30;
          case "kb" -> 1_000L;
          case "mb" -> 1_000_000L;
          case "gb" -> 1_000_000_000L;
          default -> throw malformed(text);
        };
    if (digits == 0 || digits > 18) {
      throw malformed(text);
    }
    try {
      return new ByteSize(Math.multiplyExact(Long.parseLong(text, 0, digits, 10), factor));
    } catch (ArithmeticException tooLarge) {
      throw malformed(text);
    }
  }

  /** The value as an int, for sizes that index arrays. */
  public int toIntExact() {
    return Math.toIntExact(bytes);
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The largest power of 1024 that divides the size: {@code 64KiB}. */
  @Override
  public String toString() {
    if (bytes != 0 && bytes % (1L << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    if (bytes != 0 && bytes % (1L << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    if (bytes != 0 && bytes % (1L << 10) == 0) {
      return (bytes >> 10) + "KiB";
    }
    return bytes + "B";
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not a size; write a whole number and a unit, such as \"64KiB\"");
  }
}
