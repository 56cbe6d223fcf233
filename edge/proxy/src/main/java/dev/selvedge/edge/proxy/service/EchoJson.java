package dev.selvedge.edge.proxy.service;

import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.field.ClientAddress;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import dev.selvedge.kernel.RequestTarget;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The request as JSON text. Field values and targets are read as Latin-1, so that no byte of them
 * is lost; a body is text where it is printable UTF-8, else base64. Not thread-safe.
 */
final class EchoJson {

  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out = new StringBuilder(2048);

  private EchoJson() {}

  /**
   * Describes the exchange's request.
   *
   * @param bodyBytes how many arrived
   * @param body the first of them
   */
  static byte[] of(Exchange exchange, long bodyBytes, byte[] body) {
    HttpHead head = exchange.request();
    RequestTarget target = exchange.target();
    EchoJson json = new EchoJson();
    json.out.append("{\n");
    json.member("method", head.method());
    json.member("scheme", scheme(head));
    json.member("authority", latin(target.source(), target.hostStart(), target.authorityLength()));
    json.member("path", target.path());
    json.member("raw_path", latin(target.source(), target.rawPathStart(), target.rawPathLength()));
    json.member("query", target.hasQuery() ? target.query() : null);
    json.member("client", ClientAddress.text(exchange.clientAddress()));
    json.fields(head);
    json.body(bodyBytes, body);
    json.out.append("\n}\n");
    return json.out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** What the proxy tells an upstream about the client's connection. */
  private static String scheme(HttpHead head) {
    int at = head.find(KnownField.X_FORWARDED_PROTO, 0);
    return at < 0 ? "http" : head.value(at);
  }

  private static String latin(byte[] bytes, int start, int length) {
    return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
  }

  private void member(String name, @Nullable String value) {
    out.append("  ");
    string(name);
    out.append(": ");
    if (value == null) {
      out.append("null");
    } else {
      string(value);
    }
    out.append(",\n");
  }

  private void fields(HttpHead head) {
    out.append("  \"fields\": [");
    for (int i = 0; i < head.fieldCount(); i++) {
      out.append(i == 0 ? "\n    [" : ",\n    [");
      string(head.name(i));
      out.append(", ");
      string(head.value(i));
      out.append(']');
    }
    out.append("\n  ],\n");
  }

  private void body(long bodyBytes, byte[] body) {
    out.append("  \"body_bytes\": ").append(bodyBytes);
    if (body.length == 0) {
      return;
    }
    String text = printable(body);
    out.append(text == null ? ",\n  \"body_base64\": " : ",\n  \"body\": ");
    string(text == null ? Base64.getEncoder().encodeToString(body) : text);
    if (bodyBytes > body.length) {
      out.append(",\n  \"body_shown\": ").append(body.length);
    }
  }

  /** The body as text, or null where it is not UTF-8 or has control characters. */
  private static @Nullable String printable(byte[] body) {
    for (byte b : body) {
      if ((b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r') || b == 0x7F) {
        return null;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException notText) {
      return null;
    }
  }

  private void string(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> plain(c);
      }
    }
    out.append('"');
  }

  private void plain(char c) {
    if (c >= ' ' && c != 0x7F) {
      out.append(c);
    } else {
      out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
    }
  }
}
