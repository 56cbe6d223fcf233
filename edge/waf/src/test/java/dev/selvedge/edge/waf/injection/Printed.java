package dev.selvedge.edge.waf.injection;

import java.nio.charset.StandardCharsets;

/** Tokens in the notation of libinjection's unit tests, one a line. */
final class Printed {
  private Printed() {}

  static String tokens(byte[] s) {
    SqlTokenizer tokenizer = new SqlTokenizer();
    tokenizer.begin(s, 0, s.length, (byte) 0, false);
    SqlToken token = new SqlToken(tokenizer);
    StringBuilder out = new StringBuilder();
    while (tokenizer.next(token)) {
      print(token, out);
    }
    return out.toString();
  }

  static String folded(byte[] s) {
    SqlTokenizer tokenizer = new SqlTokenizer();
    tokenizer.begin(s, 0, s.length, (byte) 0, false);
    SqlFolder folder = new SqlFolder(tokenizer);
    int tokens = folder.fold();
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < tokens; i++) {
      print(folder.token(i), out);
    }
    return out.toString();
  }

  static String markup(byte[] s) {
    HtmlTokenizer tokenizer = new HtmlTokenizer();
    tokenizer.begin(s, 0, s.length, HtmlTokenizer.Place.TEXT);
    StringBuilder out = new StringBuilder();
    while (tokenizer.next()) {
      int length = tokenizer.tokenLength();
      String text = new String(s, tokenizer.tokenStart(), length, StandardCharsets.ISO_8859_1);
      out.append(tokenizer.kind()).append(',').append(length).append(',').append(text).append('\n');
    }
    return out.toString();
  }

  private static void print(SqlToken token, StringBuilder out) {
    out.append(Kind.letter(token.kind)).append(' ');
    boolean quoted = token.kind == Kind.STRING || token.kind == Kind.VARIABLE;
    if (token.kind == Kind.VARIABLE) {
      out.append("@".repeat(token.ats));
    }
    if (quoted && token.opened != 0) {
      out.append((char) token.opened);
    }
    for (int i = 0; i < token.length; i++) {
      out.append((char) (token.byteAt(i) & 0xFF));
    }
    if (quoted && token.closed != 0) {
      out.append((char) token.closed);
    }
    out.append('\n');
  }
}
