package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.Locale;

/**
 * Values made fit for people's eyes: cut, control bytes escaped, secrets and long digit runs
 * hidden.
 *
 * <p>Immutable.
 */
final class Excerpt {
  static final String HIDDEN = "***";

  private static final int EXCERPT_MAX = 64;
  private static final int TRACE_MAX = 80;
  private static final int DIGITS_SHOWN_MAX = 5;
  private static final String[] SECRET_NAMES = {
    "pass",
    "pwd",
    "secret",
    "token",
    "auth",
    "session",
    "cookie",
    "card",
    "cvv",
    "key",
    "credential",
    "jwt",
    "bearer"
  };

  private Excerpt() {}

  /** Whether what has this name should not be shown. */
  static boolean secret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String secret : SECRET_NAMES) {
      if (lower.contains(secret)) {
        return true;
      }
    }
    return false;
  }

  /** The value with secrets hidden; all of it where the variable's name tells of a secret. */
  static String masked(String variable, byte[] value) {
    if (secret(variable)) {
      return HIDDEN;
    }
    StringBuilder out = new StringBuilder();
    int digits = 0;
    for (int i = 0; i < value.length && i < EXCERPT_MAX; i++) {
      digits = Bytes.isDigit(value[i]) ? digits + 1 : 0;
      if (digits > DIGITS_SHOWN_MAX) {
        out.append('#');
      } else {
        escape(value[i], out);
      }
    }
    return value.length > EXCERPT_MAX ? out.append("…").toString() : out.toString();
  }

  /** For traces: at most 80 characters, other bytes as \\xHH. */
  static String shown(byte[] value) {
    StringBuilder out = new StringBuilder(value.length + 16);
    for (byte b : value) {
      if (out.length() > TRACE_MAX * 4) {
        break;
      }
      escape(b, out);
    }
    int over = out.length() - TRACE_MAX;
    if (over > 0) {
      out.setLength(TRACE_MAX);
      out.append(" (").append(value.length - TRACE_MAX).append(" characters omitted)");
    }
    return out.toString();
  }

  /** For traces of transformations, which show what bytes there are: at most 80 of them. */
  static String raw(byte[] value) {
    int over = value.length - TRACE_MAX;
    return over <= 0
        ? Bytes.text(value)
        : Bytes.text(Bytes.slice(value, 0, TRACE_MAX)) + " (" + over + " characters omitted)";
  }

  /** The whole value with control and high bytes as \\xHH. */
  static String escaped(byte[] value, int bytesMax) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length && i < bytesMax; i++) {
      escape(value[i], out);
    }
    return out.toString();
  }

  private static void escape(byte b, StringBuilder out) {
    if (b >= 32 && b < 127) {
      out.append((char) b);
    } else {
      out.append("\\x%02x".formatted(b & 0xFF));
    }
  }
}
