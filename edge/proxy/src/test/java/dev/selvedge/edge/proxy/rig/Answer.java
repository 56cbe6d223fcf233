package dev.selvedge.edge.proxy.rig;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One response as a client saw it.
 *
 * @param fields lines as received, {@code name: value}
 */
public record Answer(int status, List<String> fields, byte[] body) {

  /** The value of the first field of that name, or null. */
  public @Nullable String field(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    for (String line : fields) {
      if (line.toLowerCase(Locale.ROOT).startsWith(prefix)) {
        return line.substring(prefix.length()).strip();
      }
    }
    return null;
  }

  public String text() {
    return new String(body, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** The code of a problem document, or the empty text. */
  public String code() {
    String text = text();
    int at = text.indexOf("\"code\":\"");
    return at < 0 ? "" : text.substring(at + 8, text.indexOf('"', at + 8));
  }
}
