package dev.selvedge.edge.agents.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.agent.AgentServer;
import dev.selvedge.edge.protocol.contract.AgentContract;
import dev.selvedge.edge.protocol.contract.AgentContract.Outcome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol's contract suite against the waf, over a real socket. */
class WafContractTest {

  @TempDir private Path folder;

  @Test
  void holdsTheContract() throws Exception {
    String address = "unix:" + folder.resolve("waf.sock");
    try (AgentServer _ = AgentServer.listen(new WafAgent(), address)) {
      List<AgentContract.Result> results = AgentContract.run(address, System.out);
      assertThat(results).noneMatch(result -> result.outcome() == Outcome.FAIL);
      assertThat(results.stream().filter(result -> result.outcome() == Outcome.PASS)).hasSize(18);
    }
  }
}
