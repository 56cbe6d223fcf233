package dev.selvedge.app.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.app.rig.SelvedgeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The CRS's own tests through the program as it ships: proxy, supervised agent process, real
 * sockets; which rules fired is read from {@code /explain}.
 *
 * <p>A stage that the proxy itself refuses counts only for tests of the protocol (920, 921) and is
 * listed. A seeded part in the build, all with {@code -Dselvedge.soak=true}.
 */
class CrsProxyIT {

  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final int PART = SOAK ? 1 : 10;

  /** Of a part less is asked, so that chance alone does not fail it. */
  private static final double SHARE_MIN = SOAK ? 0.97 : 0.95;

  private static final int ANSWER_MILLIS = 20_000;
  private static final int RECORD_TRIES = 200;
  private static final Pattern REQUEST_ID = Pattern.compile("(?im)^x-request-id: *(\\S+)");
  private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.[01] (\\d{3})");
  private static final Pattern RULE_ID = Pattern.compile("\\{\"id\": \"(\\d+)\"");
  private static final Pattern CODE = Pattern.compile("\"code\": \"(\\w+)\"");
  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

  @TempDir private Path folder;

  private final HttpClient admin = HttpClient.newHttpClient();
  private final List<String> refused = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();

  /** What came of one request. */
  private record Outcome(int status, @Nullable String id) {}

  @Test
  void itsOwnTestsPassThroughTheProxy() throws Exception {
    Path suite = suite();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int run = 0;
    List<String> said;
    try (CrsUpstream upstream = new CrsUpstream();
        SelvedgeProcess proxy = SelvedgeProcess.start(config(suite, upstream.port()))) {
      awaitAgent(proxy);
      for (CrsCase test : CrsCase.all(suite)) {
        if (PART == 1 || random.nextInt(PART) == 0) {
          run++;
          run(test, proxy);
        }
      }
      said = proxy.output().lines().filter(line -> !line.contains("\"msg\":\"re")).toList();
    }
    int passed = run - failed.size();
    String report =
        "crs through the proxy: %d of %d pass (seed %d)%nrefused by the proxy: %s%nfailed:%n%s%n%s"
            .formatted(
                passed,
                run,
                seed,
                refused,
                String.join("\n", failed),
                failed.isEmpty() ? "" : "the program said: " + String.join("\n", said));
    System.out.println(report);
    assertThat((double) passed / run).as(report).isGreaterThanOrEqualTo(SHARE_MIN);
  }

  private static Path suite() {
    String given = System.getenv("SELVEDGE_SUITES");
    Path suites = given != null ? Path.of(given) : root().resolve("../shared/suites");
    Path suite = suites.resolve("crs").normalize();
    if (!Files.isDirectory(suite)) {
      String require = System.getenv("SELVEDGE_REQUIRE");
      boolean required = require != null && require.contains("suites");
      assertThat(required).as("suite crs is missing (set SELVEDGE_SUITES)").isFalse();
      Assumptions.abort("suite crs is missing (set SELVEDGE_SUITES)");
    }
    return suite;
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new AssertionError("no project root above the working folder");
    }
    return folder;
  }

  private Path config(Path suite, int upstream) throws IOException {
    Path ours = root().resolve("edge/waf/src/test/resources/crs");
    String text =
        """
        admin { address "127.0.0.1:0" }
        listeners { listener "web" { address "127.0.0.1:0"; protocol "http" } }
        routes { route "all" { matches { path-prefix "/" }; upstream "crs"; agents "waf" } }
        upstreams { upstream "crs" { target "127.0.0.1:%d" } }
        agent "waf" {
          type "waf"
          events "request_headers" "response_headers"
          request-body "hold"
          response-body "hold"
          timeout "20s"
          failure-mode "closed"
          memory "512MiB"
          config {
            rules "%s" "%s" "%s" "%s"
            paranoia 4
            detection-only #true
            body-over-limit "pass"
          }
        }
        """
            .formatted(
                upstream,
                ours.resolve("before.conf"),
                suite.resolve("crs-setup.conf.example"),
                ours.resolve("after-setup.conf"),
                suite.resolve("rules/*.conf"));
    return Files.writeString(folder.resolve("selvedge.kdl"), text);
  }

  private void awaitAgent(SelvedgeProcess proxy) throws Exception {
    long end = System.nanoTime() + 120_000_000_000L;
    while (!admin(proxy, "/ready").body().strip().equals("ready")) {
      assertThat(System.nanoTime()).as("%s", proxy.output()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private HttpResponse<String> admin(SelvedgeProcess proxy, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + proxy.port("admin") + path);
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    return admin.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private void run(CrsCase test, SelvedgeProcess proxy) throws Exception {
    for (CrsCase.Stage stage : test.stages()) {
      Outcome outcome = send(stage.request(), proxy.port("web"));
      String record = record(proxy, outcome.id());
      Set<String> ids = new TreeSet<>();
      Matcher rules = RULE_ID.matcher(record);
      while (rules.find()) {
        ids.add(rules.group(1));
      }
      String failure = stage.judge(ids, outcome.status());
      boolean byProxy =
          outcome.status() >= 400
              && !record.contains("AGENT_ASKED")
              && !record.contains("agent_asked");
      if (failure != null && byProxy && test.aboutProtocol()) {
        refused.add(test.id() + " " + outcome.status());
        failure = null;
      }
      if (failure != null) {
        String left = record.contains("left_out") ? " (some left out)" : "";
        Matcher code = CODE.matcher(record);
        String why = code.find() ? " " + code.group(1) : "";
        failed.add(test.id() + ": " + failure + " in " + ids + left + " " + outcome.status() + why);
        return;
      }
    }
  }

  private String record(SelvedgeProcess proxy, @Nullable String id) throws Exception {
    if (id == null) {
      return "";
    }
    for (int i = 0; i < RECORD_TRIES; i++) {
      HttpResponse<String> answer = admin(proxy, "/explain/" + id);
      if (answer.statusCode() == 200) {
        return answer.body();
      }
    }
    return "";
  }

  private static Outcome send(byte[] request, int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(ANSWER_MILLIS);
      try {
        socket.getOutputStream().write(request);
      } catch (IOException refusedEarly) {
        // The answer may be there all the same.
      }
      String answer = answer(socket.getInputStream());
      Matcher status = STATUS.matcher(answer);
      Matcher id = REQUEST_ID.matcher(answer);
      return new Outcome(
          status.find() ? Integer.parseInt(status.group(1)) : 0, id.find() ? id.group(1) : null);
    }
  }

  /** One whole answer, or what there is of it when nothing more comes. */
  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[8192];
    try {
      for (int got = in.read(some); got >= 0; got = in.read(some)) {
        all.write(some, 0, got);
        String text = all.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        Matcher length = LENGTH.matcher(text);
        boolean whole =
            end >= 0
                && length.find()
                && text.length() >= end + 4 + Integer.parseInt(length.group(1));
        if (whole || text.endsWith("\r\n0\r\n\r\n")) {
          break;
        }
      }
    } catch (SocketTimeoutException | java.net.SocketException silent) {
      // What there is of it is judged.
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }
}
