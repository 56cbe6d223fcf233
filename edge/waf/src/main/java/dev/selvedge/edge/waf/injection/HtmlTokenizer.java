package dev.selvedge.edge.waf.injection;

/**
 * Cuts a value into tokens of markup as lenient browsers do, beginning in one of the places of a
 * page where a value might stand.
 *
 * <p>A loop over states that follows HTML's tokenizer (HTML standard, section 13.2.5) with the
 * leniencies of old browsers that libinjection knows: NUL inside names, comments between percent
 * signs, backticks as quotes. Some oddities decide verdicts and are kept: an empty closing tag
 * makes the next tag a closing one, and byte 0xFF before an attribute ends the value. Linear, no
 * recursion. Not thread-safe.
 */
final class HtmlTokenizer {
  /** Where in a page the value stands. Immutable. */
  enum Place {
    TEXT(DATA),
    TAG(BEFORE_NAME),
    SINGLE_QUOTED(SINGLE),
    DOUBLE_QUOTED(DOUBLE),
    BACK_QUOTED(BACK);

    private final int state;

    Place(int state) {
      this.state = state;
    }
  }

  private static final int END = 0;
  private static final int DATA = 1;
  private static final int TAG_OPEN = 2;
  private static final int CLOSING_TAG_OPEN = 3;
  private static final int TAG_NAME = 4;
  private static final int TAG_END = 5;
  private static final int BEFORE_NAME = 6;
  private static final int NAME = 7;
  private static final int AFTER_NAME = 8;
  private static final int BEFORE_VALUE = 9;
  private static final int UNQUOTED = 10;
  private static final int SINGLE = 11;
  private static final int DOUBLE = 12;
  private static final int BACK = 13;
  private static final int AFTER_QUOTED = 14;
  private static final int SELF_CLOSING = 15;
  private static final int DECLARATION = 16;
  private static final int BOGUS_COMMENT = 17;
  private static final int PERCENT_COMMENT = 18;
  private static final int COMMENT = 19;
  private static final int CDATA = 20;
  private static final int DOCTYPE = 21;

  private static final String DOCTYPE_NAME = "DOCTYPE";
  private static final String CDATA_NAME = "[CDATA[";
  private static final byte[] NOTHING = {};
  private static final int EOF = -1;

  private byte[] s = NOTHING;
  private int start;
  private int end;
  private int pos;
  private int state;
  private boolean closing;

  private HtmlToken kind = HtmlToken.DATA_TEXT;
  private int tokenStart;
  private int tokenLength;

  void begin(byte[] value, int offset, int length, Place place) {
    s = value;
    start = offset;
    end = offset + length;
    pos = offset;
    state = place.state;
    closing = false;
  }

  /** Lets go of the value. */
  void release() {
    s = NOTHING;
    start = end = pos = 0;
    state = END;
  }

  HtmlToken kind() {
    return kind;
  }

  int tokenStart() {
    return tokenStart;
  }

  int tokenLength() {
    return tokenLength;
  }

  /** Moves to the next token; false at the end. */
  boolean next() {
    while (state != END) {
      if (step()) {
        return true;
      }
    }
    return false;
  }

  /** One state: emits a token, or moves to another state. */
  private boolean step() {
    return switch (state) {
      case DATA -> data();
      case TAG_OPEN -> tagOpen();
      case CLOSING_TAG_OPEN -> closingTagOpen();
      case TAG_NAME -> tagName();
      case TAG_END -> tagEnd();
      case BEFORE_NAME -> beforeName();
      case NAME -> name();
      case AFTER_NAME -> afterName();
      case BEFORE_VALUE -> beforeValue();
      case UNQUOTED -> unquoted();
      case SINGLE -> quoted((byte) '\'');
      case DOUBLE -> quoted((byte) '"');
      case BACK -> quoted((byte) '`');
      case AFTER_QUOTED -> afterQuoted();
      case SELF_CLOSING -> selfClosing();
      case DECLARATION -> declaration();
      case BOGUS_COMMENT -> bogusComment();
      case PERCENT_COMMENT -> percentComment();
      case COMMENT -> comment();
      case CDATA -> cdata();
      case DOCTYPE -> doctype();
      default -> throw new IllegalStateException("state " + state);
    };
  }

  private boolean emit(HtmlToken what, int to, int after, int next) {
    kind = what;
    tokenStart = pos;
    tokenLength = to - pos;
    pos = after;
    state = next;
    return true;
  }

  private boolean emitRest(HtmlToken what) {
    return emit(what, end, end, END);
  }

  private boolean go(int next) {
    state = next;
    return false;
  }

  private boolean skipTo(int next) {
    pos++;
    state = next;
    return false;
  }

  private static boolean isWhite(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r') || b == 0;
  }

  private static boolean isLetter(byte b) {
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'z';
  }

  /** The next byte that is no blank, signed; {@link #EOF} at the end, which 0xFF also reads as. */
  private int skipWhite() {
    while (pos < end && isWhite(s[pos])) {
      pos++;
    }
    return pos < end ? s[pos] : EOF;
  }

  private boolean data() {
    int open = SqlBytes.indexOf(s, pos, end, (byte) '<');
    if (open < 0) {
      return pos < end ? emitRest(HtmlToken.DATA_TEXT) : go(END);
    }
    if (open > pos) {
      return emit(HtmlToken.DATA_TEXT, open, open + 1, TAG_OPEN);
    }
    return skipTo(TAG_OPEN);
  }

  private boolean tagOpen() {
    if (pos >= end) {
      return go(END);
    }
    byte b = s[pos];
    if (isLetter(b) || b == 0) {
      return go(TAG_NAME);
    }
    return switch (b) {
      case '!' -> skipTo(DECLARATION);
      case '?' -> skipTo(BOGUS_COMMENT);
      case '%' -> skipTo(PERCENT_COMMENT);
      case '/' -> {
        closing = true;
        yield skipTo(CLOSING_TAG_OPEN);
      }
      default -> {
        pos--;
        yield emit(HtmlToken.DATA_TEXT, pos + 1, pos + 1, DATA);
      }
    };
  }

  private boolean closingTagOpen() {
    if (pos >= end) {
      return go(END);
    }
    if (s[pos] == '>') {
      return go(DATA);
    }
    if (isLetter(s[pos])) {
      return go(TAG_NAME);
    }
    closing = false;
    return go(BOGUS_COMMENT);
  }

  private boolean tagName() {
    for (int at = pos; at < end; at++) {
      byte b = s[at];
      if (b > '>') {
        continue;
      }
      if (b == '>') {
        if (!closing) {
          return emit(HtmlToken.TAG_NAME_OPEN, at, at, TAG_END);
        }
        closing = false;
        return emit(HtmlToken.TAG_CLOSE, at, at + 1, DATA);
      }
      if (b == '/') {
        return emit(HtmlToken.TAG_NAME_OPEN, at, at + 1, SELF_CLOSING);
      }
      if (b != 0 && isWhite(b)) {
        return emit(HtmlToken.TAG_NAME_OPEN, at, at + 1, BEFORE_NAME);
      }
    }
    return emitRest(HtmlToken.TAG_NAME_OPEN);
  }

  private boolean tagEnd() {
    closing = false;
    return emit(HtmlToken.TAG_NAME_CLOSE, pos + 1, pos + 1, DATA);
  }

  private boolean beforeName() {
    return switch (skipWhite()) {
      case EOF -> go(END);
      case '/' -> skipTo(SELF_CLOSING);
      case '>' -> emit(HtmlToken.TAG_NAME_CLOSE, pos + 1, pos + 1, DATA);
      default -> go(NAME);
    };
  }

  /** A name of at least one byte, whatever that byte is. */
  private boolean name() {
    for (int at = pos + 1; at < end; at++) {
      byte b = s[at];
      if (b > '>') {
        continue;
      }
      if (isWhite(b)) {
        return emit(HtmlToken.ATTR_NAME, at, at + 1, AFTER_NAME);
      }
      if (b == '/') {
        return emit(HtmlToken.ATTR_NAME, at, at + 1, SELF_CLOSING);
      }
      if (b == '=') {
        return emit(HtmlToken.ATTR_NAME, at, at + 1, BEFORE_VALUE);
      }
      if (b == '>') {
        return emit(HtmlToken.ATTR_NAME, at, at, TAG_END);
      }
    }
    return emitRest(HtmlToken.ATTR_NAME);
  }

  private boolean afterName() {
    return switch (skipWhite()) {
      case EOF -> go(END);
      case '/' -> skipTo(SELF_CLOSING);
      case '=' -> skipTo(BEFORE_VALUE);
      case '>' -> go(TAG_END);
      default -> go(NAME);
    };
  }

  private boolean beforeValue() {
    return go(
        switch (skipWhite()) {
          case EOF -> END;
          case '"' -> DOUBLE;
          case '\'' -> SINGLE;
          case '`' -> BACK;
          default -> UNQUOTED;
        });
  }

  /** The opening quote is passed over, except where the value itself stands behind it. */
  private boolean quoted(byte quote) {
    if (pos > start) {
      pos++;
    }
    int close = SqlBytes.indexOf(s, pos, end, quote);
    return close < 0
        ? emitRest(HtmlToken.ATTR_VALUE)
        : emit(HtmlToken.ATTR_VALUE, close, close + 1, AFTER_QUOTED);
  }

  private boolean unquoted() {
    for (int at = pos; at < end; at++) {
      if (isWhite(s[at])) {
        return emit(HtmlToken.ATTR_VALUE, at, at + 1, BEFORE_NAME);
      }
      if (s[at] == '>') {
        return emit(HtmlToken.ATTR_VALUE, at, at, TAG_END);
      }
    }
    return emitRest(HtmlToken.ATTR_VALUE);
  }

  private boolean afterQuoted() {
    if (pos >= end) {
      return go(END);
    }
    byte b = s[pos];
    if (b == '>') {
      return emit(HtmlToken.TAG_NAME_CLOSE, pos + 1, pos + 1, DATA);
    }
    if (b == '/') {
      return skipTo(SELF_CLOSING);
    }
    return isWhite(b) ? skipTo(BEFORE_NAME) : go(BEFORE_NAME);
  }

  private boolean selfClosing() {
    if (pos >= end) {
      return go(END);
    }
    if (s[pos] != '>') {
      return go(BEFORE_NAME);
    }
    pos--;
    return emit(HtmlToken.TAG_NAME_SELFCLOSE, pos + 2, pos + 2, DATA);
  }

  private boolean declaration() {
    if (startsWith(DOCTYPE_NAME, true)) {
      return go(DOCTYPE);
    }
    if (startsWith(CDATA_NAME, false)) {
      pos += CDATA_NAME.length();
      return go(CDATA);
    }
    if (startsWith("--", false)) {
      pos += 2;
      return go(COMMENT);
    }
    return go(BOGUS_COMMENT);
  }

  private boolean startsWith(String name, boolean anyCase) {
    if (end - pos < name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      byte b = s[pos + i];
      if ((anyCase ? SqlWords.upper(b) : b) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean bogusComment() {
    int close = SqlBytes.indexOf(s, pos, end, (byte) '>');
    return close < 0
        ? emitRest(HtmlToken.TAG_COMMENT)
        : emit(HtmlToken.TAG_COMMENT, close, close + 1, DATA);
  }

  /** A comment between percent signs, as old Internet Explorer and Safari read it. */
  private boolean percentComment() {
    int close = SqlBytes.indexOf(s, pos, end, (byte) '%', (byte) '>');
    return close < 0
        ? emitRest(HtmlToken.TAG_COMMENT)
        : emit(HtmlToken.TAG_COMMENT, close, close + 2, DATA);
  }

  /**
   * Ends at a dash, any NULs, a dash or an exclamation mark, and {@code >}. The NULs after one dash
   * are passed over for that dash only: linear.
   */
  private boolean comment() {
    int dash = SqlBytes.indexOf(s, pos, end, (byte) '-');
    while (dash >= 0 && dash <= end - 3) {
      int mark = dash + 1;
      while (mark < end && s[mark] == 0) {
        mark++;
      }
      if (mark == end) {
        break;
      }
      if (s[mark] == '-' || s[mark] == '!') {
        if (mark + 1 == end) {
          break;
        }
        if (s[mark + 1] == '>') {
          return emit(HtmlToken.TAG_COMMENT, dash, mark + 2, DATA);
        }
      }
      dash = SqlBytes.indexOf(s, dash + 1, end, (byte) '-');
    }
    return emitRest(HtmlToken.TAG_COMMENT);
  }

  private boolean cdata() {
    int close = SqlBytes.indexOf(s, pos, end, (byte) ']', (byte) ']');
    while (close >= 0 && close + 2 < end) {
      if (s[close + 2] == '>') {
        return emit(HtmlToken.DATA_TEXT, close, close + 3, DATA);
      }
      close = SqlBytes.indexOf(s, close + 1, end, (byte) ']', (byte) ']');
    }
    return emitRest(HtmlToken.DATA_TEXT);
  }

  private boolean doctype() {
    int close = SqlBytes.indexOf(s, pos, end, (byte) '>');
    return close < 0
        ? emitRest(HtmlToken.DOCTYPE)
        : emit(HtmlToken.DOCTYPE, close, close + 1, DATA);
  }
}
