package dev.selvedge.edge.waf.rx;

/** A set of byte values 0–255. Immutable. */
record ByteSet(long w0, long w1, long w2, long w3) {

  static final ByteSet NONE = new ByteSet(0, 0, 0, 0);
  static final ByteSet ALL = NONE.complement();
  static final ByteSet NEWLINE = of('\n');
  static final ByteSet DIGIT = range('0', '9');
  static final ByteSet LOWER = range('a', 'z');
  static final ByteSet UPPER = range('A', 'Z');
  static final ByteSet WORD = DIGIT.or(LOWER).or(UPPER).or(of('_'));

  /** PCRE2 counts VT as space, PCRE before 8.34 did not. */
  static final ByteSet SPACE = range('\t', '\r').or(of(' '));

  static final ByteSet HORIZONTAL = of('\t').or(of(' ')).or(of(0xA0));
  static final ByteSet VERTICAL = range('\n', '\r').or(of(0x85));

  static ByteSet of(int value) {
    long bit = 1L << value;
    return switch (value >> 6) {
      case 0 -> new ByteSet(bit, 0, 0, 0);
      case 1 -> new ByteSet(0, bit, 0, 0);
      case 2 -> new ByteSet(0, 0, bit, 0);
      case 3 -> new ByteSet(0, 0, 0, bit);
      default -> throw new IllegalArgumentException("not a byte: " + value);
    };
  }

  static ByteSet range(int first, int last) {
    ByteSet set = NONE;
    for (int value = first; value <= last; value++) {
      set = set.or(of(value));
    }
    return set;
  }

  boolean contains(int value) {
    return ((word(value >> 6) >>> value) & 1) != 0;
  }

  long word(int index) {
    return switch (index) {
      case 0 -> w0;
      case 1 -> w1;
      case 2 -> w2;
      default -> w3;
    };
  }

  ByteSet or(ByteSet other) {
    return new ByteSet(w0 | other.w0, w1 | other.w1, w2 | other.w2, w3 | other.w3);
  }

  ByteSet and(ByteSet other) {
    return new ByteSet(w0 & other.w0, w1 & other.w1, w2 & other.w2, w3 & other.w3);
  }

  ByteSet complement() {
    return new ByteSet(~w0, ~w1, ~w2, ~w3);
  }

  boolean intersects(ByteSet other) {
    return !and(other).isEmpty();
  }

  boolean isEmpty() {
    return (w0 | w1 | w2 | w3) == 0;
  }

  int size() {
    return Long.bitCount(w0) + Long.bitCount(w1) + Long.bitCount(w2) + Long.bitCount(w3);
  }

  /** The smallest member, or 256 if there is none. */
  int first() {
    int value = 0;
    while (value < 256 && !contains(value)) {
      value++;
    }
    return value;
  }

  /** With the other case of every ASCII letter in it. Letters are bits 1–26 of the second word. */
  ByteSet foldCase() {
    long upper = w1 & 0x07FF_FFFEL;
    long lower = w1 & 0x07FF_FFFE_0000_0000L;
    return new ByteSet(w0, w1 | (upper << 32) | (lower >>> 32), w2, w3);
  }
}
