package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.schema.Spot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one form in which a path is compared: dot segments removed, percent-encoded unreserved
 * characters decoded, hex in upper case (RFC 3986, 6.2.2). Encoded slashes, empty segments and
 * {@code ;} stay. A route's path in any other form could never match.
 */
public final class PathForm {

  private static final String UNRESERVED_MARKS = "-._~";

  private PathForm() {}

  public static @Nullable String read(String text, Spot spot) {
    if (!text.startsWith("/")) {
      @Nullable String meant = decoded("/" + text);
      return spot.refuse(
          "a path begins with /, not as \"" + text + "\"",
          meant == null ? null : withoutDots(meant));
    }
    @Nullable String decoded = decoded(text);
    if (decoded == null) {
      return spot.refuse("\"" + text + "\" has a % without two hex digits, or a ? or # in a path");
    }
    if (text.endsWith("/*")) {
      return spot.refuse(
          "* is no wildcard in a path; a prefix is matched by path-prefix",
          "path-prefix \"" + text.substring(0, text.length() - 1) + "\"");
    }
    String normal = withoutDots(decoded);
    return normal.equals(text)
        ? text
        : spot.refuse("\"" + text + "\" is not in normal form, so it would never match", normal);
  }

  private static @Nullable String decoded(String text) {
    StringBuilder out = new StringBuilder();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      int c = bytes[i] & 0xFF;
      if (c == '?' || c == '#') {
        return null;
      }
      if (c == '%') {
        int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
        int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          return null;
        }
        c = high << 4 | low;
        i += 2;
        out.append(isUnreserved(c) ? Character.toString(c) : encoded(c));
      } else {
        out.append(c <= ' ' || c >= 0x7F ? encoded(c) : Character.toString(c));
      }
    }
    return out.toString();
  }

  private static String encoded(int c) {
    return String.format(Locale.ROOT, "%%%02X", c);
  }

  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || UNRESERVED_MARKS.indexOf(c) >= 0;
  }

  private static String withoutDots(String path) {
    List<String> out = new ArrayList<>();
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      boolean up = segments[i].equals("..");
      if (up && !out.isEmpty()) {
        out.removeLast();
      }
      if (!up && !segments[i].equals(".")) {
        out.add(segments[i]);
      } else if (last) {
        out.add("");
      }
    }
    return "/" + String.join("/", out);
  }
}
