package dev.selvedge.edge.protocol.frames;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.AgentServer;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One agent after another at one path. */
class FrameServerTest {

  private static final int ROUNDS = 200;

  @TempDir Path folder;

  private static final class Allowing implements InlineAgent {
    @Override
    public AgentInfo info() {
      return AgentInfo.of("allowing", EventType.REQUEST_HEADERS);
    }

    @Override
    public void event(AgentCall call, AgentEvent event, int flags) {
      call.decide(Decision.ALLOW);
    }
  }

  @Test
  void anEndTakesNoSuccessorsSocketAway() throws Exception {
    Path path = folder.resolve("agent");
    for (int round = 0; round < ROUNDS; round++) {
      AgentServer.listen(new Allowing(), "unix:" + path).close();
      assertThat(path).doesNotExist();
      AgentServer next = AgentServer.listen(new Allowing(), "unix:" + path);
      try (SocketChannel proxy = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        assertThat(proxy.isConnected()).isTrue();
      } finally {
        next.close();
      }
    }
  }
}
