package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.bytes.Bytes;

/** Texts of the kinds that requests are made of, for automata to read before the first comes. */
final class WarmUp {
  private static final String[] TEXTS = {
    "",
    "GET",
    "POST",
    "HTTP/1.1",
    "/",
    "/index.html",
    "/api/v1/users/42/orders?page=2&size=50&sort=name",
    "example.com",
    "localhost:8080",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"
        + " Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
        + " Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
    "curl/8.5.0",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "en-US,en;q=0.9,de;q=0.7",
    "gzip, deflate, br",
    "keep-alive",
    "max-age=0",
    "application/json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=----formdata1234567890",
    "https://www.example.com/shop/list?category=garden&page=3",
    "session=0123456789abcdef; theme=dark; consent=yes",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "Thu, 01 Jan 2026 12:00:00 GMT",
    "The quick brown fox jumps over the lazy dog, and then it rests; who would not?",
    "please call me back on Monday at 9:30 (before lunch) - thanks, Anna & Tom",
    "anna.schmidt@example.org",
    "+49 30 1234567",
    "2026-01-31T23:59:59.999Z",
    "0123456789",
    "550e8400-e29b-41d4-a716-446655440000"
  };

  private WarmUp() {}

  static byte[][] texts() {
    byte[][] texts = new byte[TEXTS.length][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = Bytes.of(TEXTS[i]);
    }
    return texts;
  }
}
