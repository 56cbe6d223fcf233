package dev.selvedge.edge.waf.body;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Takes the boundary out of a multipart Content-Type, more strictly than RFC 2046 asks, because
 * backends disagree over everything unusual here. Immutable.
 *
 * @param value the boundary; null where there is none to trust
 * @param error why, in libmodsecurity's words; null where all is well
 */
record Boundary(@Nullable String value, @Nullable String error) {
  private static final String TYPE = "multipart/form-data";
  private static final String WORD = "boundary";
  private static final int HEADER_MAX = 1024;

  static Boundary parse(byte[] contentType, MultipartFlags flags) {
    String header = Bytes.text(contentType);
    String lower = header.toLowerCase(Locale.ROOT);
    if (header.isEmpty()) {
      return bad("Content-Type header not available.");
    }
    if (header.length() > HEADER_MAX) {
      return bad("Invalid boundary in C-T (length).");
    }
    if (!lower.startsWith(TYPE)) {
      return bad("Invalid MIME type.");
    }
    if (parameters(lower) > 1) {
      return bad("Multiple boundary parameters in C-T.");
    }
    int start = header.indexOf(WORD);
    if (start < 0) {
      return bad(
          lower.contains(WORD)
              ? "Invalid boundary in C-T (case sensitivity)."
              : "Boundary not found in C-T.");
    }
    boolean semicolon = false;
    for (char c : header.substring(TYPE.length(), start).toCharArray()) {
      if (c == ';' && !semicolon) {
        semicolon = true;
      } else if (!Bytes.isSpace(c)) {
        return bad("Invalid boundary in C-T (malformed).");
      }
    }
    flags.missingSemicolon = !semicolon;
    return value(header, start + WORD.length(), flags);
  }

  private static Boundary value(String header, int nameEnd, MultipartFlags flags) {
    int equals = header.indexOf('=', nameEnd);
    if (equals < 0) {
      return bad("Invalid boundary in C-T (malformed).");
    }
    for (char c : header.substring(nameEnd, equals).toCharArray()) {
      if (!Bytes.isSpace(c)) {
        return bad("Invalid boundary in C-T (parameter name).");
      }
      flags.boundaryWhitespace = true;
    }
    String value = header.substring(equals + 1);
    if (!value.isEmpty() && Bytes.isSpace(value.charAt(0))) {
      flags.boundaryWhitespace = true;
      value = value.stripLeading();
    }
    boolean opens = value.startsWith("\"");
    boolean closes = value.endsWith("\"");
    if (value.length() >= 2 && opens && closes) {
      flags.boundaryQuoted = true;
      value = value.substring(1, value.length() - 1);
    } else if (opens || closes) {
      return bad("Invalid boundary in C-T (quote).");
    } else {
      value = withoutParameter(value);
    }
    if (value.isEmpty()) {
      return bad("Invalid boundary in C-T (empty).");
    }
    return valid(value) ? new Boundary(value, null) : bad("Invalid boundary in C-T (characters).");
  }

  /** A parameter after the boundary is not allowed, but tolerated. */
  private static String withoutParameter(String value) {
    int semicolon = value.indexOf(';');
    return semicolon < 0 ? value : value.substring(0, semicolon);
  }

  private static int parameters(String lower) {
    int count = 0;
    for (int at = lower.indexOf(WORD); at >= 0; at = lower.indexOf(WORD, at + 1)) {
      int end = at + WORD.length();
      while (end < lower.length() && Bytes.isSpace(lower.charAt(end))) {
        end++;
      }
      if (end < lower.length() && lower.charAt(end) == '=') {
        count++;
      }
    }
    return count;
  }

  /** The characters of RFC 2046, section 5.1.1; a space may not be last. */
  private static boolean valid(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean inner = c == ' ' && i + 1 < value.length();
      if (!inner && !Bytes.isAlnum(c) && "'()+_,-./:=?".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static Boundary bad(String reason) {
    return new Boundary(null, "Multipart: " + reason);
  }
}
