package dev.selvedge.edge.proxy.service.answer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Builds the value of a Location field from parts of a request without letting the client choose
 * the host or write a field of its own.
 *
 * <p>Every byte outside the characters that RFC 3986 gives the part is percent-encoded: line ends,
 * spaces and other controls cannot get through, and neither can the backslash, which browsers read
 * as a slash ({@code /\evil.example} would leave the site). Escapes that are already there stay.
 * Not thread-safe.
 */
public final class Location {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final boolean[] COMPONENT = safe("-._~/");
  private static final boolean[] PATH = safe("-._~/!$&'()*+,;=:@%");
  private static final boolean[] QUERY = safe("-._~/!$&'()*+,;=:@%?");

  private final StringBuilder text = new StringBuilder(128);

  /** Adds text of ours, as it is. */
  public Location literal(String ours) {
    text.append(ours);
    return this;
  }

  /** Adds a path that is percent-encoded already; several slashes at its front become one. */
  public Location path(byte[] bytes, int start, int length) {
    int from = start;
    int end = start + length;
    while (from + 1 < end && bytes[from] == '/' && bytes[from + 1] == '/') {
      from++;
    }
    return encode(bytes, from, end, PATH);
  }

  /** Adds one name of a path, not encoded yet. */
  public Location segment(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return encode(bytes, 0, bytes.length, COMPONENT);
  }

  /** Adds a query as sent. */
  public Location query(byte[] bytes, int start, int length) {
    return encode(bytes, start, start + length, QUERY);
  }

  /** Adds bytes as one value inside a query: nothing in them separates parameters. */
  public Location component(byte[] bytes, int start, int length) {
    return encode(bytes, start, start + length, COMPONENT);
  }

  private Location encode(byte[] bytes, int start, int end, boolean[] safe) {
    for (int i = start; i < end; i++) {
      int b = bytes[i] & 0xFF;
      if (safe[b]) {
        text.append((char) b);
      } else {
        text.append('%').append(HEX.toHexDigits((byte) b));
      }
    }
    return this;
  }

  /** The value so far. */
  public String value() {
    return text.toString();
  }

  /** The value so far as a path of this host: several slashes at its front become one. */
  public String pathValue() {
    int from = 0;
    while (from + 1 < text.length() && text.charAt(from) == '/' && text.charAt(from + 1) == '/') {
      from++;
    }
    return text.substring(from);
  }

  private static boolean[] safe(String marks) {
    boolean[] safe = new boolean[256];
    Arrays.fill(safe, '0', '9' + 1, true);
    Arrays.fill(safe, 'A', 'Z' + 1, true);
    Arrays.fill(safe, 'a', 'z' + 1, true);
    for (int i = 0; i < marks.length(); i++) {
      safe[marks.charAt(i)] = true;
    }
    return safe;
  }
}
