package dev.selvedge.edge.waf.injection;

/**
 * One token: its kind and at most 31 bytes of its text, kept as a place in the value.
 *
 * <p>The cut at 31 bytes is part of the algorithm: no word or phrase of the tables is longer, and a
 * few decisions look at the cut length. Only the text of joined words ("union" "all") is not a
 * place in the value; it lives in the token's own 32 bytes. Not thread-safe.
 */
final class SqlToken {
  static final int TEXT_MAX = 31;

  int kind;
  int length;

  /** The text, cut, is the start of a longer phrase of the word table. */
  boolean startsPhrase;

  /** The quote that began and ended a string, 0 where there was none. */
  byte opened;

  byte closed;

  /** How many signs {@code @} stood before a variable. */
  int ats;

  private final SqlTokenizer tokenizer;
  private int at;
  private boolean hasOwnText;
  private final byte[] joined = new byte[TEXT_MAX + 1];

  SqlToken(SqlTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  void clear() {
    kind = Kind.NONE;
    opened = 0;
    closed = 0;
    ats = 0;
  }

  void set(int newKind, int from, int uncutLength) {
    kind = newKind;
    at = from;
    hasOwnText = false;
    length = Math.min(uncutLength, TEXT_MAX);
    startsPhrase = false;
  }

  private byte[] text() {
    return hasOwnText ? joined : tokenizer.value();
  }

  void copyFrom(SqlToken other) {
    kind = other.kind;
    length = other.length;
    startsPhrase = other.startsPhrase;
    opened = other.opened;
    closed = other.closed;
    ats = other.ats;
    at = other.at;
    hasOwnText = other.hasOwnText;
    if (hasOwnText) {
      System.arraycopy(other.joined, 0, joined, 0, length);
    }
  }

  /**
   * Joins this and the next token by a blank if the result is a known phrase; then this token is
   * the phrase.
   */
  boolean join(SqlToken next) {
    int joinedLength = length + 1 + next.length;
    if (!startsPhrase || joinedLength > TEXT_MAX) {
      return false;
    }
    System.arraycopy(text(), at, joined, 0, length);
    joined[length] = ' ';
    System.arraycopy(next.text(), next.at, joined, length + 1, next.length);
    int word = SqlWords.find(joined, 0, joinedLength);
    if (SqlWords.kind(word) == Kind.NONE) {
      // The copy above left this token's text as it was, so it may stay where it is.
      return false;
    }
    kind = SqlWords.kind(word);
    startsPhrase = SqlWords.startsPhrase(word);
    at = 0;
    hasOwnText = true;
    length = joinedLength;
    return true;
  }

  /** The byte at an index of the cut text, 0 beyond it. */
  byte byteAt(int index) {
    return index < length ? text()[at + index] : 0;
  }

  /** Whether the text is a word, given in upper case. */
  boolean is(String word) {
    return length == word.length() && startsWith(word);
  }

  /** Whether the text begins with a word, given in upper case. */
  boolean startsWith(String word) {
    if (length < word.length()) {
      return false;
    }
    byte[] text = text();
    for (int i = 0; i < word.length(); i++) {
      if (SqlWords.upper(text[at + i]) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a byte stands in the text before its first NUL. */
  boolean holds(char wanted) {
    byte[] text = text();
    for (int i = 0; i < length && text[at + i] != 0; i++) {
      if (text[at + i] == wanted) {
        return true;
      }
    }
    return false;
  }

  boolean isArithmetic() {
    return kind == Kind.OPERATOR
        && length == 1
        && switch (byteAt(0)) {
          case '*', '/', '-', '+', '%' -> true;
          default -> false;
        };
  }

  /** An operator that may stand before its only operand. */
  boolean isUnary() {
    if (kind != Kind.OPERATOR) {
      return false;
    }
    return switch (length) {
      case 1 ->
          switch (byteAt(0)) {
            case '+', '-', '!', '~' -> true;
            default -> false;
          };
      case 2 -> is("!!");
      case 3 -> is("NOT");
      default -> false;
    };
  }
}
