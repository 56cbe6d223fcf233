package dev.selvedge.edge.waf.body;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259) to named values: {@code json.a.b}, {@code json.a.array_0}, as libmodsecurity 3
 * names them.
 *
 * <p>An own small parser rather than a library's, because values must come out byte for byte as
 * sent: numbers as written, invalid UTF-8 refused but never replaced, no interning of hostile keys,
 * and the depth bound without recursion in foreign code. Not thread-safe: one instance reads one
 * body.
 */
public final class JsonBody {
  /**
   * Bytes that all names together may have beyond those of the body: each value is named by all
   * keys above it, so that one long key over many values would fill any memory.
   */
  private static final int NAMES_SPARE = 256 << 10;

  private static final byte[] EMPTY_KEY = Bytes.of("empty-key");

  private final byte[] in;
  private final int depthMax;
  private final FieldSink sink;
  private final ByteOutput path = new ByteOutput(64);
  private int at;
  private long nameBytes;
  private boolean full;

  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1;

    Broken(String message) {
      super(message, null, false, false);
    }
  }

  private JsonBody(byte[] in, int depthMax, FieldSink sink) {
    this.in = in;
    this.depthMax = depthMax;
    this.sink = sink;
    path.add(Bytes.of("json"));
  }

  /**
   * Parses a body; returns what is wrong with it, or null. Values before the error are reported.
   */
  public static @Nullable String parse(byte[] in, int depthMax, FieldSink sink) {
    JsonBody body = new JsonBody(in, depthMax, sink);
    try {
      body.space();
      if (body.at < in.length) {
        body.value(0);
        body.space();
        if (body.at < in.length) {
          return "trailing garbage";
        }
        if (body.full) {
          return "too many arguments";
        }
      } else {
        return "premature EOF";
      }
      return null;
    } catch (Broken e) {
      return e.getMessage();
    }
  }

  private void value(int depth) throws Broken {
    if (full) {
      throw new Broken("too many arguments");
    }
    switch (peek()) {
      case '{' -> object(depth + 1);
      case '[' -> array(depth + 1);
      case '"' -> emit(string());
      case 't' -> word("true", Bytes.of("true"));
      case 'f' -> word("false", Bytes.of("false"));
      case 'n' -> word("null", Bytes.EMPTY);
      default -> emit(number());
    }
  }

  private void object(int depth) throws Broken {
    enter(depth);
    at++;
    space();
    if (peek() == '}') {
      at++;
      return;
    }
    int base = path.size();
    while (true) {
      if (peek() != '"') {
        throw new Broken("invalid object key (must be a string)");
      }
      byte[] key = string();
      space();
      expect(':', "object key and value must be separated by a colon (':')");
      space();
      path.add('.').add(key.length == 0 ? EMPTY_KEY : key);
      value(depth);
      path.truncate(base);
      space();
      if (peek() == '}') {
        at++;
        return;
      }
      expect(',', "after key and value, inside map, I expect ',' or '}'");
      space();
    }
  }

  private void array(int depth) throws Broken {
    enter(depth);
    at++;
    space();
    if (peek() == ']') {
      at++;
      return;
    }
    int base = path.size();
    for (int index = 0; ; index++) {
      path.add(Bytes.of(".array_")).add(Bytes.of(index));
      value(depth);
      path.truncate(base);
      space();
      if (peek() == ']') {
        at++;
        return;
      }
      expect(',', "after array element, I expect ',' or ']'");
      space();
    }
  }

  private void enter(int depth) throws Broken {
    if (depth > depthMax) {
      throw new Broken("JSON depth limit exceeded");
    }
  }

  private void emit(byte[] value) throws Broken {
    nameBytes += path.size();
    if (nameBytes > NAMES_SPARE + (long) in.length) {
      throw new Broken("names of arguments are too long");
    }
    full |= !sink.field(path.toBytes(), value);
  }

  private void word(String word, byte[] value) throws Broken {
    if (!Bytes.regionEquals(in, at, Bytes.of(word))) {
      throw new Broken("invalid string in json text.");
    }
    at += word.length();
    emit(value);
  }

  private byte[] number() throws Broken {
    int from = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (at < in.length && in[at] == '.') {
      at++;
      digits();
    }
    if (at < in.length && (in[at] | 32) == 'e') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    return Bytes.slice(in, from, at);
  }

  private void digits() throws Broken {
    if (!Bytes.isDigit(peek())) {
      throw new Broken("invalid char in json text.");
    }
    while (at < in.length && Bytes.isDigit(in[at])) {
      at++;
    }
  }

  private byte[] string() throws Broken {
    int from = ++at;
    while (peek() != '"' && peek() != '\\') {
      checkChar();
    }
    if (in[at] == '"') {
      return Bytes.slice(in, from, at++);
    }
    ByteOutput out = new ByteOutput(at - from + 32).add(in, from, at);
    while (peek() != '"') {
      if (in[at] == '\\') {
        escape(out);
      } else {
        int start = at;
        checkChar();
        out.add(in, start, at);
      }
    }
    at++;
    return out.toBytes();
  }

  /** Moves over one character and refuses control characters and broken UTF-8. */
  private void checkChar() throws Broken {
    int c = in[at] & 0xFF;
    if (c < 0x20) {
      throw new Broken("invalid character inside string.");
    }
    int more = c < 0x80 ? 0 : (c & 0xE0) == 0xC0 ? 1 : (c & 0xF0) == 0xE0 ? 2 : 3;
    if (c >= 0x80 && (c < 0xC0 || c > 0xF7)) {
      throw new Broken("invalid bytes in UTF8 string.");
    }
    at++;
    for (int i = 0; i < more; i++) {
      if ((peek() & 0xC0) != 0x80) {
        throw new Broken("invalid bytes in UTF8 string.");
      }
      at++;
    }
  }

  private void escape(ByteOutput out) throws Broken {
    at++;
    int c = peek();
    at++;
    switch (c) {
      case '"', '\\', '/' -> out.add(c);
      case 'b' -> out.add('\b');
      case 'f' -> out.add('\f');
      case 'n' -> out.add('\n');
      case 'r' -> out.add('\r');
      case 't' -> out.add('\t');
      case 'u' -> unicode(out);
      default ->
          throw new Broken("inside a string, '\\' occurs before a character which it may not.");
    }
  }

  private void unicode(ByteOutput out) throws Broken {
    int code = quad();
    if (code >= 0xD800 && code < 0xDC00) {
      int high = at;
      boolean escape = at + 1 < in.length && in[at] == '\\' && in[at + 1] == 'u';
      at += escape ? 2 : 0;
      int low = escape ? quad() : 0;
      if (low < 0xDC00 || low > 0xDFFF) {
        at = high; // alone: what follows stands for itself, as servers read it
        out.add('?');
        return;
      }
      code = ((code & 0x3F) << 10 | ((code >> 6 & 0xF) + 1) << 16 | (low & 0x3FF));
    }
    utf8(code, out);
  }

  private int quad() throws Broken {
    for (int i = 0; i < 4; i++) {
      if (at + i >= in.length || !Bytes.isHex(in[at + i])) {
        throw new Broken("invalid (non-hex) character occurs after '\\u' inside string.");
      }
    }
    int code = Bytes.hexQuad(in, at);
    at += 4;
    return code;
  }

  private static void utf8(int code, ByteOutput out) {
    if (code < 0x80) {
      out.add(code);
    } else if (code < 0x800) {
      out.add(0xC0 | code >> 6).add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      out.add(0xE0 | code >> 12).add(0x80 | (code >> 6 & 0x3F)).add(0x80 | (code & 0x3F));
    } else {
      out.add(0xF0 | code >> 18).add(0x80 | (code >> 12 & 0x3F));
      out.add(0x80 | (code >> 6 & 0x3F)).add(0x80 | (code & 0x3F));
    }
  }

  private void expect(int c, String message) throws Broken {
    if (peek() != c) {
      throw new Broken(message);
    }
    at++;
  }

  private int peek() throws Broken {
    if (at >= in.length) {
      throw new Broken("premature EOF");
    }
    return in[at];
  }

  private void space() {
    while (at < in.length && (in[at] == ' ' || (in[at] >= 9 && in[at] <= 13))) {
      at++;
    }
  }
}
