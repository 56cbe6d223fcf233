package dev.selvedge.edge.waf;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.variable.Fields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One request of a CRS test, sent as its own test client sends it, read as a lenient server reads
 * it.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CrsStage(byte[] method, byte[] uri, byte[] protocol, Fields headers, byte[] body) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static CrsStage of(Map<String, Object> input) {
    Object encoded = input.get("encoded_request");
    return encoded != null
        ? raw(Base64.getMimeDecoder().decode(encoded.toString()))
        : composed(input);
  }

  private static CrsStage composed(Map<String, Object> input) {
    Fields headers = new Fields();
    if (input.get("headers") instanceof Map<?, ?> map) {
      map.forEach((name, value) -> headers.add(utf8(name), utf8(value)));
    }
    byte[] body = utf8(input.get("data"));
    boolean complete = !Boolean.FALSE.equals(input.get("autocomplete_headers"));
    if (complete) {
      addMissing(headers, "Connection", "close");
      if (body.length > 0) {
        addMissing(headers, "Content-Type", "application/x-www-form-urlencoded");
        addMissing(headers, "Content-Length", Integer.toString(body.length));
      }
    }
    Object version = input.getOrDefault("version", "HTTP/1.1");
    return new CrsStage(
            utf8(input.getOrDefault("method", "GET")),
            utf8(input.getOrDefault("uri", "/")),
            utf8(version.toString().isEmpty() ? "HTTP/0.9" : version),
            headers,
            body)
        .received();
  }

  /** RFC 9112, section 6.3: chunked overrides a length, and without either there is no body. */
  private CrsStage received() {
    byte[] coding = headers.first(Bytes.of("Transfer-Encoding"));
    if (coding != null && Bytes.text(coding).equalsIgnoreCase("chunked")) {
      Fields kept = new Fields();
      for (int i = 0; i < headers.size(); i++) {
        if (!Bytes.text(headers.name(i)).equalsIgnoreCase("Content-Length")) {
          kept.add(headers.name(i), headers.value(i));
        }
      }
      return new CrsStage(method, uri, protocol, kept, dechunked(Bytes.text(body)));
    }
    boolean length = headers.first(Bytes.of("Content-Length")) != null;
    return length ? this : new CrsStage(method, uri, protocol, headers, Bytes.EMPTY);
  }

  private static void addMissing(Fields headers, String name, String value) {
    if (headers.first(Bytes.of(name)) == null) {
      headers.add(Bytes.of(name), Bytes.of(value));
    }
  }

  private static CrsStage raw(byte[] bytes) {
    String text = Bytes.text(bytes);
    int end = text.indexOf("\r\n\r\n");
    String head = end < 0 ? text : text.substring(0, end);
    String rest = end < 0 ? "" : text.substring(end + 4);
    String[] lines = head.split("\r?\n", -1);
    String[] words = lines[0].split(" ", 3);
    Fields headers = new Fields();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        String value = lines[i].substring(colon + 1).strip();
        headers.add(Bytes.of(lines[i].substring(0, colon)), Bytes.of(value));
      }
    }
    return new CrsStage(
            Bytes.of(words[0]),
            Bytes.of(words.length > 1 ? words[1] : "/"),
            Bytes.of(words.length > 2 ? words[2] : "HTTP/0.9"),
            headers,
            Bytes.of(rest))
        .received();
  }

  private static byte[] dechunked(String text) {
    ByteOutput out = new ByteOutput(text.length());
    int at = 0;
    while (at < text.length()) {
      int line = text.indexOf("\r\n", at);
      if (line < 0) {
        break;
      }
      int size = Integer.parseInt(text.substring(at, line).strip(), 16);
      int from = line + 2;
      if (size == 0 || from + size > text.length()) {
        break;
      }
      out.add(Bytes.of(text.substring(from, from + size)));
      at = from + size + 2;
    }
    return out.toBytes();
  }

  static byte[] utf8(@Nullable Object value) {
    return value == null ? Bytes.EMPTY : value.toString().getBytes(StandardCharsets.UTF_8);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Answer(int status, Fields headers, byte[] body) {}

  /** What the upstream answers: {@code /reflect} gives what the request asks for. */
  private Answer answer() {
    Fields fields = new Fields();
    byte[] content = Bytes.EMPTY;
    int status = 200;
    if (Bytes.text(uri).startsWith("/reflect") && body.length > 0) {
      JsonNode wanted = JSON.readTree(body);
      status = wanted.path("status").asInt(200);
      for (Map.Entry<String, JsonNode> h : wanted.path("headers").properties()) {
        fields.add(utf8(h.getKey()), utf8(h.getValue().asString()));
      }
      content =
          wanted.has("encodedBody")
              ? Base64.getDecoder().decode(wanted.path("encodedBody").asString())
              : utf8(wanted.path("body").asString(""));
    }
    addMissing(fields, "Content-Type", "text/plain; charset=utf-8");
    return new Answer(status, fields, content);
  }

  /** Runs the exchange with the engine. */
  void run(Transaction t) {
    t.connection(new Connection("127.0.0.1", 33333, "127.0.0.1", 80));
    t.requestHead(method, uri, protocol, headers);
    t.requestBody(body);
    t.requestBodyEnd();
    Answer answer = answer();
    t.responseHead(answer.status(), Bytes.of("HTTP/1.1"), answer.headers());
    t.responseBody(answer.body());
    t.responseBodyEnd();
    t.end();
  }

  /** The same exchange as commands of the oracle. */
  List<String> commands() {
    List<String> commands = new ArrayList<>();
    String version = Bytes.text(protocol).replaceFirst("^HTTP/", "");
    commands.add("R " + Oracle.hex(method) + " " + Oracle.hex(uri) + " " + version);
    for (int i = 0; i < headers.size(); i++) {
      commands.add("H " + Oracle.hex(headers.name(i)) + " " + Oracle.hex(headers.value(i)));
    }
    commands.add("B " + Oracle.hex(body));
    Answer answer = answer();
    commands.add("S " + answer.status() + " HTTP/1.1");
    for (int i = 0; i < answer.headers().size(); i++) {
      Fields f = answer.headers();
      commands.add("h " + Oracle.hex(f.name(i)) + " " + Oracle.hex(f.value(i)));
    }
    commands.add("b " + Oracle.hex(answer.body()));
    return commands;
  }
}
