package dev.selvedge.edge.protocol;

import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.nio.charset.StandardCharsets;

/** Requests and responses for tests, made as the proxy makes them. */
public final class Heads {

  private Heads() {}

  /** A request with its target. */
  public record Request(HttpHead head, RequestTarget target) {}

  public static Request request(String method, String target, String... fields) {
    HttpHead head = new HttpHead();
    byte[] methodBytes = method.getBytes(StandardCharsets.ISO_8859_1);
    byte[] targetBytes = target.getBytes(StandardCharsets.ISO_8859_1);
    head.method(head.append(methodBytes, 0, methodBytes.length), methodBytes.length);
    head.target(head.append(targetBytes, 0, targetBytes.length), targetBytes.length);
    addFields(head, fields);
    RequestTarget parsed = new RequestTarget();
    FailureCode refused = parsed.parse(head, true, false);
    if (refused != null) {
      throw new IllegalArgumentException(refused.code());
    }
    return new Request(head, parsed);
  }

  public static HttpHead response(int status, String... fields) {
    HttpHead head = new HttpHead();
    head.status(status);
    addFields(head, fields);
    return head;
  }

  private static void addFields(HttpHead head, String... fields) {
    for (int i = 0; i < fields.length; i += 2) {
      head.addField(fields[i], fields[i + 1]);
    }
  }

  /** What a browser sends: 12 fields, about 700 bytes. */
  public static Request browser() {
    return request(
        "GET",
        "/api/v1/users/12345?fields=name%2Cemail&page=2",
        "host",
        "app.example.com",
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0",
        "accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
        "accept-language",
        "en-GB,en;q=0.9,de;q=0.8",
        "accept-encoding",
        "gzip, deflate, br, zstd",
        "cookie",
        "session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=analytics",
        "authorization",
        "Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLWJ5dGVz",
        "referer",
        "https://app.example.com/users",
        "sec-fetch-mode",
        "navigate",
        "sec-fetch-site",
        "same-origin",
        "x-forwarded-for",
        "203.0.113.7",
        "traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  }

  public static RequestContext context() {
    return new ReceivedContext(
        "1f2e3d4c000000000007".getBytes(StandardCharsets.US_ASCII),
        "api".getBytes(StandardCharsets.UTF_8),
        new byte[] {(byte) 203, 0, 113, 7},
        51_234,
        true,
        11,
        100_000);
  }
}
