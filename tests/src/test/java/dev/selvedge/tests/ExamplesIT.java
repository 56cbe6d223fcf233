package dev.selvedge.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example is right, runs as a process, and answers what its pages say it answers. */
class ExamplesIT {

  private static final int WEB = 8080;
  private static final int ADMIN = 9090;

  /** Examples whose requests are asked for below; a new one gets a test and its name here. */
  private static final List<String> ASKED = List.of("agents", "quickstart", "waf");

  @TempDir private Path folder;

  @BeforeAll
  static void theProgramIsBuilt() {
    assertThat(Project.ROOT.resolve("app/target/dist/selvedge.jar"))
        .as("the program, which ./build dist makes")
        .exists();
  }

  static List<String> examples() throws IOException {
    try (Stream<Path> folders = Files.list(Project.ROOT.resolve("examples"))) {
      return folders
          .filter(Files::isDirectory)
          .map(example -> String.valueOf(example.getFileName()))
          .sorted()
          .toList();
    }
  }

  @Test
  void everyExampleIsAsked() throws IOException {
    assertThat(examples()).containsExactlyInAnyOrderElementsOf(ASKED);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void passesCheck(String example) throws Exception {
    Path file = Project.ROOT.resolve("examples").resolve(example).resolve("selvedge.kdl");
    RunningExample.Ended ended = RunningExample.command("check", file.toString());
    assertThat(ended.output()).isEqualToIgnoringNewLines(file + ": ok");
    assertThat(ended.code()).isZero();
  }

  @Test
  void quickstartAnswersItsFourRequests() throws Exception {
    Path example = Project.ROOT.resolve("examples/quickstart");
    try (RunningExample quickstart = RunningExample.start(example, folder)) {
      HttpResponse<String> site = quickstart.get(WEB, "/");
      assertThat(site.statusCode()).isEqualTo(200);
      assertThat(site.body()).contains("Your front door is working.");
      assertThat(site.headers().firstValue("content-security-policy")).isPresent();

      HttpResponse<String> api = quickstart.post(WEB, "/api/hello", "hi");
      assertThat(api.statusCode()).isEqualTo(200);
      assertThat(api.body()).contains("\"/api/hello\"", "x-forwarded-for", "x-request-id");

      HttpResponse<String> large = quickstart.post(WEB, "/api/hello", "x".repeat(65_537));
      assertThat(large.statusCode()).isEqualTo(413);

      HttpResponse<String> moved = quickstart.get(WEB, "/old");
      assertThat(moved.statusCode()).isEqualTo(308);
      assertThat(moved.headers().firstValue("location")).hasValue("/");

      refusesAndExplains(quickstart);
      assertThat(quickstart.stop()).isZero();
    }
  }

  private static void refusesAndExplains(RunningExample quickstart) throws Exception {
    HttpResponse<String> refused = quickstart.get(WEB, "/private");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");
    String id = refused.headers().firstValue("x-request-id").orElseThrow();
    assertThat(refused.body()).contains("\"route_refused\"", id);

    HttpResponse<String> why = quickstart.get(ADMIN, "/explain/" + id);
    assertThat(why.statusCode()).isEqualTo(200);
    assertThat(why.body()).contains("\"private\"", "route_refused");

    assertThat(quickstart.get(ADMIN, "/ready").statusCode()).isEqualTo(200);
    assertThat(quickstart.get(ADMIN, "/metrics").body())
        .contains("selvedge_failures_total{route=\"private\"");
  }

  @Test
  void agentsCheckSignAndFailAsTheirPageSays() throws Exception {
    Path example = Project.ROOT.resolve("examples/agents");
    try (RunningExample agents = RunningExample.start(example, folder)) {
      awaitHealthyAgents(agents);
      HttpResponse<String> signed = agents.get(WEB, "/");
      assertThat(signed.statusCode()).isEqualTo(200);
      assertThat(signed.body()).contains("x-checked-by");
      assertThat(signed.headers().firstValue("x-served-by")).hasValue("selvedge");

      HttpResponse<String> refused = agents.get(WEB, "/wp-login.php");
      assertThat(refused.statusCode()).isEqualTo(403);
      String id = refused.headers().firstValue("x-request-id").orElseThrow();
      assertThat(agents.get(ADMIN, "/explain/" + id).body()).contains("agent_blocked", "deny");

      assertThat(agents.get(WEB, "/open/.git").statusCode()).isEqualTo(403);
      assertThat(agents.get(WEB, "/free").body()).isEqualTo("free\n");
      assertThat(agents.stop()).isZero();
    }
  }

  @Test
  void wafRefusesAttacksAndSaysWhy() throws Exception {
    Path example = Project.ROOT.resolve("examples/waf");
    try (RunningExample waf = RunningExample.start(example, folder)) {
      awaitHealthyAgents(waf);
      assertThat(waf.get(WEB, "/?q=blue+shoes").statusCode()).isEqualTo(200);

      HttpResponse<String> sql = waf.get(WEB, "/?id=1'+union+select+password+from+users--+");
      assertThat(sql.statusCode()).isEqualTo(403);
      String id = sql.headers().firstValue("x-request-id").orElseThrow();
      assertThat(waf.get(ADMIN, "/explain/" + id).body())
          .contains("agent_blocked", "waf:block", "5120020", "ARGS:id");

      String script = "name=%3Cscript%3Ealert(1)%3C/script%3E";
      assertThat(waf.form(WEB, "/", script).statusCode()).isEqualTo(403);
      String note = "text=%3Cscript%3Ealert(1)%3C/script%3E";
      assertThat(waf.form(WEB, "/notes", note).statusCode()).isEqualTo(200);
      assertThat(waf.form(WEB, "/other", note).statusCode()).isEqualTo(403);
      assertThat(waf.stop()).isZero();
    }
  }

  /** Ready waits two seconds for agents; a busy machine may need more. */
  private static void awaitHealthyAgents(RunningExample example) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!example.get(ADMIN, "/ready").body().equals("ready\n")) {
      assertThat(System.nanoTime()).as("agents not healthy within a minute").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
