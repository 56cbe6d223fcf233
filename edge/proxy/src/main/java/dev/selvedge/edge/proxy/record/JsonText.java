package dev.selvedge.edge.proxy.record;

import dev.selvedge.kernel.RequestId;
import java.nio.charset.StandardCharsets;

/**
 * Text as JSON strings in plain visible ASCII: whatever a peer sent cannot end the string, forge a
 * line or move a terminal's cursor.
 *
 * <p>Everything outside 0x20–0x7E and the characters {@code " \ < > &} becomes {@code \\u00xx} (RFC
 * 8259, section 7; the last three so that a pasted line does no harm in a page). Immutable.
 */
public final class JsonText {

  private static final boolean[] PLAIN = plain();

  private JsonText() {}

  /** Whether a byte may stand in a JSON string as it is. */
  static boolean plain(int unsigned) {
    return PLAIN[unsigned];
  }

  /** The text in quotes. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    quote(text, out);
    return out.toString();
  }

  /** Appends the text in quotes. */
  public static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < PLAIN.length && PLAIN[c]) {
        out.append(c);
      } else if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else {
        byte[] hex = new byte[4];
        RequestId.hex(hex, 0, 4, c);
        out.append("\\u").append(new String(hex, StandardCharsets.US_ASCII));
      }
    }
    out.append('"');
  }

  private static boolean[] plain() {
    boolean[] plain = new boolean[256];
    for (int b = ' '; b < 0x7F; b++) {
      plain[b] = "\"\\<>&".indexOf(b) < 0;
    }
    return plain;
  }
}
