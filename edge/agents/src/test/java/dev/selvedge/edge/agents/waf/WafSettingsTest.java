package dev.selvedge.edge.agents.waf;

import static dev.selvedge.edge.agents.waf.Requests.ask;
import static dev.selvedge.edge.agents.waf.Requests.request;
import static dev.selvedge.edge.agents.waf.Requests.rules;
import static dev.selvedge.edge.agents.waf.Requests.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.agents.Agents;
import dev.selvedge.edge.agents.BuiltIn;
import dev.selvedge.edge.agents.BuiltIns;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.agent.InProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WafSettingsTest {

  private static final String ATTACK = "id=1'%20union%20select%20password%20from%20users--%20";

  @TempDir private Path folder;

  private static BuiltIn waf() {
    return BuiltIns.ALL.stream().filter(it -> it.type().equals("waf")).findFirst().orElseThrow();
  }

  private void write(String name, String rules) throws Exception {
    Files.writeString(folder.resolve(name), rules);
  }

  @Test
  void theShippedRulesRefuseAnAttackAndPassAPlainRequest() throws Exception {
    InProcess waf = Requests.agent("");
    Decision plain = ask(waf, request("GET", "/shop", "page=2&sort=name"));
    assertThat(plain.isPlainAllow()).as("%s", plain).isTrue();
    Decision attack = ask(waf, request("GET", "/shop", ATTACK));
    assertThat(status(attack)).isEqualTo(403);
    assertThat(attack.audit().score()).isGreaterThanOrEqualTo(25);
    assertThat(rules(attack)).isNotEmpty().allMatch(id -> id.startsWith("5"));
    assertThat(attack.audit().tags())
        .contains("waf:block")
        .anyMatch(it -> it.contains("ARGS:id="))
        .noneMatch(it -> it.contains("MATCHED_VARS"));
  }

  private static final String SCORED =
      """
      SecRule ARGS "@streq critical" "id:5999001,phase:2,pass,log,severity:2,tag:'selvedge',msg:'c'"
      SecRule ARGS "@streq error" "id:5999002,phase:2,pass,log,severity:3,tag:'selvedge',msg:'e'"
      SecRule ARGS "@streq notice" "id:5999003,phase:2,pass,log,severity:5,tag:'selvedge',msg:'n'"
      """;

  @Test
  void thresholdsDecideWhatIsLoggedAndBlocked() throws Exception {
    write("scored.conf", SCORED);
    InProcess usual = Requests.agent(folder, "rules \"scored.conf\"");
    assertThat(told(usual, "a=critical")).isEqualTo("403 25 [waf:block]");
    assertThat(told(usual, "a=error")).isEqualTo("0 10 [waf:log]");
    assertThat(told(usual, "a=notice")).isEqualTo("0 2 [waf:allow]");
    assertThat(told(usual, "a=x")).isEqualTo("0 0 []");
    InProcess strict = Requests.agent(folder, "rules \"scored.conf\"\nlog-score 2\nblock-score 10");
    assertThat(told(strict, "a=error")).isEqualTo("403 10 [waf:block]");
    assertThat(told(strict, "a=notice")).isEqualTo("0 2 [waf:log]");
  }

  private static String told(InProcess agent, String query) throws Exception {
    Decision decision = ask(agent, request("GET", "/", query));
    List<String> words =
        decision.audit().tags().stream().filter(tag -> tag.startsWith("waf:")).toList();
    return status(decision) + " " + decision.audit().score() + " " + words;
  }

  @Test
  void detectionOnlyRefusesNothing() throws Exception {
    write("scored.conf", SCORED + "SecRule ARGS \"@streq deny\" \"id:7,phase:2,deny,log\"\n");
    InProcess waf = Requests.agent(folder, "rules \"scored.conf\"\ndetection-only #true");
    assertThat(told(waf, "a=critical")).isEqualTo("0 25 [waf:log, waf:would-block]");
    Decision denied = ask(waf, request("GET", "/", "a=deny"));
    assertThat(status(denied)).isZero();
    assertThat(rules(denied)).containsExactly("7");
  }

  @Test
  void refusesWithTheStatusThatIsSet() throws Exception {
    write("scored.conf", SCORED + "SecRule ARGS \"@streq d\" \"id:7,phase:2,deny,status:406\"\n");
    InProcess waf = Requests.agent(folder, "rules \"scored.conf\"\nstatus 418");
    assertThat(status(ask(waf, request("GET", "/", "a=critical")))).isEqualTo(418);
    assertThat(status(ask(waf, request("GET", "/", "a=d")))).isEqualTo(406);
  }

  @Test
  void otherRulesRedirectByTheirOwnActions() throws Exception {
    write("go.conf", "SecRule ARGS \"@streq go\" \"id:7,phase:2,redirect:'/elsewhere'\"\n");
    Decision decision =
        ask(Requests.agent(folder, "rules \"go.conf\""), request("GET", "/", "a=go"));
    assertThat(status(decision)).isEqualTo(302);
    assertThat(decision.verdict().toString()).contains("/elsewhere");
  }

  @Test
  void paranoiaChoosesTheRules() throws Exception {
    write(
        "crs-like.conf",
        """
        SecRule TX:DETECTION_PARANOIA_LEVEL "@ge 3" "id:7,phase:1,pass,log,msg:'three or more'"
        """);
    InProcess low = Requests.agent(folder, "rules \"crs-like.conf\"\nparanoia 2");
    assertThat(rules(ask(low, request("GET", "/", null)))).isEmpty();
    InProcess high = Requests.agent(folder, "rules \"crs-like.conf\"\nparanoia 3");
    assertThat(rules(ask(high, request("GET", "/", null)))).containsExactly("7");
    int rulesOfOne = LoadedRulesAt.level(1);
    int rulesOfFour = LoadedRulesAt.level(4);
    assertThat(rulesOfFour).isGreaterThan(rulesOfOne);
  }

  @Test
  void saysWhatMatchedWithoutSecrets() throws Exception {
    write(
        "any.conf",
        """
        SecRule ARGS|REQUEST_BODY|REQUEST_HEADERS "@contains hunter2" \
        "id:7,phase:2,pass,log,msg:'m',t:none"
        """);
    InProcess waf = Requests.agent(folder, "rules \"any.conf\"");
    String form = "application/x-www-form-urlencoded";
    Decision decision =
        ask(
            waf,
            request("POST", "/", "password=hunter2", "content-type", form),
            Requests.bytes("user=a&my_pwd=hunter2&card=" + "1".repeat(200)));
    assertThat(rules(decision)).isNotEmpty();
    assertThat(decision.audit().tags()).noneMatch(tag -> tag.contains("hunter2"));
    assertThat(decision.audit().tags()).allMatch(tag -> tag.length() < 200);
  }

  /** One place of a secret at a time: of several matches of a rule only the last is told. */
  @Test
  void secretsAreHiddenWhereverTheyStand() throws Exception {
    write(
        "each.conf",
        """
        SecRule ARGS|ARGS_NAMES|REQUEST_BODY|REQUEST_HEADERS|REQUEST_COOKIES|XML:/*|XML://@* \
        "@contains hunter2" "id:7,phase:2,pass,log,msg:'m',t:none"
        SecRule ARGS_NAMES "@contains hunter2" "id:8,phase:2,pass,log,msg:'m',t:none"
        """);
    InProcess waf = Requests.agent(folder, "rules \"each.conf\"");
    String form = "application/x-www-form-urlencoded";
    String json = "{\"a\": 1, \"password\": \"hunter2\"}";
    String[][] bodies = {
      {form, "my_pwd=hunter2"},
      {form, json},
      {"text/plain", json},
      {"application/json", "{\"jwt\": [\"hunter2\"]}"},
      {"text/xml", "<login><name>a</name><password>hunter2</password></login>"},
      {"text/xml", "<login name='a' passwd='hunter2'/>"},
    };
    for (String[] body : bodies) {
      Decision decision =
          ask(waf, request("POST", "/", null, "content-type", body[0]), Requests.bytes(body[1]));
      assertThat(rules(decision)).as(body[1]).contains("7");
      assertThat(decision.audit().tags()).noneMatch(tag -> tag.contains("hunter2"));
    }
    String[][] fields = {{"authorization", "Basic hunter2"}, {"cookie", "a=hunter2"}};
    for (String[] field : fields) {
      Decision decision = ask(waf, request("GET", "/", null, field));
      assertThat(rules(decision)).as(field[0]).contains("7");
      assertThat(decision.audit().tags()).noneMatch(tag -> tag.contains("hunter2"));
    }
  }

  @Test
  void reportsEveryMistakeWithItsPlace() throws Exception {
    write("bad.conf", "\nSecRule ARGS \"@rx (\" \"id:1,phase:2\"\nSecNothing On\n");
    String file = folder.resolve("main.kdl").toString();
    List<String> problems =
        Agents.problems(
            waf(),
            file,
            """
            rules "bad.conf"
            paranioa 2
            log-score 30
            exclude { path "no slash" }
            exclude { }
            """);
    assertThat(problems).anyMatch(it -> it.startsWith("1:7: bad.conf:2: "));
    assertThat(problems).anyMatch(it -> it.startsWith("1:7: bad.conf:3: "));
    assertThat(problems)
        .contains("2:1: unknown key paranioa in waf (did you mean \"paranoia\"?)")
        .contains("3:1: log-score 30 is above block-score 25: nothing would be logged")
        .contains("4:16: \"no slash\" is not a path in its normal form")
        .contains("5:1: exclude names no rule, tag, path or parameter");
    assertThat(Agents.problems(waf(), file, "rules \"gone.conf\" \"onw\""))
        .containsExactly(
            "1:7: there is no rule file gone.conf",
            "1:19: there is no rule file onw (did you mean \"own\"?)");
    write("pm.conf", "SecRule ARGS \"@pmFromFile gone.data\" \"id:1,phase:2\"\n");
    assertThat(Agents.problems(waf(), file, "rules \"pm.conf\""))
        .singleElement()
        .asString()
        .startsWith("1:7: pm.conf:1: ")
        .contains("gone.data");
  }

  @Test
  void keepsItsRulesWhenANewBlockIsWrong() throws Exception {
    write("scored.conf", SCORED);
    InProcess waf = Requests.agent(folder, "rules \"scored.conf\"");
    String file = folder.resolve("main.kdl").toString();
    assertThat(waf.configure(file, Agents.nodes("rules \"gone.conf\""))).hasSize(1);
    Decision decision = ask(waf, request("GET", "/", "a=critical"));
    assertThat(decision.audit().rules()).containsExactly(new Audit.Rule("5999001", 25));
  }
}
