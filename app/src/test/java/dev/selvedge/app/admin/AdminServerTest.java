package dev.selvedge.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {

  private static final String ID = "cafe0001000000000012";

  private volatile AdminSources.Readiness readiness = AdminSources.Readiness.READY;
  private volatile List<String> unhealthy = List.of();
  private volatile AdminSources.Outcome outcome = new AdminSources.Outcome.Applied(List.of());
  private volatile @Nullable String token = Fixture.TOKEN;
  private final CountDownLatch reloadEntered = new CountDownLatch(1);
  private volatile CountDownLatch reloadMayEnd = new CountDownLatch(0);
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final AdminServer server;
  private final InetSocketAddress address;

  AdminServerTest() throws IOException {
    server = start(InetAddress.getLoopbackAddress());
    address = server.address();
  }

  @BeforeEach
  void isUp() {
    assertThat(address.getPort()).isPositive();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private AdminServer start(InetAddress on) throws IOException {
    AdminSources.Decisions decisions =
        new AdminSources.Decisions() {
          @Override
          public @Nullable RecordView find(String id) {
            asked.add(id);
            return id.equals(ID) ? refusal() : null;
          }

          @Override
          public List<RecordView> recent(int n, boolean notableOnly) {
            asked.add(n + " " + notableOnly);
            return Collections.nCopies(Math.min(n, 3), refusal());
          }
        };
    return AdminServer.start(
        new InetSocketAddress(on, 0),
        new AdminSources(
            () -> readiness,
            () -> unhealthy,
            new Metrics(),
            decisions,
            () -> Fixture.config(token),
            this::reload));
  }

  private AdminSources.Outcome reload() {
    reloadEntered.countDown();
    try {
      reloadMayEnd.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return outcome;
  }

  private static RecordView refusal() {
    return new RecordView(
        ID,
        null,
        1_790_000_000_000L,
        "203.0.113.7",
        "GET",
        "example.org",
        "/admin\"\u0000\u00e9",
        812,
        "admin",
        null,
        403,
        FailureCode.ROUTE_REFUSED,
        false,
        List.of(
            new RecordView.StepView(Step.ROUTED, "admin", 0),
            new RecordView.StepView(Step.REFUSED, "route_refused", 12),
            new RecordView.StepView(Step.RESPONDED, "403", 15)),
        3,
        List.of(),
        20_400,
        0,
        231);
  }

  @Test
  void saysHowItIs() throws IOException {
    assertThat(Raw.ask(address, "GET", "/health")).startsWith("HTTP/1.1 200 ").endsWith("ok\n");
    assertThat(Raw.ask(address, "GET", "/ready")).startsWith("HTTP/1.1 200 ").endsWith("ready\n");
    unhealthy = List.of("agent waf is not healthy");
    assertThat(Raw.ask(address, "GET", "/ready"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("ready\nagent waf is not healthy\n");
    readiness = AdminSources.Readiness.STARTING;
    assertThat(Raw.ask(address, "GET", "/ready"))
        .startsWith("HTTP/1.1 503 ")
        .endsWith("starting\n");
    readiness = AdminSources.Readiness.DRAINING;
    assertThat(Raw.ask(address, "GET", "/ready"))
        .startsWith("HTTP/1.1 503 ")
        .endsWith("draining\n");
    assertThat(Raw.ask(address, "GET", "/health")).startsWith("HTTP/1.1 200 ");
    assertThat(Raw.ask(address, "GET", "/")).contains("/explain/REQUEST-ID", "POST /reload");
    assertThat(Raw.ask(address, "HEAD", "/health"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("\r\n\r\n");
  }

  @Test
  void explainsARequestToSomeoneWhoIsTired() throws IOException {
    assertThat(Raw.body(Raw.ask(address, "GET", "/explain/" + ID)))
        .isEqualTo(
            """
            {
              "id": "cafe0001000000000012",
              "time": "2026-09-21T14:13:20Z",
              "client": "203.0.113.7",
              "method": "GET",
              "host": "example.org",
              "path": "/admin\\"\\u0000\\u00e9",
              "path_cut_from_bytes": 812,
              "route": "admin",
              "upstream": null,
              "status": 403,
              "code": "route_refused",
              "source": "route",
              "why": "The route refuses this request.",
              "steps": [
                {"step": "routed", "reference": "admin", "at_us": 0},
                {"step": "refused", "reference": "route_refused", "at_us": 12},
                {"step": "responded", "reference": 403, "at_us": 15}
              ],
              "duration_us": 20,
              "bytes_in": 0,
              "bytes_out": 231
            }
            """);
    assertThat(Raw.ask(address, "GET", "/explain/" + "0".repeat(20)))
        .startsWith("HTTP/1.1 404 ")
        .contains("application/problem+json", "\"code\":\"no_record\"");
  }

  @Test
  void listsDecisions() throws IOException {
    assertThat(Raw.body(Raw.ask(address, "GET", "/decisions")).lines()).hasSize(5);
    assertThat(Raw.body(Raw.ask(address, "GET", "/decisions?n=1&notable=true")).lines()).hasSize(3);
    assertThat(Raw.body(Raw.ask(address, "GET", "/decisions?n=0"))).isEqualTo("[\n  \n]\n");
    Raw.ask(address, "GET", "/decisions?n=999999&x=1");
    assertThat(asked).containsExactly("50 false", "1 true", "0 false", "1000 false");
    for (String bad : new String[] {"n=", "n=-1", "n=x", "n=99999999999"}) {
      assertThat(Raw.ask(address, "GET", "/decisions?" + bad)).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void masksSecretsInTheConfiguration() throws IOException {
    String config = Raw.body(Raw.ask(address, "GET", "/config"));
    assertThat(config)
        .contains("\"token\": \"***\"", "\"worker-threads\": 2", "\"total-timeout-ms\": 5000")
        .contains("\"max-buffered-bytes\": 65536", "\"address\": \"[::1]:8080\"")
        .contains("\"api \\\"quoted\\\"\"", "\"type\": \"prefix\"", "\"max-body\": null")
        .contains("{\"set\": \"authorization\", \"value\": \"***\"}", "{\"remove\": \"server\"}")
        .contains("{\"name\": \"x-api-key\", \"value\": \"***\"}", "\"name\": \"page\"")
        .doesNotContain(Fixture.TOKEN, Fixture.FIELD_SECRET, Fixture.AGENT_SECRET)
        .doesNotContain(Fixture.MATCH_SECRET);
    assertThat(config.chars().filter(c -> c == '{').count())
        .isEqualTo(config.chars().filter(c -> c == '}').count());
  }

  @Test
  void reloadsOnlyForTheToken() throws IOException {
    for (String wrong :
        new String[] {
          "X: y",
          "Authorization: Bearer",
          "Authorization: Bearer ",
          "Authorization: Bearer nope",
          "Authorization: bearer " + Fixture.TOKEN,
          "Authorization: Bearer " + Fixture.TOKEN + "x",
          "Authorization: Basic " + Fixture.TOKEN
        }) {
      assertThat(Raw.ask(address, "POST", "/reload", wrong))
          .as(wrong)
          .startsWith("HTTP/1.1 403 ")
          .contains("application/problem+json");
    }
    String right = "Authorization: Bearer " + Fixture.TOKEN;
    assertThat(Raw.ask(address, "POST", "/reload", right))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"reloaded\": true");
    outcome = new AdminSources.Outcome.Refused(List.of("a.kdl:1:2: unknown key \"x\""));
    assertThat(Raw.ask(address, "POST", "/reload", right))
        .startsWith("HTTP/1.1 422 ")
        .contains("\"reloaded\": false", "a.kdl:1:2: unknown key \\\"x\\\"");
    outcome = new AdminSources.Outcome.Busy();
    assertThat(Raw.ask(address, "POST", "/reload", right)).startsWith("HTTP/1.1 409 ");
    token = null;
    assertThat(Raw.ask(address, "POST", "/reload", right)).startsWith("HTTP/1.1 403 ");
    assertThat(Raw.ask(address, "POST", "/reload", "Authorization: Bearer null"))
        .startsWith("HTTP/1.1 403 ");
  }

  @Test
  void oneReloadAtATime() throws Exception {
    reloadMayEnd = new CountDownLatch(1);
    String right = "Authorization: Bearer " + Fixture.TOKEN;
    FutureTask<String> first = new FutureTask<>(() -> Raw.ask(address, "POST", "/reload", right));
    Thread.ofVirtual().start(first);
    reloadEntered.await();
    assertThat(Raw.ask(address, "POST", "/reload", right)).startsWith("HTTP/1.1 409 ");
    reloadMayEnd.countDown();
    assertThat(first.get()).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void answersOnlyToLoopbackNames() throws IOException {
    for (String host : new String[] {"localhost", "LOCALHOST:9090", "127.0.0.1:1", "[::1]:9090"}) {
      assertThat(Raw.send(address, "GET /health HTTP/1.0\r\nHost: " + host + "\r\n\r\n"))
          .as(host)
          .contains(" 200 ");
    }
    for (String host :
        new String[] {
          "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:9090", ""
        }) {
      assertThat(Raw.send(address, "GET /health HTTP/1.0\r\nHost: " + host + "\r\n\r\n"))
          .as(host)
          .contains(" 403 ", "host_not_local");
    }
    assertThat(Raw.send(address, "GET /health HTTP/1.0\r\n\r\n")).contains(" 403 ");
    try (AdminServer open = start(InetAddress.getByAddress(new byte[4]))) {
      InetSocketAddress there =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), open.address().getPort());
      assertThat(Raw.send(there, "GET /health HTTP/1.0\r\nHost: ops.example\r\n\r\n"))
          .contains(" 200 ");
    }
  }

  @Test
  void survivesHostilePaths() throws IOException {
    for (String path :
        new String[] {
          "/explain",
          "/explain/",
          "/explain/../../etc/passwd",
          "/explain/%2e%2e%2f",
          "/explain/%00",
          "//explain/x",
          "/nothing",
          "/reload/",
          "/config/..",
          "/Health",
          "/health/",
          "/%68ealth"
        }) {
      assertThat(Raw.ask(address, "GET", path))
          .as(path)
          .startsWith("HTTP/1.1 404 ")
          .contains("application/problem+json")
          .doesNotContain("passwd");
    }
    for (String request :
        new String[] {
          "GET /explain/" + "a".repeat(1 << 20) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(1 << 20) + "\r\n\r\n",
          "GET /health HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n".repeat(1000) + "\r\n",
          "nonsense\r\n\r\n",
          "GET /explain/\"<script> HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n",
          "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
          "\u0000\u0001\u0002\r\n\r\n"
        }) {
      String answer = sendAndLeave(request);
      assertThat(answer)
          .satisfiesAnyOf(a -> assertThat(a).isEmpty(), a -> assertThat(a).contains(" 4"));
      assertThat(answer).doesNotContain(" 200 ", "<script>");
    }
    assertThat(Raw.ask(address, "GET", "/health")).startsWith("HTTP/1.1 200 ");
  }

  private String sendAndLeave(String request) throws IOException {
    return Raw.send(address, request.replaceFirst("\r\n", "\r\nConnection: close\r\n"));
  }

  @Test
  void refusesOtherMethods() throws IOException {
    for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"}) {
      assertThat(Raw.ask(address, method, "/config"))
          .as(method)
          .startsWith("HTTP/1.1 405 ")
          .containsIgnoringCase("allow: GET, HEAD")
          .doesNotContainIgnoringCase("access-control");
    }
    assertThat(Raw.ask(address, "GET", "/reload"))
        .startsWith("HTTP/1.1 405 ")
        .containsIgnoringCase("allow: POST");
  }

  @Test
  void answersWhileManyConnectionsSayNothing() throws IOException {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < AdminServer.REQUESTS - 4; i++) {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.getOutputStream().write("GET /hea".getBytes(StandardCharsets.US_ASCII));
        silent.add(socket);
      }
      assertThat(Raw.ask(address, "GET", "/health")).startsWith("HTTP/1.1 200 ");
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    assertThat(Stream.generate(() -> ask("/health")).limit(AdminServer.REQUESTS * 2L))
        .allMatch(answer -> answer.startsWith("HTTP/1.1 200 "));
  }

  private String ask(String path) {
    try {
      return Raw.ask(address, "GET", path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
