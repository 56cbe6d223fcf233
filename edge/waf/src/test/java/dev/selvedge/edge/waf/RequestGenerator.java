package dev.selvedge.edge.waf;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Requests of many kinds, clean and not, broken ones among them; the same for a seed and number.
 */
final class RequestGenerator {
  private static final String[] PIECES = {
    "hello",
    "42",
    " ",
    "+",
    "%20",
    "%",
    "%u0041",
    "%zz",
    "%00",
    "\u00c3\u00a9",
    "\u00ff",
    "'",
    "\"",
    "`",
    "or",
    "union select",
    " 1=1",
    "--",
    "#",
    "/*",
    "*/",
    "<script>",
    "</a>",
    "onload=",
    "javascript:",
    "<img src=",
    "../",
    "..\\",
    "/etc/passwd",
    ";",
    "|",
    "&&",
    "$(",
    "cat ",
    "wget ",
    "${jndi:",
    "{{",
    "}}",
    "<?php",
    "eval(",
    "system",
    "sleep(5)",
    "xp_cmdshell",
    "http://10.0.0.1/",
    "file://",
    "\r\n",
    "Set-Cookie:",
    "&lt;",
    "&#x3c;",
    "\\x3c",
    "\\u003c",
    "Li4vZXRj",
    "PHNjcmlwdD4=",
    "0x41",
    "=",
    ",",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ":",
    "@",
    "~",
    "select",
    "from",
    "where",
    "java.lang.Runtime",
    "rO0ABQ",
    "\0",
    "\t",
    "=cmd",
    "document.cookie",
    "alert(1)"
  };

  private static final String[] NAMES = {
    "id",
    "q",
    "name",
    "page",
    "redirect",
    "file",
    "cmd",
    "sessionid",
    "__proto__",
    "a[b]",
    "x'y",
    "json.a"
  };

  private static final String[] METHODS = {"GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "FOO"};
  private static final String[] AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.0.0", "curl/8.5.0", "sqlmap/1.5", "", "Nikto"
  };

  private RequestGenerator() {}

  static CrsStage request(long seed, int number) {
    Random random = new Random(seed * 31 + number);
    Fields headers = new Fields();
    if (random.nextInt(20) > 0) {
      headers.add(
          Bytes.of("Host"), Bytes.of(random.nextInt(9) == 0 ? "127.0.0.1" : "www.example.com"));
    }
    headers.add(Bytes.of("User-Agent"), Bytes.of(AGENTS[random.nextInt(AGENTS.length)]));
    headers.add(Bytes.of("Accept"), Bytes.of("*/*"));
    if (random.nextBoolean()) {
      headers.add(Bytes.of("Cookie"), Bytes.of("s=" + text(random, 2) + "; t=" + text(random, 1)));
    }
    if (random.nextInt(4) == 0) {
      headers.add(Bytes.of("Referer"), Bytes.of("http://example.com/" + text(random, 2)));
    }
    if (random.nextInt(8) == 0) {
      headers.add(Bytes.of("X-" + random.nextInt(3)), Bytes.of(text(random, 3)));
    }
    String method = METHODS[Math.min(random.nextInt(12), METHODS.length - 1)];
    String uri = "/p/" + (random.nextInt(4) == 0 ? text(random, 2).replace(" ", "") : "index.php");
    if (random.nextInt(3) > 0) {
      uri += "?" + form(random);
    }
    byte[] body = body(random, headers);
    return new CrsStage(
        Bytes.of(method),
        Bytes.of(uri.replace("\n", "").replace("\0", "")),
        Bytes.of("HTTP/1.1"),
        headers,
        body);
  }

  private static byte[] body(Random random, Fields headers) {
    String[] typeAndBody =
        switch (random.nextInt(6)) {
          case 0 -> new String[] {"application/x-www-form-urlencoded", form(random)};
          case 1 -> new String[] {"application/json", json(random)};
          case 2 -> new String[] {"text/xml", "<a b='" + xml(random) + "'>" + xml(random) + "</a>"};
          case 3 -> new String[] {"multipart/form-data; boundary=xyz", multipart(random)};
          default -> new String[] {"", ""};
        };
    if (typeAndBody[0].isEmpty()) {
      return Bytes.EMPTY;
    }
    byte[] body = Bytes.of(typeAndBody[1]);
    headers.add(Bytes.of("Content-Type"), Bytes.of(typeAndBody[0]));
    headers.add(Bytes.of("Content-Length"), Bytes.of(body.length));
    return body;
  }

  private static String text(Random random, int piecesMax) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(piecesMax + 1); i >= 0; i--) {
      boolean attack = random.nextInt(3) == 0;
      text.append(PIECES[random.nextInt(attack ? PIECES.length : 2)]);
    }
    return text.toString();
  }

  private static String form(Random random) {
    List<String> pairs = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      String value = text(random, 4).replace("&", "%26");
      pairs.add(NAMES[random.nextInt(NAMES.length)] + "=" + value);
    }
    return String.join("&", pairs);
  }

  private static String json(Random random) {
    String value = text(random, 4).replace("\\", "\\\\").replace("\"", "\\\"");
    String broken = random.nextInt(10) == 0 ? "" : "}";
    return "{\""
        + NAMES[random.nextInt(4)]
        + "\":[1,{\"b\":\""
        + value.replaceAll("[\\x00-\\x1f]", "")
        + "\"}]"
        + broken;
  }

  private static String xml(Random random) {
    return text(random, 3).replaceAll("[<&'\\x00-\\x1f\\x80-\\xff]", "");
  }

  private static String multipart(Random random) {
    String file = random.nextBoolean() ? "; filename=\"a" + random.nextInt(3) + ".php\"" : "";
    return "--xyz\r\nContent-Disposition: form-data; name=\"f\""
        + file
        + "\r\n\r\n"
        + text(random, 4)
        + "\r\n--xyz--\r\n";
  }
}
