package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program with agents as children: what clients see while a child fails. */
class AgentsIT {

  /** One child that does as it is told. */
  private static final String SIGN =
      """
      system { worker-threads 1; access-log "off"; drain-delay "0ms" }
      admin { address "127.0.0.1:0" }
      listeners { listener "web" { address "127.0.0.1:0" } }
      agents { agent "sign" { type "echo"; failure-mode "closed"; timeout-ms 500
        config { request-field "x-sign" "one" } } }
      routes {
        route "sign" { matches { path-prefix "/sign" }; echo; agents "sign" }
        route "free" { respond { body "free" } }
      }
      """;

  /** And two that fail on request, one on an open route. */
  private static final String CONFIG =
      SIGN
          + """
          agents {
            agent "bad" { type "faulty"; failure-mode "closed"; timeout-ms 500 }
            agent "lax" { type "faulty"; failure-mode "open"; timeout-ms 500 }
          }
          routes {
            route "closed" { matches { path-prefix "/closed" }; echo; agents "bad" }
            route "open" { matches { path-prefix "/open" }; echo; agents "lax" }
          }
          """;

  @TempDir private Path folder;

  private RunningProgram start(String kdl) throws Exception {
    Path file = Files.writeString(folder.resolve("agents.kdl"), kdl);
    List<String> command = new ArrayList<>(RunningProgram.java());
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.addAll(List.of(FaultyProgram.class.getName(), "run", file.toString()));
    return RunningProgram.command(folder, command).awaitReady();
  }

  private static List<ProcessHandle> children(RunningProgram program) {
    try (Stream<ProcessHandle> all = ProcessHandle.of(program.pid()).orElseThrow().descendants()) {
      return all.filter(ProcessHandle::isAlive).toList();
    }
  }

  private static boolean answers(RunningProgram program, String path, String start) {
    try {
      return program.get("web", path).startsWith("HTTP/1.1 " + start);
    } catch (java.io.IOException failed) {
      return false;
    }
  }

  private static void awaitAnswer(RunningProgram program, String path, String start)
      throws InterruptedException {
    RunningProgram.until(path + " answers " + start, () -> answers(program, path, start));
  }

  @Test
  void asksItsChildrenFromTheFirstRequest() throws Exception {
    try (RunningProgram program = start(CONFIG)) {
      awaitAnswer(program, "/closed", "200");
      assertThat(program.get("web", "/sign")).contains("x-sign", "one");
      assertThat(program.get("admin", "/ready")).endsWith("ready\n");
      assertThat(children(program)).hasSize(3);
      assertThat(program.errors()).isEmpty();
      program.signal("TERM");
      assertThat(program.awaitEnd()).isZero();
      assertThat(program.errors()).isEmpty();
    }
  }

  @Test
  void failureModesServeWhileAChildIsReplaced() throws Exception {
    try (RunningProgram program = start(CONFIG)) {
      awaitAnswer(program, "/closed", "200");
      awaitAnswer(program, "/open", "200");
      List<ProcessHandle> before = children(program);
      String refusal = program.get("web", "/closed/wedge");
      assertThat(refusal).startsWith("HTTP/1.1 503 ").contains("\"agent_");
      assertThat(program.get("web", "/open/wedge")).startsWith("HTTP/1.1 200 ");
      assertThat(program.get("web", "/free")).endsWith("free");
      RunningProgram.until(
          "both replaced", () -> before.stream().filter(child -> !child.isAlive()).count() == 2);
      awaitAnswer(program, "/closed", "200");
      assertThat(program.has("agent killed: no answer for 2 s")).isTrue();
      assertThat(program.get("admin", "/metrics"))
          .contains("selvedge_agent_restarts_total{agent=\"bad\"} 1")
          .contains("selvedge_agent_child_state{agent=\"sign\"} 2");
    }
  }

  @Test
  void readyNamesAgentsThatAreNotHealthy() throws Exception {
    try (RunningProgram program = start(CONFIG)) {
      awaitAnswer(program, "/closed", "200");
      program.get("web", "/closed/wedge");
      RunningProgram.until(
          "/ready names it",
          () -> {
            try {
              return program.get("admin", "/ready").contains("agent bad is not healthy: ");
            } catch (java.io.IOException failed) {
              return false;
            }
          });
    }
  }

  @Test
  void leavesNoOrphanWhenItIsKilled() throws Exception {
    try (RunningProgram program = start(SIGN)) {
      awaitAnswer(program, "/sign", "200");
      List<ProcessHandle> children = children(program);
      new ProcessBuilder("kill", "-STOP", Long.toString(children.getFirst().pid()))
          .start()
          .waitFor();
      program.signal("KILL");
      program.awaitEnd();
      RunningProgram.until(
          "all children ended", () -> children.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  @Test
  void reloadServesFromAWarmChildOfTheNewConfiguration() throws Exception {
    try (RunningProgram program = start(SIGN)) {
      awaitAnswer(program, "/sign", "200");
      Path file = folder.resolve("agents.kdl");
      Files.writeString(file, SIGN.replace("\"one\"", "\"two\""));
      program.signal("HUP");
      RunningProgram.until(
          "the reload, without one failed request",
          () -> {
            assertThat(answers(program, "/sign", "200")).isTrue();
            return program.has("\"msg\":\"reloaded\"");
          });
      assertThat(program.get("web", "/sign")).contains("two");
      RunningProgram.until("the old child's end", () -> children(program).size() == 1);
    }
  }

  @Test
  void reloadRefusesABlockThatAnAgentRefuses() throws Exception {
    try (RunningProgram program = start(SIGN)) {
      awaitAnswer(program, "/sign", "200");
      Path file = folder.resolve("agents.kdl");
      Files.writeString(file, SIGN.replace("request-field", "request-feild"));
      program.signal("HUP");
      program.awaitLine("did you mean \\\"request-field\\\"");
      assertThat(program.get("web", "/sign")).contains("x-sign");
    }
  }

  @Test
  void asksAnAgentElsewhereOnceItIsThere() throws Exception {
    Path socket = folder.resolve("far.sock");
    String far =
        """
        agents { agent "far" { type "far"; unix-socket path="%s"; failure-mode "closed" } }
        routes { route "far" { priority 1; matches { path-prefix "/far" }; echo; agents "far" } }
        """
            .formatted(socket);
    try (RunningProgram program = start(SIGN + far)) {
      assertThat(program.get("web", "/far")).startsWith("HTTP/1.1 503 ").contains("agent_");
      assertThat(program.get("admin", "/ready")).contains("agent far is not healthy: ");
      List<String> agent = new ArrayList<>(RunningProgram.java());
      agent.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
      agent.addAll(List.of(Main.class.getName(), "agent", "echo", "--listen", "unix:" + socket));
      for (int life = 0; life < 2; life++) {
        try (RunningProgram elsewhere = RunningProgram.command(folder, agent).awaitReady()) {
          long ready = System.nanoTime();
          awaitAnswer(program, "/far", "200");
          assertThat(System.nanoTime() - ready).isLessThan(5_000_000_000L);
          elsewhere.signal("KILL");
          awaitAnswer(program, "/far", "503");
        }
      }
    }
  }

  @Test
  void aDenylistFollowsItsFiles() throws Exception {
    Path list = Files.writeString(folder.resolve("paths.txt"), "^/deny/one\n");
    String deny =
        """
        agents { agent "deny" { type "denylist"; failure-mode "closed"
          config { path-file "paths.txt" } } }
        routes { route "deny" { priority 1; matches { path-prefix "/deny" }; echo; agents "deny" } }
        """;
    try (RunningProgram program = start(SIGN + deny)) {
      awaitAnswer(program, "/deny/one", "403");
      assertThat(program.get("web", "/deny/two")).startsWith("HTTP/1.1 200");
      Files.writeString(list, "^/deny/two\n");
      awaitAnswer(program, "/deny/two", "403");
      assertThat(program.get("web", "/deny/one")).startsWith("HTTP/1.1 200");
      Files.writeString(list, "(\n");
      program.awaitLine("lists stay as they were: paths.txt:1:1: RE2 does not accept");
      assertThat(program.get("web", "/deny/two")).startsWith("HTTP/1.1 403");
    }
  }
}
