package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.engine.Verdict;
import dev.selvedge.edge.waf.variable.Fields;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleSetTest {
  private static LoadOutcome load(String text, EngineOptions options) {
    return RuleSet.loadText("test.conf", Bytes.of(text), TextFiles.of(), options);
  }

  private static RuleSet rules(String... lines) {
    return rules(EngineOptions.DEFAULT, lines);
  }

  private static RuleSet rules(EngineOptions options, String... lines) {
    LoadOutcome outcome = load("SecRuleEngine On\n" + String.join("\n", lines), options);
    if (outcome instanceof LoadOutcome.Loaded loaded) {
      return loaded.rules();
    }
    throw new AssertionError(outcome.toString());
  }

  private static Transaction get(RuleSet rules, String uri) {
    Transaction t = rules.newTransaction();
    t.requestHead(Bytes.of("GET"), Bytes.of(uri), Bytes.of("HTTP/1.1"), new Fields());
    t.requestBodyEnd();
    return t;
  }

  @Test
  void everyProblemIsReportedWithItsLine() {
    String text =
        """
        SecNonsense On
        SecRule ARGZ "@rx a" "id:1,pass"
        SecRule ARGS "@rxx a" "id:2,pass"
        SecRule ARGS "@rx (" "id:3,pass"
        SecRule ARGS "@rx a" \\
            "id:4,pass,t:lowercase,t:shout"
        SecRule ARGS "@rx a" "id:5,pass,explode"
        SecRule ARGS "@pmFromFile nowhere.data" "id:6,pass"
        SecRule ARGS "@rx a" "id:7,pass,ctl:everything=Off"
        SecRule ARGS "@rx a" "id:8,pass"
        SecRule ARGS "@rx a" "id:8,pass"
        SecAction "id:9,msg:'%{NOPE}'"
        Include nowhere.conf
        SecRule REQUEST_METHOD:x "@rx a" "id:10"
        """;
    assertThat(load(text, EngineOptions.DEFAULT)).isInstanceOf(LoadOutcome.Refused.class);
    LoadOutcome.Refused refused = (LoadOutcome.Refused) load(text, EngineOptions.DEFAULT);
    assertThat(refused.problems().stream().map(p -> p.file() + ":" + p.line()))
        .containsExactly(
            "test.conf:1",
            "test.conf:2",
            "test.conf:3",
            "test.conf:4",
            "test.conf:5",
            "test.conf:7",
            "test.conf:8",
            "test.conf:9",
            "test.conf:11",
            "test.conf:12",
            "test.conf:13",
            "test.conf:14");
    assertThat(refused.problems().get(4).message()).isEqualTo("unknown transformation: shout");
  }

  @Test
  void skippingToAMarkerThatNobodySetsIsAProblem() {
    String text =
        """
        SecAction "id:1,pass,skipAfter:HERE"
        SecRule ARGS "@rx a" "id:2,pass,chain"
            SecRule ARGS "@rx b" "skipAfter:NOWHERE"
        SecMarker HERE
        """;
    assertThat(problems(text)).containsExactly("test.conf:3: no marker NOWHERE to skip to");
  }

  @Test
  void problemsSayWhatIsWrongAndRepeatNoMoreThanTheStart() {
    assertThat(problems("SecAction \"id:1,pass,severity:LOUD\""))
        .containsExactly("test.conf:1: not a number of up to nine digits: LOUD");
    String pattern = "a".repeat(100_000) + "(";
    assertThat(problems("SecRule ARGS \"@rx " + pattern + "\" \"id:1,pass\"").getFirst())
        .startsWith("test.conf:1: Error with regular expression: missing closing parenthesis")
        .hasSizeLessThan(400);
  }

  private static List<String> problems(String text) {
    LoadOutcome outcome = load(text, EngineOptions.DEFAULT);
    assertThat(outcome).isInstanceOf(LoadOutcome.Refused.class);
    return ((LoadOutcome.Refused) outcome).problems().stream().map(p -> p.toString()).toList();
  }

  @Test
  void matchesCarryWhatPeopleAskForAndHideSecrets() {
    RuleSet rules =
        rules(
            "SecRule ARGS \"@contains evil\" \"id:7,phase:2,deny,status:418,severity:CRITICAL,"
                + "msg:'found %{MATCHED_VAR_NAME}',tag:'a',tag:'b'\"");
    Transaction t = get(rules, "/?password=evil4111111111111111");
    assertThat(t.verdict()).isEqualTo(new Verdict.Deny(418, false, 7));
    RuleMatch match = t.matches().getFirst();
    assertThat(match.message()).isEqualTo("found ARGS:password");
    assertThat(match.tags()).containsExactly("a", "b");
    assertThat(match.severity()).isEqualTo(2);
    assertThat(match.excerpt()).isEqualTo("***");
    assertThat(get(rules, "/?q=evil4111111111111111").matches().getFirst().excerpt())
        .isEqualTo("evil41111###########");
  }

  @Test
  void storedValuesOutliveTheTransactionUntilTheyExpire() {
    SettableClock clock = new SettableClock();
    EngineOptions options = new EngineOptions(clock, Map.of(), 100, 10, 10, 1_000_000, 1 << 20);
    RuleSet rules =
        rules(
            options,
            "SecAction \"id:1,phase:1,nolog,pass,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1,"
                + "expirevar:ip.n=60\"",
            "SecRule IP:n \"@gt 2\" \"id:2,phase:1,deny\"");
    assertThat(get(rules, "/").verdict()).isEqualTo(Verdict.ALLOW);
    assertThat(get(rules, "/").verdict()).isEqualTo(Verdict.ALLOW);
    assertThat(get(rules, "/").verdict()).isInstanceOf(Verdict.Deny.class);
    clock.now = clock.now.plusSeconds(61);
    assertThat(get(rules, "/").verdict()).isEqualTo(Verdict.ALLOW);
  }

  private static final class SettableClock extends Clock {
    private Instant now = Instant.EPOCH;

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @Test
  void argumentsOverTheLimitAreAnErrorNotAnAbsence() {
    RuleSet rules = rules("SecRule REQBODY_ERROR \"@eq 1\" \"id:1,phase:2,deny\"");
    StringBuilder uri = new StringBuilder("/?");
    for (int i = 0; i < 200_000; i++) {
      uri.append("a&");
    }
    assertThat(get(rules, uri.toString()).verdict()).isInstanceOf(Verdict.Deny.class);
  }

  @Test
  void deepAndBrokenBodiesAreErrors() {
    RuleSet rules =
        rules(
            "SecRequestBodyAccess On",
            "SecRule REQUEST_HEADERS:T \"json\""
                + " \"id:1,phase:1,pass,ctl:requestBodyProcessor=JSON\"",
            "SecRule REQUEST_HEADERS:T \"xml\" \"id:2,phase:1,pass,ctl:requestBodyProcessor=XML\"",
            "SecRule REQBODY_ERROR \"@eq 1\" \"id:3,phase:2,deny\"");
    assertThat(post(rules, "json", "[".repeat(1_000_000))).isInstanceOf(Verdict.Deny.class);
    assertThat(post(rules, "json", "{\"a\":1")).isInstanceOf(Verdict.Deny.class);
    assertThat(post(rules, "json", "{\"a\":1}")).isEqualTo(Verdict.ALLOW);
    assertThat(post(rules, "xml", "<a>".repeat(100_000))).isInstanceOf(Verdict.Deny.class);
    assertThat(post(rules, "xml", "<a><b/></a>")).isEqualTo(Verdict.ALLOW);
  }

  @Test
  void entitiesOfABodyGiveTheirTextUnlessItLiesElsewhere() {
    RuleSet rules =
        rules(
            "SecRequestBodyAccess On",
            "SecRule REQUEST_HEADERS:T \"xml\" \"id:2,phase:1,pass,ctl:requestBodyProcessor=XML\"",
            "SecRule XML:/* \"@rx root:|lol\" \"id:3,phase:2,deny\"");
    String external = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    String hidden = "<!DOCTYPE a [<!ENTITY x \"l\"><!ENTITY y \"&x;o&x;\">]><a>&y;</a>";
    assertThat(post(rules, "xml", external)).isEqualTo(Verdict.ALLOW);
    assertThat(post(rules, "xml", hidden)).isInstanceOf(Verdict.Deny.class);
    assertThat(post(rules, "xml", "<a>lol</a>")).isInstanceOf(Verdict.Deny.class);
  }

  private static Verdict post(RuleSet rules, String type, String body) {
    Transaction t = rules.newTransaction();
    Fields headers = new Fields();
    headers.add(Bytes.of("T"), Bytes.of(type));
    t.requestHead(Bytes.of("POST"), Bytes.of("/"), Bytes.of("HTTP/1.1"), headers);
    t.requestBody(Bytes.of(body));
    return t.requestBodyEnd();
  }

  @Test
  void regularExpressionsEndAtTheirStepLimit() {
    RuleSet rules =
        rules(
            "SecPcreMatchLimit 10000",
            "SecRule ARGS:a \"@rx ^(?=(a|aa)+$)a\" \"id:1,phase:2,deny\"",
            "SecRule MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:2,phase:2,deny,status:400\"");
    Verdict verdict = get(rules, "/?a=" + "a".repeat(60) + "b").verdict();
    assertThat(verdict).isEqualTo(new Verdict.Deny(400, false, 2));
  }

  @Test
  void updatesAndRemovalsHoldForRulesBeforeAndAfter() {
    RuleSet rules =
        rules(
            "SecRuleRemoveById 10-19 30",
            "SecRuleUpdateTargetById 20 \"!ARGS:ok\"",
            "SecRule ARGS \"@contains x\" \"id:15,phase:2,deny\"",
            "SecRule ARGS \"@contains x\" \"id:30,phase:2,deny\"",
            "SecRule ARGS \"@contains x\" \"id:20,phase:2,deny\"");
    assertThat(get(rules, "/?ok=x").verdict()).isEqualTo(Verdict.ALLOW);
    assertThat(get(rules, "/?no=x").verdict()).isEqualTo(new Verdict.Deny(403, false, 20));
    assertThat(List.copyOf(rules.program().phase(2).rules())).hasSize(3);
  }
}
