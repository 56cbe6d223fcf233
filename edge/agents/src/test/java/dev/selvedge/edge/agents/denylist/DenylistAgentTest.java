package dev.selvedge.edge.agents.denylist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.agents.Agents;
import dev.selvedge.edge.agents.BuiltIn;
import dev.selvedge.edge.agents.BuiltIns;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.protocol.agent.InProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenylistAgentTest {

  private static final BuiltIn DENYLIST =
      BuiltIns.ALL.stream().filter(it -> it.type().equals("denylist")).findFirst().orElseThrow();

  @TempDir private Path folder;

  private static Decision decide(String kdl, RequestHeaders request) throws Exception {
    return Agents.ask(Agents.started(new DenylistAgent(), "", kdl), request);
  }

  private static void refuses(String kdl, RequestHeaders request, String rule) throws Exception {
    Decision decision = decide(kdl, request);
    assertThat(decision.verdict()).isInstanceOf(Verdict.Block.class);
    assertThat(decision.audit().rules()).containsExactly(new Audit.Rule(rule, 0));
  }

  private static void allows(String kdl, RequestHeaders request) throws Exception {
    assertThat(decide(kdl, request).isPlainAllow()).isTrue();
  }

  @Test
  void refusesByAddress() throws Exception {
    String kdl = "address \"198.51.100.7\" \"2001:db8::/32\"\naddress \"203.0.113.0/24\"";
    refuses(kdl, Agents.request("203.0.113.9", "/"), "address 203.0.113.0/24");
    refuses(kdl, Agents.request("198.51.100.7", "/"), "address 198.51.100.7/32");
    refuses(kdl, Agents.request("2001:db8::1", "/"), "address 2001:db8:0:0:0:0:0:0/32");
    allows(kdl, Agents.request("198.51.100.8", "/"));
    allows(kdl, Agents.request("2001:db9::1", "/"));
  }

  @Test
  void refusesByPath() throws Exception {
    String kdl = "path \"^/admin(/|$)\" \"\\\\.php$\"";
    refuses(kdl, Agents.request("127.0.0.1", "/admin/x"), "path ^/admin(/|$)");
    refuses(kdl, Agents.request("127.0.0.1", "/a/index.php"), "path \\.php$");
    allows(kdl, Agents.request("127.0.0.1", "/administration"));
  }

  @Test
  void refusesByUserAgent() throws Exception {
    String kdl = "user-agent \"(?i)badbot\" \"^$\"";
    RequestHeaders bad = Agents.request("127.0.0.1", "/", "user-agent", "BadBot/1");
    refuses(kdl, bad, "user-agent (?i)badbot");
    RequestHeaders second =
        Agents.request("127.0.0.1", "/", "user-agent", "fine", "user-agent", "badbot");
    refuses(kdl, second, "user-agent (?i)badbot");
    refuses(kdl, Agents.request("127.0.0.1", "/", "accept", "badbot"), "user-agent ^$");
    allows(kdl, Agents.request("127.0.0.1", "/", "user-agent", "good"));
  }

  @Test
  void refusesWithTheStatusThatIsSet() throws Exception {
    RequestHeaders request = Agents.request("10.0.0.1", "/");
    Decision decision = decide("address \"10.0.0.1\"\nstatus 404", request);
    assertThat(decision.verdict())
        .isInstanceOfSatisfying(
            Verdict.Block.class, block -> assertThat(block.answer().status()).isEqualTo(404));
    decision = decide("address \"10.0.0.1\"", request);
    assertThat(decision.verdict())
        .isInstanceOfSatisfying(
            Verdict.Block.class, block -> assertThat(block.answer().status()).isEqualTo(403));
  }

  @Test
  void findsFilesFromTheFolderOfTheConfiguration() throws Exception {
    Files.writeString(folder.resolve("bad.txt"), "# known\n10.1.0.0/16\n\n");
    String file = folder.resolve("main.kdl").toString();
    InProcess agent = Agents.started(new DenylistAgent(), file, "address-file \"bad.txt\"");
    Decision decision = Agents.ask(agent, Agents.request("10.1.2.3", "/"));
    assertThat(decision.verdict()).isInstanceOf(Verdict.Block.class);
  }

  @Test
  void reportsMistakesInItsBlockAndItsFilesTogether() throws Exception {
    Files.writeString(folder.resolve("bad.txt"), "10.1.0.0/16\n  10.1.0.1/16\nten\n");
    String file = folder.resolve("main.kdl").toString();
    String kdl = "address-file \"bad.txt\"\npath \"(\"\nuser-agent-file \"none.txt\"";
    List<String> problems = Agents.problems(DENYLIST, file, kdl);
    assertThat(problems).hasSize(4);
    assertThat(problems.get(0)).startsWith("1:14: bad.txt:2:3: ").contains("10.1.0.0/16");
    assertThat(problems.get(1)).startsWith("1:14: bad.txt:3:1: ");
    assertThat(problems.get(2)).startsWith("2:6: ").contains("missing closing )");
    assertThat(problems.get(3)).isEqualTo("3:17: cannot read none.txt: there is no such file");
  }

  @Test
  void boundsHowManyPatternsThereAre() throws Exception {
    Files.writeString(folder.resolve("many.txt"), "/a\n".repeat(257));
    List<String> problems =
        Agents.problems(DENYLIST, folder.resolve("main.kdl").toString(), "path-file \"many.txt\"");
    assertThat(problems).containsExactly("0:0: denylist has more than 256 patterns of a kind");
  }
}
