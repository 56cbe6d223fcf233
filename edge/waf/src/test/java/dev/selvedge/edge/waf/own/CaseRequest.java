package dev.selvedge.edge.waf.own;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.variable.Fields;
import java.nio.charset.StandardCharsets;

/**
 * An ordinary exchange with one value put at one place of it.
 *
 * <p>Places: {@code arg}, {@code name} (of a parameter), {@code path}, {@code uri} (as it is),
 * {@code method}, {@code header} and {@code answer} (a field each: {@code Name: value}), {@code
 * cookie}, {@code cookiename}, {@code form}, {@code json}, {@code xml}, {@code text}, {@code
 * graphql} (bodies), {@code body} ({@code TYPE|BODY}), {@code file} ({@code NAME|CONTENT}), {@code
 * multipart} (with boundary {@code b}), {@code page} (a body of an answer), {@code raw} (a whole
 * request). Not thread-safe.
 */
final class CaseRequest {
  private static final String AGENT =
      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

  private byte[] method = Bytes.of("GET");
  private byte[] uri = Bytes.of("/search?q=shoes");
  private byte[] protocol = Bytes.of("HTTP/1.1");
  private byte[] body = Bytes.EMPTY;
  private byte[] page = Bytes.of("<p>fine</p>");
  private Fields headers = new Fields();
  private final Fields answer = new Fields();

  private CaseRequest() {
    set("Host", Bytes.of("shop.example"));
    set("User-Agent", Bytes.of(AGENT));
    set("Accept", Bytes.of("*/*"));
  }

  static CaseRequest of(String place, byte[] value) {
    CaseRequest r = new CaseRequest();
    switch (place) {
      case "arg" -> r.uri = Bytes.of("/search?q=" + encoded(value));
      case "name" -> r.uri = Bytes.of("/search?" + encoded(value) + "=1");
      case "path", "uri" -> r.uri = value;
      case "method" -> r.method = value;
      case "header" -> field(value, r::set);
      case "answer" -> field(value, (n, v) -> r.answer.add(Bytes.of(n), v));
      case "cookie" -> r.set("Cookie", join(Bytes.of("pref="), value));
      case "cookiename" -> r.set("Cookie", join(value, Bytes.of("=1")));
      case "form" -> r.body("application/x-www-form-urlencoded", value);
      case "json" -> r.body("application/json", value);
      case "xml" -> r.body("application/xml", value);
      case "text" -> r.body("text/plain", value);
      case "graphql" -> r.body("application/graphql", value);
      case "multipart" -> r.body("multipart/form-data; boundary=b", value);
      case "body" -> split(value, '|', r::body);
      case "file" -> split(value, '|', r::upload);
      case "page" -> r.page = value;
      case "raw" -> r.raw(Bytes.text(value));
      default -> throw new AssertionError("no such place: " + place);
    }
    return r;
  }

  private interface Pair {
    void accept(String name, byte[] value);
  }

  private static void field(byte[] line, Pair sink) {
    split(line, ':', (name, value) -> sink.accept(name, Bytes.trim(value)));
  }

  private static void split(byte[] text, char at, Pair sink) {
    int i = Bytes.indexOf(text, at, 0, text.length);
    sink.accept(Bytes.text(Bytes.slice(text, 0, i)), Bytes.slice(text, i + 1, text.length));
  }

  private void set(String name, byte[] value) {
    headers.set(Bytes.of(name), value);
  }

  private void body(String type, byte[] content) {
    method = Bytes.of("POST");
    uri = Bytes.of("/comments");
    body = content;
    set("Content-Type", Bytes.of(type));
    set("Content-Length", Bytes.of(content.length));
  }

  private void upload(String name, byte[] content) {
    String head =
        "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\""
            + name
            + "\"\r\nContent-Type: image/png\r\n\r\n";
    byte[] whole = join(join(Bytes.of(head), content), Bytes.of("\r\n--b--\r\n"));
    body("multipart/form-data; boundary=b", whole);
  }

  private void raw(String text) {
    int end = text.indexOf("\r\n\r\n");
    String[] lines = (end < 0 ? text : text.substring(0, end)).split("\r\n", -1);
    String[] words = lines[0].split(" ", 3);
    method = Bytes.of(words[0]);
    uri = Bytes.of(words[1]);
    protocol = Bytes.of(words[2]);
    headers = new Fields();
    for (int i = 1; i < lines.length; i++) {
      field(Bytes.of(lines[i]), (n, v) -> headers.add(Bytes.of(n), v));
    }
    body = end < 0 ? Bytes.EMPTY : Bytes.of(text.substring(end + 4));
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] out = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }

  /** Everything but letters and digits as %XX. */
  static String encoded(byte[] value) {
    StringBuilder out = new StringBuilder();
    for (byte b : value) {
      boolean plain = b > 0 && Character.isLetterOrDigit(b);
      out.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xFF));
    }
    return out.toString();
  }

  /** Takes the exchange through a transaction. */
  Transaction run(Transaction t) {
    t.connection(new Connection("198.51.100.7", 40000, "192.0.2.1", 443));
    t.requestHead(method, uri, protocol, headers);
    t.requestBody(body);
    t.requestBodyEnd();
    if (answer.first(Bytes.of("Content-Type")) == null) {
      answer.add(
          Bytes.of("Content-Type"), "text/html; charset=utf-8".getBytes(StandardCharsets.UTF_8));
    }
    t.responseHead(200, Bytes.of("HTTP/1.1"), answer);
    t.responseBody(page);
    t.responseBodyEnd();
    t.end();
    return t;
  }
}
