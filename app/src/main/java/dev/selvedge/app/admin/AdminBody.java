package dev.selvedge.app.admin;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/** Bodies of admin requests: read away, never more than {@value #MAX} bytes. Immutable. */
final class AdminBody {

  /** Bytes. */
  static final int MAX = 64 * 1024;

  private AdminBody() {}

  /** Reads the body to its end; false where it is longer than it may be. */
  static boolean consume(HttpExchange exchange) throws IOException {
    String declared = exchange.getRequestHeaders().getFirst("Content-Length");
    if (declared != null && (declared.length() > 9 || Long.parseLong(declared) > MAX)) {
      return false;
    }
    return exchange.getRequestBody().readNBytes(MAX + 1).length <= MAX;
  }
}
