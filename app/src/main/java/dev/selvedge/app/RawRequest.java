package dev.selvedge.app;

import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A request as it stands in a file or comes from a pipe, read for inspection: lenient where the
 * proxy is strict, because what is to be inspected is often an attack. Lines may end in LF alone;
 * where no field says how long the body is, all the rest is body.
 *
 * @param uri the target as sent
 * @param path in its normal form; as sent, where the proxy would refuse it
 * @param protocol as in {@code HTTP/1.1}
 * @param body without chunk framing; null for none
 */
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
record RawRequest(HttpHead head, String uri, String path, String protocol, byte[] body) {

  /** It is not a request. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /** Reads one request with its body. */
  static RawRequest parse(byte[] bytes) throws Malformed {
    Reader reader = new Reader(bytes);
    String[] words = reader.line().split(" ", -1);
    if (words.length != 3 || words[0].isEmpty() || words[1].isEmpty()) {
      throw new Malformed("the first line is not METHOD TARGET HTTP/VERSION");
    }
    HttpHead head = new HttpHead();
    byte[] method = latin1(words[0]);
    head.method(head.append(method, 0, method.length), method.length);
    byte[] target = latin1(words[1]);
    head.target(head.append(target, 0, target.length), target.length);
    for (String line = reader.line(); !line.isEmpty(); line = reader.line()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new Malformed("a field line without name: " + line);
      }
      head.addField(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new RawRequest(head, words[1], path(head, words[1]), words[2], body(head, reader));
  }

  private static String path(HttpHead head, String uri) {
    RequestTarget target = new RequestTarget();
    if (target.parse(head, false, false) == null) {
      return target.path();
    }
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private static byte[] body(HttpHead head, Reader reader) throws Malformed {
    for (int i = 0; i < head.fieldCount(); i++) {
      if (head.name(i).equals("transfer-encoding")) {
        return reader.chunks();
      }
    }
    for (int i = 0; i < head.fieldCount(); i++) {
      if (head.name(i).equals("content-length")) {
        return reader.take(number(head.value(i), 10));
      }
    }
    return reader.rest();
  }

  private static int number(String text, int radix) throws Malformed {
    try {
      return Integer.parseUnsignedInt(text.strip(), radix);
    } catch (NumberFormatException none) {
      throw new Malformed("not a length: " + text);
    }
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Not thread-safe. */
  private static final class Reader {
    private final byte[] in;
    private int at;

    Reader(byte[] in) {
      this.in = in;
    }

    String line() throws Malformed {
      int start = at;
      while (at < in.length && in[at] != '\n') {
        at++;
      }
      if (at == in.length) {
        throw new Malformed("the head ends early: there is no empty line behind it");
      }
      int end = at > start && in[at - 1] == '\r' ? at - 1 : at;
      at++;
      return new String(in, start, end - start, StandardCharsets.ISO_8859_1);
    }

    byte[] take(int length) throws Malformed {
      if (length < 0 || length > in.length - at) {
        throw new Malformed("the body has " + (in.length - at) + " bytes, not " + length);
      }
      at += length;
      return Arrays.copyOfRange(in, at - length, at);
    }

    byte[] rest() throws Malformed {
      return take(in.length - at);
    }

    byte[] chunks() throws Malformed {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      while (true) {
        int size = number(line().split(";", 2)[0], 16);
        if (size == 0) {
          return out.toByteArray();
        }
        out.writeBytes(take(size));
        line();
      }
    }
  }
}
