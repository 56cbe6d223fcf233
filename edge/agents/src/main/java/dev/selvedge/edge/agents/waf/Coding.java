package dev.selvedge.edge.agents.waf;

import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import java.util.Locale;

/** How a body is coded, by its {@code content-encoding} fields (RFC 9110, 8.4). Immutable. */
public sealed interface Coding {

  Coding IDENTITY = new Identity();

  /** As it is. */
  record Identity() implements Coding {}

  record Gzip() implements Coding {}

  /** The zlib format; many senders leave its frame out, which is read as well. */
  record Deflate() implements Coding {}

  /**
   * Not undone here, or more than one.
   *
   * @param name in lower case, as written
   */
  record Other(String name) implements Coding {}

  /** The coding of a head's body. */
  static Coding of(HttpHead head) {
    Coding coding = IDENTITY;
    for (int at = head.find(KnownField.CONTENT_ENCODING, 0);
        at >= 0;
        at = head.find(KnownField.CONTENT_ENCODING, at + 1)) {
      coding = and(coding, head.value(at));
    }
    return coding;
  }

  private static Coding and(Coding before, String list) {
    Coding coding = before;
    for (String part : list.split(",", -1)) {
      String name = part.strip().toLowerCase(Locale.ROOT);
      if (!name.isEmpty() && !name.equals("identity")) {
        coding = coding instanceof Identity ? named(name) : new Other("more than one");
      }
    }
    return coding;
  }

  private static Coding named(String name) {
    return switch (name) {
      case "gzip", "x-gzip" -> new Gzip();
      case "deflate" -> new Deflate();
      default -> new Other(name);
    };
  }
}
