package dev.selvedge.edge.proxy;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests that are malformed or that two recipients could read in two ways, each with the status
 * that it must get: RFC 9112 and RFC 9110 clause by clause, and the published smuggling families
 * (CL.TE, TE.CL, TE.TE, CL.0, obfuscated fields, bare line ends, chunk tricks). One list.
 */
@SuppressWarnings("StringConcatToTextBlock")
final class MalformedRequests {

  /** One request; {@code begun} where its head is sound, so that it may reach the upstream. */
  record Case(String name, String request, int status, boolean begun) {}

  private final List<Case> cases = new ArrayList<>();

  private MalformedRequests() {}

  static List<Case> all() {
    MalformedRequests all = new MalformedRequests();
    all.lengths();
    all.codings();
    all.fieldLines();
    all.requestLines();
    all.targets();
    all.hosts();
    all.chunks();
    all.connections();
    return all.cases;
  }

  private void head(String name, int status, String request) {
    cases.add(new Case(name, request, status, false));
  }

  /** A POST with these field lines and a body that would be a request if it were misread. */
  private void fields(String name, int status, String lines) {
    head(
        name,
        status,
        "POST /a HTTP/1.1\r\nHost: a\r\n"
            + lines
            + "\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  private void lengths() {
    String chunked = "Transfer-Encoding: chunked";
    fields("CL.TE", 400, "Content-Length: 4\r\n" + chunked);
    fields("TE.CL", 400, chunked + "\r\nContent-Length: 4");
    fields("TE with CL 0", 400, chunked + "\r\nContent-Length: 0");
    fields("TE in other case with CL", 400, "content-length: 4\r\ntRANSFER-eNCODING: chunked");
    fields("CL twice, different", 400, "Content-Length: 4\r\nContent-Length: 5");
    fields("CL twice, equal", 400, "Content-Length: 4\r\nContent-Length: 4");
    fields("CL twice apart", 400, "Content-Length: 4\r\nX: y\r\nContent-Length: 4");
    String[] values = {
      "",
      "4,4",
      "4, 4",
      "+4",
      "-4",
      "-0",
      "0x4",
      "4.0",
      "4e0",
      "4 4",
      "4;a=b",
      "\"4\"",
      "four",
      "99999999999999999999",
      "1234567890123456789",
      "٤",
      "4\u00a0",
      "4,",
      ",4",
      "4 \t 4",
      "0b1",
      "1_0",
      "４"
    };
    for (String value : values) {
      fields("CL value " + value, 400, "Content-Length: " + value);
    }
    fields("CL with a folded value", 400, "Content-Length:\r\n 4");
    fields("CL name with a space", 400, "Content-Length : 4");
    fields("CL name with a tab", 400, "Content-Length\t: 4");
  }

  private void codings() {
    String[] ambiguous = {
      "identity",
      "xchunked",
      "chunkedx",
      "chunked, identity",
      "chunked, chunked",
      "chunked,",
      "chunked;q=1",
      "chunked; q=0.5",
      "\"chunked\"",
      "chunk",
      "",
      "chunked, gzip",
      ",chunked,",
      "chunked identity",
      "gzip",
      "deflate",
      "chunked\u0080"
    };
    for (String coding : ambiguous) {
      fields("TE value " + coding, 400, "Transfer-Encoding: " + coding);
    }
    String[] unsupported = {
      "gzip, chunked", "deflate,chunked", "compress, gzip, chunked", "x , chunked"
    };
    for (String coding : unsupported) {
      fields("TE value " + coding, 501, "Transfer-Encoding: " + coding);
    }
    String te = "Transfer-Encoding: chunked";
    fields("TE twice", 400, te + "\r\n" + te);
    fields("TE twice, second identity", 400, te + "\r\nTransfer-Encoding: identity");
    fields("TE twice, first identity", 400, "Transfer-Encoding: identity\r\n" + te);
    fields("TE name with a space", 400, "Transfer-Encoding : chunked");
    fields("TE behind a vertical tab", 400, "\u000bTransfer-Encoding: chunked");
    fields("TE behind a space", 400, " Transfer-Encoding: chunked");
    fields("TE value behind a vertical tab", 400, "Transfer-Encoding: \u000bchunked");
    fields("TE value behind a form feed", 400, "Transfer-Encoding: \fchunked");
    fields("TE behind a bare CR", 400, "X: y\rTransfer-Encoding: chunked");
    fields("TE behind a bare LF", 400, "X: y\nTransfer-Encoding: chunked");
    fields("TE folded", 400, "Transfer-Encoding:\r\n chunked");
    fields("TE value folded", 400, "Transfer-Encoding: chunked\r\n , identity");
    fields("TE name with NUL", 400, "Transfer-Encoding\0: chunked");
    head("TE on 1.0", 400, "POST / HTTP/1.0\r\nHost: a\r\n" + te + "\r\n\r\n0\r\n\r\n");
  }

  private void fieldLines() {
    for (int b = 0; b < 0x20; b++) {
      if (b != '\t') {
        fields("value with byte " + b, 400, "X-A: b" + (char) b + "c");
      }
    }
    fields("value with DEL", 400, "X-A: b\u007fc");
    String separators = "\"(),/;<=>?@[\\]{} \t\u0000\u001f\u007f\u0080\u00ff";
    for (int i = 0; i < separators.length(); i++) {
      fields(
          "name with byte " + (int) separators.charAt(i), 400, "X" + separators.charAt(i) + "A: b");
    }
    fields("empty name", 400, ": b");
    fields("no colon", 400, "X-A");
    fields("no colon, only spaces", 400, "   ");
    fields("folded value", 400, "X-A: b\r\n c");
    fields("folded value with a tab", 400, "X-A: b\r\n\tc");
    head("first field line folded", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n");
    head("line feed only", 400, "GET / HTTP/1.1\nHost: a\n\n");
    head("one bare line feed", 400, "GET / HTTP/1.1\r\nHost: a\n\r\n");
    head("end with bare line feed", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n");
    head("CR CR LF", 400, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n");
    fields("unknown expectation", 417, "Content-Length: 1\r\nExpect: 200-ok");
  }

  private void requestLines() {
    String rest = "\r\nHost: a\r\n\r\n";
    String[] lines = {
      "GET",
      "GET /",
      "GET  / HTTP/1.1",
      "GET /  HTTP/1.1",
      "GET / HTTP/1.1 ",
      " GET / HTTP/1.1",
      "\tGET / HTTP/1.1",
      "GET\t/ HTTP/1.1",
      "GET /\tHTTP/1.1",
      "GET / a HTTP/1.1",
      "GET / HTTP",
      "GET / HTTP/",
      "GET / HTTP/1",
      "GET / HTTP/1.",
      "GET / HTTP/.1",
      "GET / HTTP/1.1.1",
      "GET / HTTP/11",
      "GET / HTTP/01.1",
      "GET / HTTP/1.01",
      "GET / http/1.1",
      "GET / Http/1.1",
      "GET / HTTP /1.1",
      "GET / HTTPS/1.1",
      "GET / HTTP/1,1",
      "GET / HTTP/a.b",
      "G(ET / HTTP/1.1",
      "G,ET / HTTP/1.1",
      "\"GET\" / HTTP/1.1",
      "GET: / HTTP/1.1",
      "GET/ / HTTP/1.1",
      "/ HTTP/1.1",
      "GET HTTP/1.1",
      "G\u0000T / HTTP/1.1",
      "G\u00c9T / HTTP/1.1",
      "GET /\u0000 HTTP/1.1",
      "GET /\u0001 HTTP/1.1",
      "GET /\u007f HTTP/1.1",
      "GET /\u000b HTTP/1.1",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ / HTTP/1.1"
    };
    for (String line : lines) {
      head("request line " + line, 400, line + rest);
    }
    String[] versions = {"0.9", "1.2", "1.9", "2.0", "3.0", "9.9", "0.0"};
    for (String version : versions) {
      head("version " + version, 505, "GET / HTTP/" + version + rest);
    }
    head("two empty lines before it", 400, "\r\n\r\nGET / HTTP/1.1" + rest);
    head("a TLS hello", 400, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
    head("an HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    head("CONNECT", 501, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");
  }

  private void targets() {
    String[] targets = {
      "a",
      "a/b",
      "?a",
      "#a",
      "/a#b",
      "/a?b#c",
      "*",
      "//",
      "http:",
      "http:/a",
      "http://",
      "http:///a",
      "ftp://a/",
      "httpx://a/",
      "http//a/",
      "://a/",
      "http://u@a/",
      "http://u:p@a/",
      "http://a:/",
      "http://a:99999/",
      "http://a:8x/",
      "http://[::1/",
      "http://[::1]x/",
      "http://a b/",
      "/%",
      "/%2",
      "/%zz",
      "/%2z",
      "/a%",
      "/%%41",
      "/%u0041",
      "http://a\\@b/",
      "http://a%41/",
      "/%2%35",
      "/a/%"
    };
    for (String target : targets) {
      if (!target.equals("//")) {
        head("target " + target, 400, "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
      }
    }
    head("asterisk with POST", 400, "POST * HTTP/1.1\r\nHost: a\r\n\r\n");
    head("absolute with another host", 400, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n");
    head("absolute with another port", 400, "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n");
    head("absolute https on a plain port", 400, "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  private void hosts() {
    head("no Host", 400, "GET / HTTP/1.1\r\n\r\n");
    head("no Host on 1.0", 400, "GET / HTTP/1.0\r\n\r\n");
    head("two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    head("two equal Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    String[] hosts = {
      "",
      "a b",
      "a,b",
      "a/b",
      "u@a",
      "a:",
      "a:b",
      "a:-1",
      "a:+80",
      "a:123456",
      "a:70000",
      "a:80:80",
      "[",
      "[]",
      "[::1",
      "::1",
      "[::1]a",
      "[::1]:",
      "[g::1]",
      "[v1.a]",
      "a\u0080",
      "a%2eb",
      "a#b",
      "a?b",
      "\"a\"",
      "<a>",
      "a\\b",
      "a;b",
      "a=b",
      "http://a",
      "a@",
      "[::1%25eth0]",
      "a\tb"
    };
    for (String host : hosts) {
      head("Host " + host, 400, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }
  }

  private void chunks() {
    String[] bodies = {
      "\r\n",
      "x\r\n",
      "-1\r\n",
      "+1\r\na\r\n0\r\n\r\n",
      "0x1\r\na\r\n0\r\n\r\n",
      " 1\r\na\r\n0\r\n\r\n",
      "1 \r\na\r\n0\r\n\r\n",
      "1\t\r\na\r\n0\r\n\r\n",
      "1\na\n0\n\n",
      "1\r\na\n0\r\n\r\n",
      "1\r\nab\r\n",
      "1\r\na0\r\n\r\n",
      "1\r\na\r0\r\n\r\n",
      "1\ra\r\n",
      "1;\na\r\n0\r\n\r\n",
      "1;a\u0000\r\na\r\n",
      "1;a=\u0001\r\na\r\n",
      "1;a=\"b\r\na\r\n0\r\n\r\n",
      "1;(a)\r\na\r\n0\r\n\r\n",
      "1;\r\na\r\n0\r\n\r\n",
      "1;;\r\na\r\n0\r\n\r\n",
      "1;=\r\na\r\n0\r\n\r\n",
      "1;a=\r\na\r\n0\r\n\r\n",
      "1;a b\r\na\r\n0\r\n\r\n",
      "1;a=b\"c\"\r\na\r\n0\r\n\r\n",
      "1;\"a\"=b\r\na\r\n0\r\n\r\n",
      ";a\r\n",
      "fffffffffffffffff\r\na",
      "10000000000000000\r\na",
      "1.0\r\na\r\n",
      "1,1\r\na\r\n",
      "g\r\n",
      "1;" + "a".repeat(300) + "\r\na\r\n",
      "0\r\nX-A\r\n\r\n",
      "0\r\n: a\r\n\r\n",
      "0\r\nX A: b\r\n\r\n",
      "0\r\nX-A: b\n\r\n",
      "0\r\nX-A: b\u0000\r\n\r\n",
      "0\r\n X: b\r\n\r\n",
      "0\r\n\n",
      "0\r\nX-A: " + "a".repeat(40_000),
      "１\r\na\r\n0\r\n\r\n",
      "1\r\r\na\r\n"
    };
    for (String body : bodies) {
      String shown = body.length() > 20 ? body.substring(0, 20) + "…" : body;
      String head = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
      cases.add(new Case("chunks " + shown, head + body, 400, true));
    }
    String many = ("1;" + "e".repeat(200) + "\r\na\r\n").repeat(25);
    String head = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    cases.add(new Case("extensions over 4 KiB", head + many, 400, true));
  }

  private void connections() {
    String[] ours = {
      "content-length",
      "Transfer-Encoding",
      "host",
      "x-forwarded-for",
      "X-Forwarded-Proto",
      "x-forwarded-host",
      "x-real-ip",
      "forwarded",
      "x-request-id",
      "traceparent",
      "close, host",
      "keep-alive,X-Request-Id",
      "cookie",
      "authorization",
      "content-type"
    };
    for (String option : ours) {
      head(
          "Connection names " + option,
          400,
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: " + option + "\r\n\r\n");
    }
    cases.add(
        new Case(
            "bytes behind an upgrade",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
                + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
            400,
            true));
  }
}
