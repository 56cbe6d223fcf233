package dev.selvedge.edge.proxy.h1;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Status lines of HTTP/1.1 with the registered reason phrases, made once. Immutable. */
final class StatusLines {

  private static final String REASONS =
      """
      100 Continue
      101 Switching Protocols
      103 Early Hints
      200 OK
      201 Created
      202 Accepted
      203 Non-Authoritative Information
      204 No Content
      205 Reset Content
      206 Partial Content
      207 Multi-Status
      208 Already Reported
      300 Multiple Choices
      301 Moved Permanently
      302 Found
      303 See Other
      304 Not Modified
      307 Temporary Redirect
      308 Permanent Redirect
      400 Bad Request
      401 Unauthorized
      402 Payment Required
      403 Forbidden
      404 Not Found
      405 Method Not Allowed
      406 Not Acceptable
      407 Proxy Authentication Required
      408 Request Timeout
      409 Conflict
      410 Gone
      411 Length Required
      412 Precondition Failed
      413 Content Too Large
      414 URI Too Long
      415 Unsupported Media Type
      416 Range Not Satisfiable
      417 Expectation Failed
      421 Misdirected Request
      422 Unprocessable Content
      423 Locked
      424 Failed Dependency
      425 Too Early
      426 Upgrade Required
      428 Precondition Required
      429 Too Many Requests
      431 Request Header Fields Too Large
      451 Unavailable For Legal Reasons
      500 Internal Server Error
      501 Not Implemented
      502 Bad Gateway
      503 Service Unavailable
      504 Gateway Timeout
      505 HTTP Version Not Supported
      507 Insufficient Storage
      511 Network Authentication Required
      """;

  private static final int HIGHEST = 599;
  private static final byte[][] LINES = lines();

  private StatusLines() {}

  /** The line of a status from 100 to 599, with its line end. */
  static byte[] of(int status) {
    return LINES[status];
  }

  private static byte[][] lines() {
    Map<Integer, String> reasons = new HashMap<>();
    REASONS
        .lines()
        .forEach(line -> reasons.put(Integer.valueOf(line.substring(0, 3)), line.substring(4)));
    byte[][] lines = new byte[HIGHEST + 1][];
    for (int status = 100; status <= HIGHEST; status++) {
      String line = "HTTP/1.1 " + status + " " + reasons.getOrDefault(status, "") + "\r\n";
      lines[status] = line.getBytes(StandardCharsets.US_ASCII);
    }
    return lines;
  }
}
