package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.app.rig.AgentClient;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.protocol.contract.AgentContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code selvedge agent} and {@code selvedge explain} as an operator meets them. */
class AgentCommandIT {

  @TempDir private Path folder;

  private RunningProgram selvedge(String... words) throws Exception {
    List<String> command = new ArrayList<>(RunningProgram.java());
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.add(Main.class.getName());
    command.addAll(List.of(words));
    return RunningProgram.command(folder, command);
  }

  private static String address(RunningProgram agent) {
    Matcher address = Pattern.compile("\"address\":\"([^\"]+)\"").matcher(agent.ready());
    assertThat(address.find()).isTrue();
    return address.group(1);
  }

  @Test
  void servesWithItsOwnFileUntilItIsToldToStop() throws Exception {
    Path file = Files.writeString(folder.resolve("deny.kdl"), "config { path \"^/no\" }");
    String socket = "unix:" + folder.resolve("deny.sock");
    try (RunningProgram agent =
        selvedge("agent", "denylist", "--listen", socket, "--config", file.toString())
            .awaitReady()) {
      assertThat(address(agent)).isEqualTo(socket);
      assertThat(AgentClient.ask(socket, "/no", 20_000).verdict())
          .isInstanceOf(Verdict.Block.class);
      assertThat(AgentClient.ask(socket, "/yes", 20_000).verdict())
          .isInstanceOf(Verdict.Allow.class);
      agent.signal("TERM");
      assertThat(agent.awaitEnd()).isZero();
      assertThat(agent.has("\"msg\":\"stopped\"")).isTrue();
      assertThat(agent.errors()).isEmpty();
      assertThat(folder.resolve("deny.sock")).doesNotExist();
    }
  }

  @Test
  void builtInAgentsKeepTheContract() throws Exception {
    for (String type : List.of("echo", "denylist")) {
      try (RunningProgram agent = selvedge("agent", type, "--listen", "127.0.0.1:0").awaitReady()) {
        List<AgentContract.Result> results = AgentContract.run(address(agent), System.out);
        assertThat(results)
            .noneMatch(result -> result.outcome() == AgentContract.Outcome.FAIL)
            .anyMatch(result -> result.outcome() == AgentContract.Outcome.PASS);
      }
    }
  }

  private void refuses(int code, String message, String... words) throws Exception {
    try (RunningProgram agent = selvedge(words)) {
      assertThat(agent.awaitEnd()).as(message).isEqualTo(code);
      assertThat(agent.errors()).contains(message);
    }
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.kdl"), "\n  pth \"^/no\"\n");
    Path taken = Files.createDirectory(folder.resolve("taken"));
    refuses(2, "did you mean \"echo\"", "agent", "ecko", "--listen", "127.0.0.1:0");
    refuses(
        2,
        "wrong.kdl:2:3: unknown key pth",
        "agent",
        "denylist",
        "--listen",
        "127.0.0.1:0",
        "--config",
        wrong.toString());
    refuses(1, "cannot listen at", "agent", "echo", "--listen", "unix:" + taken);
    refuses(2, "--listen", "agent", "echo");
  }

  @Test
  void endsWhenItIsNobodysChild() throws Exception {
    try (RunningProgram agent =
        selvedge("agent", "echo", "--listen", "127.0.0.1:0", "--child-of", "1")) {
      assertThat(agent.awaitEnd()).isEqualTo(1);
    }
  }

  @Test
  void checksBlocksOfBuiltInAgentsAndNamesTheOthers() throws Exception {
    String kdl =
        """
        agents {
          agent "no" { type "denylist"; failure-mode "open"; config { path "^/no" } }
          agent "far" { type "far"; unix-socket path="/run/far"; failure-mode "open"
            config { anything 1 } }
        }
        listeners { listener "web" { address "127.0.0.1:8080" } }
        routes { route "own" { respond { body "fine" }; agents "no" "far" } }
        """;
    Path file = Files.writeString(folder.resolve("check.kdl"), kdl);
    try (RunningProgram check = selvedge("check", file.toString())) {
      assertThat(check.awaitEnd()).isZero();
      check.awaitLine(file + ": ok; config of far not checked");
    }
    Files.writeString(file, kdl.replace("^/no", "("));
    refuses(2, "check.kdl:2:68: RE2 does not accept this pattern", "check", file.toString());
  }

  @Test
  void explains() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("small.kdl"),
            """
            agents { agent "no" { type "denylist"; failure-mode "open"; config { path "^/no" } } }
            listeners { listener "web" { address "127.0.0.1:8080" } }
            routes { route "own" { respond { body "fine" }; agents "no" } }
            """);
    try (RunningProgram explain = selvedge("explain", file.toString(), "GET http://a/no")) {
      assertThat(explain.awaitEnd()).isZero();
      explain.awaitLine("outcome   answered by agent no: block with 403");
    }
    refuses(2, "is not like", "explain", file.toString(), "GET a");
    refuses(2, "is not an address", "explain", file.toString(), "GET http://a/", "--from", "b");
    refuses(2, "no such file", "explain", folder.resolve("none.kdl").toString(), "GET http://a/");
  }
}
