package dev.selvedge.edge.waf.injection;

/**
 * The classes of bytes that occur in a value, as bits of one {@code int}, and what follows from
 * them: a value whose classes say so is never detected.
 *
 * <p>The classes of a value are the bitwise or of those of its bytes, so a caller that passes over
 * the value anyway may gather them there ({@link #of}). Immutable.
 *
 * <p><b>SQL.</b> {@link #cannotBeSql} holds in two cases, each for a reason that the tests repeat
 * over the tables. <i>Only word bytes</i>: such a value is at most two numbers and one word, and
 * the only listed sequence of that shape, a number and UNION, needs a third token to convict. <i>No
 * letter and no risky sign</i>: without letters nothing is a known word, without quotes,
 * parentheses, variables, dashes, stars, bars and ampersands all tokens are numbers, names,
 * operators, commas, colons, semicolons, dots and braces, and no listed sequence is made of those
 * alone.
 *
 * <p><b>Markup.</b> A tag, a comment or a declaration needs {@code <}; a value of an attribute
 * needs {@code =}. Without either there is nothing to convict.
 */
public final class ByteClasses {
  /** ASCII letters. */
  public static final int LETTER = 1;

  /** Digits, the underscore, and bytes above 0x7F except 0xA0. */
  public static final int OTHER_WORD = 1 << 1;

  /** Blanks, control bytes, and signs that separate words. */
  public static final int SEPARATOR = 1 << 2;

  /** Signs that quote, group, comment or name variables in SQL. */
  public static final int SQL_RISK = 1 << 3;

  public static final int SINGLE_QUOTE = 1 << 4;
  public static final int DOUBLE_QUOTE = 1 << 5;
  public static final int BACKTICK = 1 << 6;
  public static final int LESS = 1 << 7;
  public static final int EQUALS = 1 << 8;

  private static final String RISKY = "'\"`$()@#&|-*";
  private static final short[] CLASSES = new short[256];

  static {
    for (int b = 0; b < 256; b++) {
      CLASSES[b] = (short) classify(b);
    }
    CLASSES['\''] |= SINGLE_QUOTE;
    CLASSES['"'] |= DOUBLE_QUOTE;
    CLASSES['`'] |= BACKTICK;
    CLASSES['<'] |= LESS;
    CLASSES['='] |= EQUALS;
  }

  private ByteClasses() {}

  private static int classify(int b) {
    int lower = b | 0x20;
    if (lower >= 'a' && lower <= 'z') {
      return LETTER;
    }
    if ((b >= '0' && b <= '9') || b == '_' || (b > 0x7F && b != 0xA0)) {
      return OTHER_WORD;
    }
    return RISKY.indexOf(b) >= 0 ? SQL_RISK : SEPARATOR;
  }

  /** The classes of one byte. */
  public static int of(byte b) {
    return CLASSES[b & 0xFF];
  }

  /** The classes that occur in a value; 0 for the empty one. */
  public static int in(byte[] s, int off, int len) {
    int classes = 0;
    for (int i = off; i < off + len; i++) {
      classes |= CLASSES[s[i] & 0xFF];
    }
    return classes;
  }

  /** Whether no value of these classes is SQL injection. */
  public static boolean cannotBeSql(int classes) {
    int both = LETTER | SEPARATOR;
    return (classes & SQL_RISK) == 0 && (classes & both) != both;
  }

  /** Whether no value of these classes is cross-site scripting. */
  public static boolean cannotBeXss(int classes) {
    return (classes & (LESS | EQUALS)) == 0;
  }
}
