package dev.selvedge.edge.waf.body;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.transform.UrlCoding;

/**
 * Query strings and urlencoded bodies: split at the separator, then at the first =, then decoded.
 *
 * <p>Broken escapes stay as they are and are reported. Immutable.
 */
public final class Urlencoded {
  private Urlencoded() {}

  /**
   * Parses all of {@code in}.
   *
   * @return whether an escape was broken
   */
  public static boolean parse(byte[] in, byte separator, FieldSink sink) {
    boolean broken = false;
    int at = 0;
    while (at < in.length) {
      int end = Bytes.indexOf(in, separator, at, in.length);
      int to = end < 0 ? in.length : end;
      int equals = Bytes.indexOf(in, '=', at, to);
      byte[] name = Bytes.slice(in, at, equals < 0 ? to : equals);
      byte[] value = equals < 0 ? Bytes.EMPTY : Bytes.slice(in, equals + 1, to);
      broken |= broken(name) || broken(value);
      if (!sink.field(UrlCoding.decode(name), UrlCoding.decode(value))) {
        return broken;
      }
      at = to + 1;
    }
    return broken;
  }

  private static boolean broken(byte[] b) {
    for (int i = 0; i < b.length; i++) {
      if (b[i] == '%') {
        if (i + 2 >= b.length || !Bytes.isHex(b[i + 1]) || !Bytes.isHex(b[i + 2])) {
          return true;
        }
        i += 2;
      }
    }
    return false;
  }
}
