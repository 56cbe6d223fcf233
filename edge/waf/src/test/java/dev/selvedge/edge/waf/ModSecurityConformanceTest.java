package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.engine.Verdict;
import dev.selvedge.edge.waf.rx.Rx;
import dev.selvedge.edge.waf.rx.RxMatcher;
import dev.selvedge.edge.waf.rx.RxSyntaxException;
import dev.selvedge.edge.waf.trace.Trace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * ModSecurity v3's own regression cases: every one passes but those listed as out with a reason.
 */
class ModSecurityConformanceTest {
  private static final int CASES = 656;

  @Test
  void casesPassButThoseListed() throws IOException {
    Path suite = TestFiles.suite("modsecurity/regression");
    Map<String, String> out = CrsConformanceTest.reasons("modsecurity/out.txt");
    List<String> failed = new ArrayList<>();
    List<String> needless = new ArrayList<>();
    int total = 0;
    int passed = 0;
    List<Path> files;
    try (Stream<Path> listing = Files.list(suite)) {
      files = listing.filter(p -> p.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      for (ModSecurityCase c : ModSecurityCase.read(file)) {
        total++;
        String failure = run(c);
        if (failure == null) {
          passed++;
          if (out.containsKey(c.id())) {
            needless.add(c.id());
          }
        } else if (!out.containsKey(c.id()) && !outByNeed(c)) {
          failed.add(c.id() + " (" + c.title() + "): " + failure);
        }
      }
    }
    System.out.printf(
        "modsecurity: %d of %d pass, %d fail unlisted%n", passed, total, failed.size());
    assertThat(total).isEqualTo(CASES);
    assertThat(failed).as("%s", String.join("\n", failed)).isEmpty();
    assertThat(needless).as("listed as out, but they pass").isEmpty();
  }

  /** Cases that say themselves that they need what this engine does not have. */
  private static boolean outByNeed(ModSecurityCase c) {
    return c.file().equals("offset-variable.json")
        || c.resources().stream()
            .anyMatch(r -> List.of("lua", "geoip", "maxmind", "curl", "ssdeep").contains(r));
  }

  private static final class Recorder implements Trace {
    final StringBuilder lines = new StringBuilder();

    @Override
    public boolean on() {
      return true;
    }

    @Override
    public void line(int level, String text) {
      lines.append("[1234.5] [/uri] [").append(level).append("] ").append(text).append('\n');
    }
  }

  private static @Nullable String run(ModSecurityCase c) {
    EngineOptions options =
        new EngineOptions(
            Clock.system(ZoneOffset.UTC),
            Map.of("PATH", "/usr/bin", "MODSECURITY", "ModSecurity 3.0.9 regression tests"),
            1000,
            10_000,
            100,
            5_000_000,
            16 << 20);
    byte[] rules = ModSecurityCase.utf8(c.rules());
    TextFiles files = TextFiles.of(TestFiles.module("src/test/resources/modsecurity"));
    LoadOutcome outcome = RuleSet.loadText(c.file(), rules, files, options);
    String parserError = c.expected("parser_error");
    if (outcome instanceof LoadOutcome.Refused refused) {
      return parserError != null ? null : refusal(c, refused);
    }
    if (parserError != null) {
      return "loads, but should say " + parserError;
    }
    if (!(outcome instanceof LoadOutcome.Loaded loaded)) {
      return "impossible";
    }
    Recorder recorder = new Recorder();
    Transaction t = loaded.rules().newTransaction(recorder);
    Verdict verdict = exchange(c, t);
    StringBuilder log = new StringBuilder();
    StringBuilder audit = new StringBuilder("--A--\n");
    for (RuleMatch match : t.matches()) {
      log.append(match.text()).append('\n');
      if (match.audit()) {
        audit.append(match.text()).append('\n');
      }
    }
    return judge(
        c, verdict, recorder.lines.toString(), log.toString(), t.audited() ? audit.toString() : "");
  }

  /**
   * What does not load runs nothing: a case that only wants to read why, as one of libmodsecurity's
   * requests would tell, reads it in the problems.
   */
  private static @Nullable String refusal(ModSecurityCase c, LoadOutcome.Refused refused) {
    String told = refused.problems().toString();
    boolean onlyTold =
        c.expected("debug_log") != null
            && c.expected("http_code") == null
            && c.expected("error_log") == null
            && c.expected("audit_log") == null;
    return onlyTold && !missing(c.expected("debug_log"), told) ? null : "does not load: " + told;
  }

  private static Verdict exchange(ModSecurityCase c, Transaction t) {
    List<ModSecurityCase.Entry> client = c.object("client");
    List<ModSecurityCase.Entry> server = c.object("server");
    List<ModSecurityCase.Entry> request = c.object("request");
    List<ModSecurityCase.Entry> response = c.object("response");
    t.connection(
        new Connection(
            ModSecurityCase.text(client, "ip", ""),
            Integer.parseInt(ModSecurityCase.text(client, "port", "0")),
            ModSecurityCase.text(server, "ip", ""),
            Integer.parseInt(ModSecurityCase.text(server, "port", "0"))));
    t.requestHead(
        ModSecurityCase.utf8(ModSecurityCase.text(request, "method", "")),
        ModSecurityCase.utf8(ModSecurityCase.text(request, "uri", "")),
        ModSecurityCase.utf8("HTTP/" + ModSecurityCase.text(request, "http_version", "1.1")),
        ModSecurityCase.headers(request));
    t.requestBody(ModSecurityCase.body(request));
    t.requestBodyEnd();
    String protocol = ModSecurityCase.text(response, "protocol", "HTTP/1.1");
    t.responseHead(200, ModSecurityCase.utf8(protocol), ModSecurityCase.headers(response));
    t.responseBody(ModSecurityCase.body(response));
    t.responseBodyEnd();
    t.end();
    return t.verdict();
  }

  private static @Nullable String judge(
      ModSecurityCase c, Verdict verdict, String debug, String log, String audit) {
    String http = c.expected("http_code");
    int wanted = http == null ? 200 : Integer.parseInt(http);
    int status =
        switch (verdict) {
          case Verdict.Allow _ -> 200;
          case Verdict.Deny d -> d.status();
          case Verdict.Redirect r -> r.status();
        };
    if (status != wanted) {
      return "status " + status + " instead of " + wanted;
    }
    String location = c.expected("redirect_url");
    if (location != null
        && verdict instanceof Verdict.Redirect r
        && !r.location().equals(location)) {
      return "redirects to " + r.location();
    }
    if (missing(c.expected("debug_log"), debug)) {
      return "trace lacks " + c.expected("debug_log");
    }
    if (missing(c.expected("error_log"), log)) {
      return "log lacks " + c.expected("error_log") + " in " + log;
    }
    if (missing(c.expected("audit_log"), audit)) {
      return "audit lacks " + c.expected("audit_log") + " in " + audit;
    }
    return null;
  }

  private static boolean missing(@Nullable String pattern, String text) {
    if (pattern == null || pattern.isEmpty()) {
      return false;
    }
    try {
      RxMatcher matcher = Rx.compile(latin(pattern)).matcher();
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      matcher.stepLimit(200_000_000);
      return matcher.find(bytes, 0, bytes.length, 0) != RxMatcher.MATCH;
    } catch (RxSyntaxException e) {
      throw new IllegalArgumentException(pattern, e);
    }
  }

  private static String latin(String text) {
    return new String(ModSecurityCase.utf8(text), StandardCharsets.ISO_8859_1);
  }
}
