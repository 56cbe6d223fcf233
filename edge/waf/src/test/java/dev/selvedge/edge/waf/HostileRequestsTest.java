package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.variable.Fields;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Requests made to exhaust the engine take bounded time and memory: CPU of the thread, so that a
 * busy machine does not fail the build, and bytes that it allocates.
 */
class HostileRequestsTest {
  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private record Cost(double seconds, long bytes) {}

  private static Cost cost(RuleSet rules, String type, byte[] body) {
    com.sun.management.ThreadMXBean threads =
        ManagementFactory.getPlatformMXBean(com.sun.management.ThreadMXBean.class);
    long nanos = threads.getCurrentThreadCpuTime();
    long bytes = threads.getCurrentThreadAllocatedBytes();
    Fields headers = new Fields();
    headers.add(Bytes.of("Host"), Bytes.of("www.example.com"));
    headers.add(Bytes.of("Content-Type"), Bytes.of(type));
    headers.add(Bytes.of("Content-Length"), Bytes.of(body.length));
    Transaction t = rules.newTransaction();
    t.connection(new Connection("192.0.2.1", 1, "192.0.2.2", 80));
    t.requestHead(Bytes.of("POST"), Bytes.of("/"), Bytes.of("HTTP/1.1"), headers);
    t.requestBody(body);
    t.requestBodyEnd();
    t.end();
    double seconds = (double) (threads.getCurrentThreadCpuTime() - nanos) / NANOS_PER_SECOND;
    return new Cost(seconds, threads.getCurrentThreadAllocatedBytes() - bytes);
  }

  private static @Nullable RuleSet loaded;

  private static synchronized RuleSet crs() throws IOException {
    RuleSet rules = loaded;
    if (rules == null) {
      rules = CrsConformanceTest.crs(TestFiles.suite("crs"));
      loaded = rules;
    }
    return rules;
  }

  private static void within(String what, Cost cost, double secondsMax, long bytesMax) {
    System.out.printf("hostile: %s: %.2f s, %d KiB%n", what, cost.seconds, cost.bytes >> 10);
    assertThat(cost.seconds).as(what).isLessThan(secondsMax);
    assertThat(cost.bytes).as(what).isLessThan(bytesMax);
  }

  @Test
  void deepJson() throws IOException {
    byte[] body = Bytes.of("[".repeat(1_000_000));
    within("a million brackets", cost(crs(), "application/json", body), 5, 200L << 20);
    byte[] objects = Bytes.of("{\"a\":".repeat(300_000));
    within("300,000 objects", cost(crs(), "application/json", objects), 5, 200L << 20);
  }

  @Test
  void aMillionParameters() throws IOException {
    byte[] body = Bytes.of("a=1&".repeat(1_000_000));
    within(
        "a million parameters",
        cost(crs(), "application/x-www-form-urlencoded", body),
        10,
        400L << 20);
  }

  @Test
  void manyNames() throws IOException {
    StringBuilder body = new StringBuilder("{");
    for (int i = 0; i < 100_000; i++) {
      body.append("\"n").append(i).append("\":").append(i).append(',');
    }
    body.append("\"z\":0}");
    within(
        "100,000 names",
        cost(crs(), "application/json", Bytes.of(body.toString())),
        10,
        400L << 20);
  }

  /** Each value is named by all keys above it. */
  @Test
  void oneLongNameOverManyValues() throws IOException {
    String body = "{\"" + "a".repeat(900_000) + "\":[" + "1,".repeat(990) + "1]}";
    within(
        "a name of 900 KB over 991 values",
        cost(crs(), "application/json", Bytes.of(body)),
        5,
        100L << 20);
  }

  @Test
  void manyHeadersInOnePart() throws IOException {
    StringBuilder body = new StringBuilder("--x\r\n");
    for (int i = 0; i < 80_000; i++) {
      body.append('a').append(i).append(":b\r\n");
    }
    body.append("\r\n\r\n--x--\r\n");
    within(
        "80,000 headers in a part",
        cost(crs(), "multipart/form-data; boundary=x", Bytes.of(body.toString())),
        1,
        100L << 20);
  }

  @Test
  void textsThatBacktrack() throws IOException {
    RuleSet rules = rules("SecRule ARGS \"@rx (?:a+)+$\" \"id:1,phase:2,log,pass,t:none\"\n");
    byte[] body = Bytes.of("q=" + "a".repeat(60_000) + "!");
    within("nested repeats", cost(rules, "application/x-www-form-urlencoded", body), 5, 100L << 20);
  }

  @Test
  void textsThatComeNearToManyPatterns() throws IOException {
    RuleSet rules = crs();
    Random random = new Random(SEED);
    String[] parts = {
      "select ", "union ", "' or ", "<x ", "on", "=", "/*", "*/", "${", "../", ";", "|", "a("
    };
    double seconds = 0;
    for (int i = 0; i < 20; i++) {
      StringBuilder body = new StringBuilder("q=");
      while (body.length() < 20_000) {
        body.append(parts[random.nextInt(parts.length)]);
      }
      seconds +=
          cost(rules, "application/x-www-form-urlencoded", Bytes.of(body.toString())).seconds;
    }
    within("20 texts of 20 KB, seed " + SEED, new Cost(seconds, 0), 40, 1);
  }

  @Test
  void multipartOfNothingButBoundaries() throws IOException {
    byte[] body = Bytes.of("--x\r\n\r\n".repeat(200_000));
    within(
        "200,000 boundaries", cost(crs(), "multipart/form-data; boundary=x", body), 10, 600L << 20);
  }

  @Test
  void xmlThatIsDeep() throws IOException {
    byte[] body = Bytes.of("<a>".repeat(300_000));
    within("300,000 elements", cost(crs(), "text/xml", body), 10, 400L << 20);
    byte[] bomb =
        Bytes.of(
            "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;&c;</a>");
    within("entities", cost(crs(), "text/xml", bomb), 5, 100L << 20);
  }

  private static RuleSet rules(String text) {
    String all = "SecRuleEngine On\nSecRequestBodyAccess On\n" + text;
    LoadOutcome outcome =
        RuleSet.loadText("hostile", Bytes.of(all), TextFiles.of(), EngineOptions.DEFAULT);
    assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
    return ((LoadOutcome.Loaded) outcome).rules();
  }
}
