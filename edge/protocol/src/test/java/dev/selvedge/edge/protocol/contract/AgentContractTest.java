package dev.selvedge.edge.protocol.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.selvedge.edge.protocol.agent.AgentServer;
import dev.selvedge.edge.protocol.agent.ContractAgents;
import dev.selvedge.edge.protocol.contract.AgentContract.Outcome;
import dev.selvedge.edge.protocol.contract.AgentContract.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract suite against agents of this kit, of another language, and a broken one. */
class AgentContractTest {

  @TempDir Path folder;

  private static void allHold(String address, int passes) {
    List<Result> results = AgentContract.run(address, System.out);
    assertThat(results).noneMatch(result -> result.outcome() == Outcome.FAIL);
    assertThat(results.stream().filter(result -> result.outcome() == Outcome.PASS)).hasSize(passes);
  }

  @Test
  void anInlineAgentHoldsIt() throws Exception {
    String address = "unix:" + folder.resolve("inline.sock");
    try (AgentServer _ = AgentServer.listen(ContractAgents.everything(), address)) {
      allHold(address, 19);
    }
  }

  @Test
  void anInlineAgentHoldsItOverGrpc() throws Exception {
    try (AgentServer server = AgentServer.listen(ContractAgents.everything(), "127.0.0.1:0")) {
      allHold(server.address(), 14);
    }
  }

  @Test
  void anAgentThatReplacesBodiesHoldsIt() throws Exception {
    String address = "unix:" + folder.resolve("replacing.sock");
    try (AgentServer _ = AgentServer.listen(ContractAgents.replacing(), address)) {
      allHold(address, 16);
    }
  }

  @Test
  void theSuiteNoticesAnAgentThatIsSilent() throws Exception {
    String address = "unix:" + folder.resolve("absent.sock");
    List<Result> results = AgentContract.run(address, System.out);
    assertThat(results).allMatch(result -> result.outcome() == Outcome.FAIL);
  }

  @Test
  void theExampleInPythonHoldsIt() throws Exception {
    Path script = root().resolve("examples/agents/python/agent.py");
    Path socket = folder.resolve("python.sock");
    Process process;
    try {
      process =
          new ProcessBuilder("python3", script.toString(), socket.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      abort("python3 is not installed: the example agent was not checked");
      return;
    }
    try {
      assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("ready");
      allHold("unix:" + socket, 16);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    for (Path at = here; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("mvnw"))) {
        return at;
      }
    }
    return here;
  }
}
