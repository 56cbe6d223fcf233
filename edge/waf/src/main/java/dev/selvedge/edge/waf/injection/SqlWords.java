package dev.selvedge.edge.waf.injection;

import java.nio.charset.StandardCharsets;

/**
 * The words and phrases that SQL dialects know, found by bytes without regard to case.
 *
 * <p>An open hash of 4,096 places for about 1,000 words. The hash is a rolling one ({@link #step}),
 * so a tokenizer has it at every byte of a word for the price of one multiplication. What is found
 * is one {@code int}: the kind, and whether the word starts a longer phrase. Immutable.
 */
final class SqlWords {
  /** What {@link #find} answers for a word that is not there. */
  static final int UNKNOWN = 0;

  private static final int PHRASE = 1 << 8;
  private static final int HASH_BITS = 12;
  private static final int MASK = (1 << HASH_BITS) - 1;
  private static final int[] HASHES = new int[1 << HASH_BITS];

  /** What is known of the word at each place, 0 where there is none. */
  private static final int[] WORDS = new int[1 << HASH_BITS];

  private static final byte[][] TEXTS = new byte[1 << HASH_BITS][];

  static {
    for (String line : Tables.lines("sql-words.txt")) {
      int kind = Kind.of(line.charAt(0));
      for (String word : line.substring(2).split(",", -1)) {
        put(word, kind);
        for (int i = word.indexOf(' '); i >= 0; i = word.indexOf(' ', i + 1)) {
          put(word.substring(0, i), PHRASE);
        }
      }
    }
  }

  private SqlWords() {}

  private static void put(String word, int what) {
    byte[] text = word.getBytes(StandardCharsets.ISO_8859_1);
    int hash = hash(text, 0, text.length);
    int place = place(hash);
    while (WORDS[place] != 0 && !matches(place, hash, text, 0, text.length)) {
      place = (place + 1) & MASK;
    }
    TEXTS[place] = text;
    HASHES[place] = hash;
    WORDS[place] |= what;
  }

  static byte upper(byte b) {
    return b >= 'a' && b <= 'z' ? (byte) (b - 32) : b;
  }

  /** The hash of a word and one more byte; both cases of a letter step alike. */
  static int step(int hash, byte b) {
    return hash * 31 + (b & ~0x20);
  }

  static int find(byte[] s, int at, int length) {
    return find(s, at, length, hash(s, at, length));
  }

  /** What is known of a word of at least one byte whose hash is given. */
  static int find(byte[] s, int at, int length, int hash) {
    int place = place(hash);
    while (WORDS[place] != 0) {
      if (matches(place, hash, s, at, length)) {
        return WORDS[place];
      }
      place = (place + 1) & MASK;
    }
    return UNKNOWN;
  }

  /** The kind of what was found; {@link Kind#NONE} also for the mere start of a phrase. */
  static int kind(int word) {
    return word & (PHRASE - 1);
  }

  static boolean startsPhrase(int word) {
    return (word & PHRASE) != 0;
  }

  private static int hash(byte[] s, int at, int length) {
    int hash = 0;
    for (int i = at; i < at + length; i++) {
      hash = step(hash, s[i]);
    }
    return hash;
  }

  private static int place(int hash) {
    return (hash * 0x9E3779B9) >>> (32 - HASH_BITS);
  }

  private static boolean matches(int place, int hash, byte[] s, int at, int length) {
    if (HASHES[place] != hash) {
      return false;
    }
    byte[] text = TEXTS[place];
    if (text.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (upper(s[at + i]) != text[i]) {
        return false;
      }
    }
    return true;
  }
}
