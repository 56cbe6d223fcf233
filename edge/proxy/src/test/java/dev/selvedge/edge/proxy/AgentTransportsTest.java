package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import io.netty.channel.uring.IoUring;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same agent by each of the ways to reach one. */
class AgentTransportsTest {

  private static final Decision LABELLED =
      Decision.ALLOW.with(Mutation.set(Target.REQUEST, "x-agent", "was asked"));

  @TempDir Path folder;

  private static String text(String address) {
    return """
    routes { route "all" { echo; agents "a" } }
    agent "a" { type "auth"; %s; events "request_headers"; timeout-ms 5000; \
    failure-mode "closed"; max-concurrent-calls 100 }
    """
        .formatted(address);
  }

  private static void isAsked(String transport, String address) throws Exception {
    assumeTrue(
        transport.equals("epoll") || IoUring.isAvailable(), "io_uring is not available here");
    String system = "transport \"" + transport + "\"";
    try (RunningProxy proxy = RunningProxy.startWithAgents(2, system, text(address));
        RawClient client = proxy.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("/").answer().text()).contains("was asked");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "io_uring"})
  void asksAnAgentOverAUnixSocket(String transport) throws Exception {
    Path socket = folder.resolve("agent");
    try (ScriptedAgent _ = ScriptedAgent.deciding(socket, LABELLED)) {
      isAsked(transport, "unix-socket path=\"" + socket + "\"");
    }
  }

  @ParameterizedTest
  @CsvSource({"epoll,127.0.0.1", "epoll,localhost", "io_uring,127.0.0.1"})
  void asksAnAgentOverGrpc(String transport, String host) throws Exception {
    AgentInfo info = AgentInfo.of("scripted", EventType.REQUEST_HEADERS);
    try (ScriptedAgent agent =
        ScriptedAgent.start("127.0.0.1:0", ScriptedAgent.always(LABELLED), info)) {
      String port = agent.address().substring(agent.address().lastIndexOf(':') + 1);
      isAsked(transport, "grpc address=\"http://" + host + ":" + port + "\"");
    }
  }
}
