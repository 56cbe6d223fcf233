package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.variable.Fields;
import java.time.Duration;

/**
 * Requests of the kinds that will come, run until the rules are compiled or two seconds are over:
 * the first real request must not meet a cold matcher. Stateless.
 */
final class WarmUp {

  private static final Duration MOST = Duration.ofSeconds(2);
  private static final int ROUNDS = 400;
  private static final String FORM = "application/x-www-form-urlencoded";

  private WarmUp() {}

  static void run(LoadedRules rules) {
    long end = System.nanoTime() + MOST.toNanos();
    for (int i = 0; i < ROUNDS && System.nanoTime() < end; i++) {
      ask(rules, "GET", "/shop/items/" + i + "?page=2&sort=name&q=blue+shoes", "", "");
      ask(rules, "GET", "/static/app." + i + ".js", "", "");
      ask(rules, "POST", "/login", FORM, "user=anna" + i + "&remember=on&next=%2Fhome");
      ask(rules, "POST", "/api", "application/json", "{\"id\":" + i + ",\"tags\":[\"a\",\"b\"]}");
      ask(rules, "GET", "/s?q=1%27+union+select+1,2+from+users--+" + i, "", "");
      ask(rules, "GET", "/s?q=%3Cscript%3Ealert(" + i + ")%3C/script%3E", "", "");
    }
  }

  private static void ask(LoadedRules rules, String method, String uri, String type, String body) {
    Fields fields = new Fields();
    fields.add(Bytes.of("host"), Bytes.of("www.example.com"));
    fields.add(Bytes.of("user-agent"), Bytes.of("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"));
    fields.add(Bytes.of("accept"), Bytes.of("text/html,application/xhtml+xml,*/*;q=0.8"));
    fields.add(Bytes.of("accept-language"), Bytes.of("en-GB,en;q=0.5"));
    fields.add(Bytes.of("cookie"), Bytes.of("session=4f2a9c; theme=dark"));
    if (!type.isEmpty()) {
      fields.add(Bytes.of("content-type"), Bytes.of(type));
    }
    int question = uri.indexOf('?');
    String path = question < 0 ? uri : uri.substring(0, question);
    Subject subject =
        new Subject(
            new Connection("127.0.0.1", 1, "127.0.0.1", 80),
            Bytes.of(method),
            Bytes.of(uri),
            Bytes.of(path),
            Bytes.of("HTTP/1.1"),
            fields);
    byte[] content = Bytes.of(body);
    new Exam(rules)
        .request(subject, Coding.IDENTITY, content, body.isEmpty() ? -1 : content.length, true);
  }
}
