package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.kernel.HttpHead;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A request's head as rules see it: bytes as sent, and beside them the path that the proxy routes
 * by. Nobody writes to its arrays.
 *
 * @param uri path as sent, and query
 * @param path in its normal form
 */
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
public record Subject(
    Connection connection, byte[] method, byte[] uri, byte[] path, byte[] protocol, Fields fields) {

  private static final byte[] HTTP_10 = Bytes.of("HTTP/1.0");
  private static final byte[] HTTP_11 = Bytes.of("HTTP/1.1");
  private static final byte[] HTTP_2 = Bytes.of("HTTP/2.0");
  private static final byte[] HTTP_3 = Bytes.of("HTTP/3.0");
  private static final int PORT_HTTP = 80;
  private static final int PORT_HTTPS = 443;

  static Subject of(RequestHeaders request) {
    var context = request.context();
    Connection connection =
        new Connection(
            address(context.clientAddress()),
            context.clientPort(),
            "",
            context.secure() ? PORT_HTTPS : PORT_HTTP);
    HttpHead head = request.head();
    return new Subject(
        connection,
        part(head, head.methodStart(), head.methodLength()),
        uri(request),
        Bytes.of(request.path()),
        protocol(context.httpVersion()),
        fields(head));
  }

  /** A request that no proxy has seen, from this machine. */
  public static Subject sent(HttpHead head, String uri, String path, String protocol) {
    return new Subject(
        new Connection("127.0.0.1", 1, "127.0.0.1", PORT_HTTP),
        part(head, head.methodStart(), head.methodLength()),
        Bytes.of(uri),
        Bytes.of(path),
        Bytes.of(protocol),
        fields(head));
  }

  private static byte[] uri(RequestHeaders request) {
    String raw = request.rawPath();
    byte[] path = Bytes.of(raw.isEmpty() ? request.path() : raw);
    String query = request.query();
    if (query == null) {
      return path;
    }
    byte[] rest = Bytes.of(query);
    return new ByteOutput(path.length + 1 + rest.length).add(path).add('?').add(rest).toBytes();
  }

  private static byte[] protocol(int version) {
    return switch (version) {
      case 10 -> HTTP_10;
      case 20 -> HTTP_2;
      case 30 -> HTTP_3;
      default -> HTTP_11;
    };
  }

  /** A head's fields. */
  static Fields fields(HttpHead head) {
    Fields fields = new Fields();
    for (int i = 0; i < head.fieldCount(); i++) {
      fields.add(
          part(head, head.nameStart(i), head.nameLength(i)),
          part(head, head.valueStart(i), head.valueLength(i)));
    }
    return fields;
  }

  private static byte[] part(HttpHead head, int start, int length) {
    return Bytes.slice(head.bytes(), start, start + length);
  }

  private static String address(byte[] bytes) {
    try {
      return bytes.length == 0 ? "" : InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException notOne) {
      return "";
    }
  }

  /**
   * With the length of the body that was read: the proxy keeps framing to itself, and rules ask for
   * it. A request whose method wants a body and that has none gets 0, one that is framed by its
   * transfer-encoding none: both together are an attack.
   *
   * @param bodyBytes as received; −1 for no body
   */
  Subject withLength(long bodyBytes) {
    boolean wants =
        switch (Bytes.text(method)) {
          case "POST", "PUT", "PATCH" -> true;
          default -> false;
        };
    boolean framed = field("content-length") != null || field("transfer-encoding") != null;
    if (bodyBytes < 0 && !wants || framed) {
      return this;
    }
    fields.add(Bytes.of("content-length"), Bytes.of(Math.max(0, bodyBytes)));
    return this;
  }

  private byte @Nullable [] field(String name) {
    return fields.first(Bytes.of(name));
  }
}
