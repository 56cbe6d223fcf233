package dev.selvedge.edge.waf.injection;

import java.nio.charset.StandardCharsets;

/**
 * Short sequences that attacks make, but so does ordinary text: the cases in which a value with a
 * listed fingerprint is let go.
 *
 * <p>Some cases look at the value, not at the tokens, because folding has hidden what stood there;
 * a byte beyond the value's end counts as NUL. Bytes above 0x7F compare as negative, hence as
 * blanks. Stateless.
 */
final class FalsePositives {
  /** SQL Server leaves statements with this comment out of its audit log. */
  private static final byte[] AUDIT_EVASION = "sp_password".getBytes(StandardCharsets.US_ASCII);

  private FalsePositives() {}

  /**
   * Whether a value is let go.
   *
   * @param tokens the folded tokens, which make a listed fingerprint
   * @param read how many tokens were read before folding
   */
  static boolean contains(SqlFolder folder, int tokens, int read, byte[] s, int off, int len) {
    boolean harmless =
        switch (tokens) {
          case 2 -> pair(folder.token(0), folder.token(1), read, s, off, off + len);
          case 3 -> triple(folder.token(0), folder.token(1), folder.token(2), read);
          default -> false;
        };
    return harmless
        && !(folder.token(tokens - 1).kind == Kind.COMMENT && holdsAuditEvasion(s, off, off + len));
  }

  private static boolean pair(SqlToken a, SqlToken b, int read, byte[] s, int off, int end) {
    if (b.kind == Kind.UNION) {
      return read == 2;
    }
    byte sign = b.byteAt(0);
    if (sign == '#') {
      return true;
    }
    if (b.kind == Kind.COMMENT) {
      if (a.kind == Kind.BAREWORD && sign != '/') {
        return true;
      }
      if (a.kind == Kind.NUMBER) {
        return sign != '/' && read <= 2 && !numberEndsAt(s, off + a.length, end);
      }
    }
    return b.length > 2 && sign == '-';
  }

  /** Whether a number is one and not the start of an identifier that only looks like it. */
  private static boolean numberEndsAt(byte[] s, int at, int end) {
    byte next = at < end ? s[at] : 0;
    byte afterNext = at + 1 < end ? s[at + 1] : 0;
    return next <= ' ' || (next == '/' && afterNext == '*') || (next == '-' && afterNext == '-');
  }

  private static boolean triple(SqlToken a, SqlToken b, SqlToken c, int read) {
    if (a.kind == Kind.STRING && c.kind == Kind.STRING) {
      if (b.kind == Kind.OPERATOR || b.kind == Kind.LOGIC) {
        boolean opensAndEndsOutside = a.opened == 0 && c.closed == 0 && a.closed == c.opened;
        return !opensAndEndsOutside;
      }
    }
    if (b.kind == Kind.LOGIC && isPlainComparison(a.kind, c.kind)) {
      return read == 3;
    }
    return b.kind == Kind.KEYWORD && (b.length < 5 || !b.startsWith("INTO"));
  }

  private static boolean isPlainComparison(int a, int c) {
    return switch (a) {
      case Kind.STRING -> c == Kind.BAREWORD;
      case Kind.BAREWORD -> c == Kind.NUMBER;
      case Kind.NUMBER -> c == Kind.NUMBER || c == Kind.VARIABLE || c == Kind.STRING;
      default -> false;
    };
  }

  private static boolean holdsAuditEvasion(byte[] s, int off, int end) {
    int last = end - AUDIT_EVASION.length;
    for (int at = off; at <= last; at++) {
      int same = 0;
      while (same < AUDIT_EVASION.length && s[at + same] == AUDIT_EVASION[same]) {
        same++;
      }
      if (same == AUDIT_EVASION.length) {
        return true;
      }
    }
    return false;
  }
}
