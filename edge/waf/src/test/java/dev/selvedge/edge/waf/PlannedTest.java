package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.injection.LibinjectionLines;
import dev.selvedge.edge.waf.own.Policy;
import dev.selvedge.edge.waf.own.Shipped;
import dev.selvedge.edge.waf.variable.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The one law of the planned evaluation: it gives what evaluating rule after rule gives, to the
 * last word of the log.
 *
 * <p>A seeded tenth of each corpus here, all of it in soak.
 */
class PlannedTest {
  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);
  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final int STRIDE = SOAK ? 1 : 10;
  private static final int GENERATED = SOAK ? 20_000 : 1_000;

  private interface Exchange {
    void run(Transaction transaction);
  }

  /** What a transaction comes to, without what differs between any two. */
  private static String outcome(Transaction t) {
    StringBuilder text = new StringBuilder();
    for (RuleMatch match : t.matches()) {
      String line = match.text().replaceAll("unique_id \"[^\"]*\"", "");
      text.append(match.phase()).append(line).append(match.excerpt()).append('\n');
    }
    text.append(t.verdict()).append(' ');
    return text.append(t.txNumber("blocking_inbound_anomaly_score")).toString();
  }

  private static boolean holds(RuleSet rules, Exchange exchange, String name) {
    Transaction plain = rules.newPlainTransaction();
    exchange.run(plain);
    Transaction planned = rules.newTransaction();
    exchange.run(planned);
    assertThat(outcome(planned)).as("%s, seed %d", name, SEED).isEqualTo(outcome(plain));
    return !plain.matches().isEmpty();
  }

  @Test
  void onTheStagesOfTheCrs() throws IOException {
    Path suite = TestFiles.suite("crs");
    int fired = 0;
    int run = 0;
    List<CrsConformanceTest.Named> stages = CrsConformanceTest.stages(suite);
    for (RuleSet rules : List.of(CrsConformanceTest.crs(suite), levelOne(suite))) {
      for (int i = new Random(SEED).nextInt(STRIDE); i < stages.size(); i += STRIDE) {
        CrsConformanceTest.Named stage = stages.get(i);
        run++;
        fired += holds(rules, stage.stage()::run, stage.id()) ? 1 : 0;
      }
    }
    System.out.printf("planned: %d of %d CRS stages fire, all alike%n", fired, run);
    assertThat(fired).isGreaterThan(run / 4);
  }

  @Test
  void onLinesOfLibinjection() throws IOException {
    RuleSet rules = CrsConformanceTest.crs(TestFiles.suite("crs"));
    List<byte[]> lines = LibinjectionLines.all();
    int run = 0;
    int step = SOAK ? 1 : Math.max(1, lines.size() / 1_000);
    for (int i = new Random(SEED).nextInt(step); i < lines.size(); i += step) {
      byte[] line = lines.get(i);
      run++;
      holds(rules, t -> form(t, "value", line), "line " + i);
    }
    System.out.printf("planned: %d lines of libinjection, all alike%n", run);
  }

  @Test
  void onGeneratedRequests() throws IOException {
    Path suite = TestFiles.suite("crs");
    RuleSet all = CrsConformanceTest.crs(suite);
    RuleSet one = levelOne(suite);
    int fired = 0;
    for (int i = 0; i < GENERATED; i++) {
      CrsStage request = RequestGenerator.request(SEED, i);
      fired += holds(i % 2 == 0 ? all : one, request::run, "request " + i) ? 1 : 0;
    }
    System.out.printf("planned: %d of %d generated requests fire, all alike%n", fired, GENERATED);
    assertThat(fired).isGreaterThan(GENERATED / 4);
  }

  @Test
  void theShippedRulesOnEveryCorpus() throws IOException {
    RuleSet rules = Shipped.rules(Policy.DEFAULT.withParanoia(4));
    Random random = new Random(SEED);
    int run = 0;
    int fired = 0;
    List<CrsConformanceTest.Named> stages = CrsConformanceTest.stages(TestFiles.suite("crs"));
    for (int i = random.nextInt(STRIDE); i < stages.size(); i += STRIDE, run++) {
      fired += holds(rules, stages.get(i).stage()::run, stages.get(i).id()) ? 1 : 0;
    }
    List<byte[]> values = new ArrayList<>(LibinjectionLines.all());
    CleanValues.read().values().forEach(v -> values.add(v.getBytes(StandardCharsets.UTF_8)));
    int step = SOAK ? 1 : 50;
    for (int i = random.nextInt(step); i < values.size(); i += step, run++) {
      byte[] value = values.get(i);
      fired += holds(rules, t -> form(t, "value", value), "value " + i) ? 1 : 0;
    }
    for (int i = 0; i < GENERATED; i += SOAK ? 1 : 4, run++) {
      CrsStage request = RequestGenerator.request(SEED, i);
      fired += holds(rules, request::run, "request " + i) ? 1 : 0;
    }
    System.out.printf("planned: %d of %d fire under the shipped rules, all alike%n", fired, run);
    assertThat(fired).isGreaterThan(run / 4);
  }

  @Test
  void theShippedRulesOnTheirOwnCases() {
    RuleSet rules = Shipped.rules(Policy.DEFAULT.withParanoia(4));
    assertThat(Shipped.exchanges()).hasSizeGreaterThan(500);
    Shipped.exchanges().forEach((name, exchange) -> holds(rules, exchange::accept, name));
  }

  /** Rules of the kinds that the CRS has few of: skips, removals, chains, negations, counts. */
  @Test
  void onRulesThatSteer() {
    String text =
        """
        SecRuleEngine On
        SecRequestBodyAccess On
        SecAction "id:1,phase:1,nolog,pass,setvar:tx.level=1,setvar:tx.sum=0"
        SecRule TX:level "@lt 2" "id:2,phase:1,nolog,pass,skipAfter:HIGH"
        SecRule ARGS "@contains x" "id:3,phase:1,log,pass"
        SecMarker HIGH
        SecRule &TX:missing "@eq 0" "id:4,phase:1,nolog,pass,setvar:tx.missing=7"
        SecRule TX:missing "@eq 7" "id:5,phase:1,log,pass,msg:'%{tx.missing}'"
        SecRule ARGS:a "@rx ^(.)" "id:6,phase:2,log,capture,pass,setvar:tx.sum=+1,chain"
        SecRule TX:1 "@within bcx" "t:none"
        SecRule ARGS_NAMES "!@rx ^[a-c]$" "id:7,phase:2,log,pass,logdata:'%{matched_var_name}'"
        SecRule ARGS|!ARGS:b "@pm evil bad" "id:8,phase:2,log,pass,t:urlDecodeUni,t:lowercase"
        SecRule ARGS:b "@streq off" "id:9,phase:2,nolog,pass,ctl:ruleRemoveById=10"
        SecRule ARGS "@rx (?i)secret" "id:10,phase:2,log,pass,multiMatch,t:base64Decode,t:lowercase"
        SecRule ARGS:c "@streq tag" "id:11,phase:2,nolog,pass,ctl:ruleRemoveByTag=late"
        SecAction "id:12,phase:2,nolog,pass,tag:late,setvar:tx.late=1"
        SecRule TX:late "@eq 1" "id:13,phase:2,log,pass,tag:late"
        SecRule &TX:late "@eq 0" "id:14,phase:2,log,pass"
        SecRule MATCHED_VARS "@rx ." "id:15,phase:2,log,pass,logdata:'%{matched_var}'"
        SecRule ARGS:c "@streq stop" "id:16,phase:2,log,deny,status:409"
        SecRule ARGS:c "@streq go" "id:17,phase:2,log,allow:phase"
        SecRule TX:/^l/ "@rx 1" "id:18,phase:2,log,pass"
        SecRule REQUEST_HEADERS:X|REQUEST_COOKIES:/^s/ "@endsWith z" "id:19,phase:2,log,pass"
        SecRule ARGS "@validateByteRange 32-126" "id:20,phase:2,log,pass,t:htmlEntityDecode"
        SecRule TX:sum "@ge 1" "id:21,phase:5,log,pass"
        SecRule TX:late "@eq 1" "id:22,phase:5,log,pass"
        """;
    LoadOutcome outcome =
        RuleSet.loadText("steer", Bytes.of(text), TextFiles.of(), EngineOptions.DEFAULT);
    assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
    RuleSet rules = ((LoadOutcome.Loaded) outcome).rules();
    Random random = new Random(SEED);
    String[] values = {
      "", "x", "bcx", "evil", "%45vil", "off", "tag", "stop", "go", "c2VjcmV0", "\u00e9", "b"
    };
    int fired = 0;
    for (int i = 0; i < 4_000; i++) {
      List<String> pairs = new ArrayList<>();
      for (int k = random.nextInt(5); k > 0; k--) {
        pairs.add("abcd".charAt(random.nextInt(4)) + "=" + values[random.nextInt(values.length)]);
      }
      String query = "/?" + String.join("&", pairs);
      Fields headers = new Fields();
      headers.add(Bytes.of("X"), Bytes.of(random.nextBoolean() ? "xyz" : "y"));
      headers.add(Bytes.of("Cookie"), Bytes.of("s1=" + (random.nextBoolean() ? "z" : "q")));
      fired += holds(rules, t -> get(t, query, headers), query) ? 1 : 0;
    }
    assertThat(fired).isGreaterThan(2_000);
  }

  private static void get(Transaction t, String uri, Fields headers) {
    t.connection(new Connection("192.0.2.1", 1, "192.0.2.2", 80));
    t.requestHead(Bytes.of("GET"), Bytes.of(uri), Bytes.of("HTTP/1.1"), headers);
    t.requestBodyEnd();
    t.end();
  }

  private static void form(Transaction t, String name, byte[] value) {
    Fields headers = new Fields();
    headers.add(Bytes.of("Host"), Bytes.of("www.example.com"));
    headers.add(Bytes.of("Content-Type"), Bytes.of("application/x-www-form-urlencoded"));
    StringBuilder body = new StringBuilder(name).append('=');
    for (byte b : value) {
      body.append('%').append(Bytes.text(Bytes.hex(new byte[] {b})));
    }
    headers.add(Bytes.of("Content-Length"), Bytes.of(body.length()));
    t.connection(new Connection("192.0.2.1", 1, "192.0.2.2", 80));
    t.requestHead(Bytes.of("POST"), Bytes.of("/"), Bytes.of("HTTP/1.1"), headers);
    t.requestBody(Bytes.of(body.toString()));
    t.requestBodyEnd();
    t.end();
  }

  /** The CRS as its users have it. */
  private static RuleSet levelOne(Path suite) throws IOException {
    List<String> names = new ArrayList<>(CrsConformanceTest.ruleFiles(suite));
    names.removeIf(name -> name.endsWith("after-setup.conf"));
    LoadOutcome outcome = RuleSet.load(names, TextFiles.of(), EngineOptions.DEFAULT);
    assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
    return ((LoadOutcome.Loaded) outcome).rules();
  }
}
