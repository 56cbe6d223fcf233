package dev.selvedge.edge.waf.injection;

/**
 * The sequences of up to five token kinds that, in libinjection's experience, only attacks make.
 *
 * <p>Five bits a kind make a sequence one {@code int}; an open hash of 16,384 places holds the
 * 8,367 of them. The table knows no difference between a data type and a Transact-SQL word.
 * Immutable.
 */
final class SqlFingerprints {
  private static final int HASH_BITS = 14;
  private static final int MASK = (1 << HASH_BITS) - 1;
  private static final int[] CODES = new int[1 << HASH_BITS];

  static {
    for (String line : Tables.lines("sql-fingerprints.txt")) {
      String[] parts = line.split(" ", -1);
      for (int i = 1; i < parts.length; i++) {
        put(code(parts[0] + (parts[i].equals("-") ? "" : parts[i])));
      }
    }
  }

  private SqlFingerprints() {}

  /** The code of a sequence and one more kind; the code of the empty sequence is 0. */
  static int append(int code, int kind) {
    return (code << 5) | (kind == Kind.TSQL ? Kind.TYPE : kind);
  }

  /** Whether a sequence, coded by {@link #append}, is one of the table. */
  static boolean contains(int code) {
    int place = place(code);
    while (CODES[place] != 0) {
      if (CODES[place] == code) {
        return true;
      }
      place = (place + 1) & MASK;
    }
    return false;
  }

  /** The code of a sequence written in the table's upper-case letters. */
  static int code(String letters) {
    int code = 0;
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      int kind = Kind.of(letter);
      code = append(code, kind >= 0 ? kind : Kind.of(Character.toLowerCase(letter)));
    }
    return code;
  }

  private static void put(int code) {
    int place = place(code);
    while (CODES[place] != 0) {
      place = (place + 1) & MASK;
    }
    CODES[place] = code;
  }

  private static int place(int code) {
    return (code * 0x9E3779B9) >>> (32 - HASH_BITS);
  }
}
