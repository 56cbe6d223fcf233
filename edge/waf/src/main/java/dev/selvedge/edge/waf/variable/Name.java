package dev.selvedge.edge.waf.variable;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A name of a value, compared without ASCII case, its hash computed once.
 *
 * <p>Rules name the same values in each request, so their names are hashed at load. Immutable.
 */
public final class Name {
  /** How names of TX begin that the host tells: nothing is known of them at load. */
  public static final String TOLD = "host_";

  private static final int SMALL_NUMBERS = 100;
  private static final Name[] NUMBERS = new Name[SMALL_NUMBERS];

  static {
    for (int i = 0; i < SMALL_NUMBERS; i++) {
      NUMBERS[i] = of(Bytes.of(i));
    }
  }

  private final byte[] written;
  private final byte[] lower;
  private final int hash;
  private final long letters;

  private Name(byte[] written) {
    this.written = written;
    lower = Bytes.lower(written);
    hash = Bytes.hashIgnoreCase(written);
    letters = letters(lower);
  }

  /** The name; the array is kept and must not change. */
  public static Name of(byte[] written) {
    return new Name(written);
  }

  /** The decimal text of a number. */
  public static Name of(int number) {
    return number >= 0 && number < SMALL_NUMBERS ? NUMBERS[number] : of(Bytes.of(number));
  }

  /** As it was written. */
  public byte[] written() {
    return written;
  }

  /** A bit for each byte that occurs, some bytes sharing one; case makes no difference. */
  static long letters(byte[] name) {
    long letters = 0;
    for (byte b : name) {
      letters |= 1L << Bytes.lower(b);
    }
    return letters;
  }

  long letters() {
    return letters;
  }

  /** In lower case. */
  public byte[] lower() {
    return lower;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof Name name && name.hash == hash && Arrays.equals(name.lower, lower));
  }

  /** {@link Bytes#hashIgnoreCase} of the name. */
  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return Bytes.text(written);
  }
}
