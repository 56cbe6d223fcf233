package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteOrder;
import dev.selvedge.edge.proxy.exchange.HeadLimits;
import dev.selvedge.edge.proxy.h1.HeadReader;
import dev.selvedge.edge.proxy.h1.HeadWriter;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Recorder;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.route.Router;
import dev.selvedge.kernel.Clock;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.Metrics;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@code route(x) == route(forwarded(x))}: the upstream is asked for what was routed (EDGE 1). */
class RouteLawsTest {

  private static final int TARGETS = Boolean.getBoolean("selvedge.soak") ? 10_000_000 : 150_000;
  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);
  private static final String[] PIECES = {
    "/",
    "//",
    "/.",
    "/..",
    "/./",
    "/../",
    "/...",
    ".",
    "..",
    "%2e",
    "%2E",
    "%2e%2e",
    "/%2e%2E/",
    "%2F",
    "%2f",
    "%5C",
    "%5c",
    "%25",
    "%252e",
    "%252F",
    "%00",
    "%0d%0A",
    "%61",
    "%41",
    "%7e",
    "%7E",
    "%e9",
    "%C3%A9",
    "\u00e9",
    "\u0080",
    "\u00ff",
    "a",
    "A",
    "api",
    "API",
    "/api",
    "/api/",
    "v1",
    "/v1/",
    "admin",
    "/admin",
    "b.php",
    "~",
    ";",
    ";x=1",
    "=",
    "&",
    ":",
    "@",
    "*",
    "+",
    "|",
    "\\",
    "\"",
    "<",
    "{}",
    "^",
    "`",
    "%",
    "%2",
    "%zz",
    "%%32%65",
    "#",
    "?",
    "?q",
    "?q=1&r=2",
    "?/../",
    "?%2e%2e",
    "%3F",
    "%3f",
    "http://",
    "!",
    "$",
    "'",
    "(",
    ")",
    ","
  };
  private static final String[] HOSTS = {
    "a", "A.Example", "x.b.example", "a:80", "a.example:8080", "[::1]", "[::FF]:81", "1.2.3.4"
  };
  private static final String[] METHODS = {"GET", "POST", "OPTIONS", "PURGE"};
  private static final HeadLimits LIMITS = new HeadLimits(32_768, 100, 256, 8192, 8192);

  private final Worker worker =
      new Worker(
          0,
          new EmbeddedChannel().eventLoop(),
          Clock.system(),
          new Metrics().shard(),
          Recorder.NONE,
          new SplittableRandom(1));

  /** What the proxy makes of one request head. */
  private record Seen(String path, String query, String host, String method, int route) {}

  /** Forty routes, each checked by itself: together some would be refused as shadowed. */
  private static Router router(SplittableRandom random) {
    List<RouteConfig> routes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String route = "routes { route \"r" + i + "\" { " + conditions(random) + "; echo } }\n";
      Config config = RunningProxy.parse(RunningProxy.text(1, "", route));
      routes.addAll(config.routes());
    }
    return new Router(RouteOrder.of(routes), List.of("web"));
  }

  private static String conditions(SplittableRandom random) {
    String[] patterns = {"^/v[0-9]+/", "[.]php$", "%2F", "//", "^/[^/]*$", "admin", ";"};
    String path =
        switch (random.nextInt(5)) {
          case 0 -> "path \"" + normal(random) + "\"";
          case 1, 2 -> "path-prefix \"" + normal(random) + "\"";
          case 3 -> "path-regex \"" + patterns[random.nextInt(patterns.length)] + "\"";
          default -> "query \"q\"; path-prefix \"/\"";
        };
    String rest =
        switch (random.nextInt(6)) {
          case 0 -> "; host \"*.example\"";
          case 1 -> "; host \"a\" \"a.example\"";
          case 2 -> "; method \"POST\" \"OPTIONS\"";
          default -> "";
        };
    return "priority " + random.nextInt(3) + "; matches { " + path + rest + " }";
  }

  /** A path in normal form, as configuration must write it. */
  private static String normal(SplittableRandom random) {
    String[] pieces = {"/api", "/a", "/A", "/v1", "/admin", "/%2F", "/a;x=1", "/b.php", "//", "/~"};
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      path.append(pieces[random.nextInt(pieces.length)]);
    }
    return path.toString();
  }

  private static String target(SplittableRandom random, String host) {
    StringBuilder target = new StringBuilder();
    switch (random.nextInt(12)) {
      case 0 -> target.append(random.nextBoolean() ? "http://" : "HTTP://").append(host);
      case 1 -> target.append(random.nextInt(4) == 0 ? "*" : "");
      default -> target.append('/');
    }
    for (int i = random.nextInt(9); i > 0; i--) {
      target.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return target.toString();
  }

  @Test
  void routesWhatItForwardsToTheSameRoute() {
    SplittableRandom random = new SplittableRandom(SEED);
    Router router = router(random);
    int accepted = 0;
    int changed = 0;
    BitSet routes = new BitSet();
    for (int i = 0; i < TARGETS; i++) {
      if (i % 5_000 == 0) {
        router = router(random);
      }
      String host = HOSTS[random.nextInt(HOSTS.length)];
      String target = target(random, host);
      String method = METHODS[random.nextInt(METHODS.length)];
      String text = method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
      HttpHead head = new HttpHead();
      RequestTarget asked = new RequestTarget();
      if (!read(bytes(text), head, asked)) {
        continue;
      }
      Seen first = seen(router, head, asked);
      byte[] forwarded = written(head, asked);
      HttpHead again = new HttpHead();
      RequestTarget askedAgain = new RequestTarget();
      String shown = "seed " + SEED + ": " + text + " -> " + first;
      assertThat(read(forwarded, again, askedAgain)).as(shown).isTrue();
      assertThat(seen(router, again, askedAgain)).as(shown).isEqualTo(first);
      assertThat(written(again, askedAgain)).as(shown).isEqualTo(forwarded);
      assertThat(askedAgain.pathIsNormal()).as(shown).isTrue();
      accepted++;
      changed += asked.pathIsNormal() ? 0 : 1;
      routes.set(first.route() + 1);
    }
    assertThat(accepted).isGreaterThan(TARGETS / 3);
    assertThat(changed).as("paths that were not normal").isGreaterThan(TARGETS / 20);
    assertThat(routes.cardinality()).as("routes reached").isGreaterThan(20);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static boolean read(byte[] bytes, HttpHead head, RequestTarget target) {
    HeadReader reader = new HeadReader(true, LIMITS);
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    return reader.read(in, head) == HeadReader.Outcome.COMPLETE
        && !in.isReadable()
        && target.parse(head, false, false) == null;
  }

  private static Seen seen(Router router, HttpHead head, RequestTarget target) {
    return new Seen(
        target.path(),
        target.hasQuery() + target.query(),
        target.host() + ":" + target.port(),
        head.method(),
        router.route(target, head, 0));
  }

  private byte[] written(HttpHead head, RequestTarget target) {
    ByteBuf out = HeadWriter.request(worker, head, target, 0, null, false, 0);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes).release();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return bytes(text.replace("content-length: 0\r\n", ""));
  }
}
