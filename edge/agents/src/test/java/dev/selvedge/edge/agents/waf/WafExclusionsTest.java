package dev.selvedge.edge.agents.waf;

import static dev.selvedge.edge.agents.waf.Requests.ask;
import static dev.selvedge.edge.agents.waf.Requests.request;
import static dev.selvedge.edge.agents.waf.Requests.rules;
import static dev.selvedge.edge.agents.waf.Requests.sent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.agents.Agents;
import dev.selvedge.edge.agents.BuiltIn;
import dev.selvedge.edge.agents.BuiltIns;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.agent.InProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WafExclusionsTest {

  private static final String RULES =
      """
      SecRule ARGS "@contains evil" "id:11,phase:2,pass,log,t:none,tag:'one',tag:'selvedge'"
      SecRule ARGS "@contains evil" "id:12,phase:2,pass,log,t:none,tag:'two',tag:'selvedge'"
      SecRule REQUEST_HEADERS:X-Evil "@rx ." "id:13,phase:1,pass,log,t:none,tag:'two'"
      SecRule ARGS_GET "@contains evil" "id:14,phase:2,pass,log,t:none,tag:'OWASP_CRS'"
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeRules() throws Exception {
    Files.writeString(folder.resolve("r.conf"), RULES);
  }

  private InProcess waf(String exclusion) {
    return Requests.agent(folder, "rules \"r.conf\"\nexclude { " + exclusion + " }");
  }

  private static RequestHeaders evil(String path, String parameter) {
    return request("GET", path, parameter + "=evil", "x-evil", "1");
  }

  private List<String> fired(String exclusion, RequestHeaders request) throws Exception {
    return rules(ask(waf(exclusion), request)).stream().sorted().toList();
  }

  @Test
  void leavesOutARule() throws Exception {
    assertThat(fired("rule 11", evil("/", "q"))).containsExactly("12", "13", "14");
    assertThat(fired("rule 11; rule 13", evil("/", "q"))).containsExactly("12", "14");
  }

  @Test
  void leavesOutATag() throws Exception {
    assertThat(fired("tag \"two\"", evil("/", "q"))).containsExactly("11", "14");
    assertThat(fired("tag \"two\"; rule 11", evil("/", "q"))).containsExactly("14");
  }

  @Test
  void leavesOutBelowAPath() throws Exception {
    assertThat(fired("path \"/a.b/\"", evil("/a.b/c", "q"))).isEmpty();
    assertThat(fired("path \"/a.b\"", evil("/a.b", "q"))).isEmpty();
    assertThat(fired("path \"/a.b\"", evil("/a.bc", "q"))).hasSize(4);
    assertThat(fired("path \"/a.b\"", evil("/axb", "q"))).hasSize(4);
  }

  @Test
  void aPathIsTheOneThatTheProxyRoutesBy() throws Exception {
    RequestHeaders hidden = sent("GET", "/free/../login", "/login", "q=evil", "x-evil", "1");
    assertThat(fired("path \"/free\"", hidden)).hasSize(4);
    RequestHeaders meant = sent("GET", "/login/../free", "/free", "q=evil", "x-evil", "1");
    assertThat(fired("path \"/free\"", meant)).isEmpty();
  }

  @Test
  void leavesOutAParameter() throws Exception {
    assertThat(fired("parameter \"q\"", evil("/", "q"))).containsExactly("13");
    assertThat(fired("parameter \"q\"", evil("/", "p"))).hasSize(4);
    assertThat(fired("parameter \"p\" \"q\"", evil("/", "q"))).containsExactly("13");
  }

  @Test
  void leavesOutOnlyWhatAllWordsSay() throws Exception {
    String all = "rule 11; path \"/a\"; parameter \"q\"";
    assertThat(fired(all, evil("/a/b", "q"))).containsExactly("12", "13", "14");
    assertThat(fired(all, evil("/b", "q"))).hasSize(4);
    assertThat(fired(all, evil("/a", "p"))).hasSize(4);
    assertThat(fired("tag \"two\"; path \"/a\"", evil("/a", "q"))).containsExactly("11", "14");
    assertThat(fired("tag \"one\"; parameter \"q\"", evil("/", "q"))).hasSize(3);
    assertThat(fired("path \"/a\"; parameter \"q\"", evil("/a", "q"))).containsExactly("13");
    assertThat(fired("path \"/a\"; parameter \"q\"", evil("/b", "q"))).hasSize(4);
  }

  @Test
  void anExclusionOfNothingIsAMistake() {
    BuiltIn waf =
        BuiltIns.ALL.stream().filter(it -> it.type().equals("waf")).findFirst().orElseThrow();
    String kdl = "rules \"r.conf\"\nexclude { rule 10 }\nexclude { tag \"tow\" }";
    assertThat(Agents.problems(waf, folder.resolve("main.kdl").toString(), kdl))
        .containsExactly(
            "2:1: there is no rule 10 to exclude",
            "3:1: no rule has the tag \"tow\" to exclude (did you mean \"two\"?)");
  }

  @Test
  void leavesOutOfTheShippedRules() throws Exception {
    RequestHeaders attack = request("GET", "/notes", "text=%3Cscript%3Ealert(1)%3C/script%3E");
    InProcess usual = Requests.agent("");
    assertThat(Requests.status(ask(usual, attack))).isEqualTo(403);
    InProcess notes = Requests.agent("exclude { path \"/notes\"; parameter \"text\" }");
    assertThat(Requests.status(ask(notes, attack))).isZero();
    RequestHeaders elsewhere = request("GET", "/other", "text=%3Cscript%3Ealert(1)%3C/script%3E");
    assertThat(Requests.status(ask(notes, elsewhere))).isEqualTo(403);
  }
}
