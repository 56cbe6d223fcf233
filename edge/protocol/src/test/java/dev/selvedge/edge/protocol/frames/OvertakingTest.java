package dev.selvedge.edge.protocol.frames;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.protocol.client.Recording;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent that stopped reading finds on its socket, in which order. */
class OvertakingTest {

  private static final int CREDIT = 4 << 20;

  @TempDir Path folder;

  @Test
  void aHeadOvertakesTheBodyChunksThatWait() throws Exception {
    Path path = folder.resolve("raw.sock");
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try (ServerSocketChannel server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(path))) {
      EventLoop loop = loops.next();
      Recording told = new Recording();
      ToAgent.Hello hello = new ToAgent.Hello(1, 1, 0x2F, 3, 1 << 16, 1 << 16, 9, "t");
      AgentChannel<String> agent =
          loop.submit(() -> FrameConnection.connect(loop, path.toString(), hello, told)).get();
      try (SocketChannel socket = server.accept()) {
        say(socket, 0, new ToProxy.Welcome(1, 0x2F, 0, CREDIT, CREDIT, 9, "raw"));
        assertThat(told.next()).isEqualTo("ready raw");
        int body = loop.submit(() -> open(agent, "body", 0)).get();
        say(socket, body, new ToProxy.Decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
        assertThat(told.next()).startsWith("body");
        int sent = 0;
        for (int more = 1; more > 0; sent += more) {
          more = loop.submit(() -> sendBody(agent, body)).get();
        }
        assertThat(sent).as("what it keeps for an agent that reads nothing").isLessThan(CREDIT / 2);
        loop.submit(() -> open(agent, "head", Flags.END | Flags.LAST)).get();
        List<Integer> types = read(socket, sent / Bounds.CHUNK_BYTES_MAX + 3);
        int head = types.lastIndexOf(EventType.REQUEST_HEADERS.code());
        assertThat(types.subList(head + 1, types.size()))
            .as("chunks behind the head")
            .hasSizeGreaterThanOrEqualTo(4)
            .containsOnly(EventType.REQUEST_BODY.code());
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private static int open(AgentChannel<String> agent, String call, int flags) {
    Heads.Request request = Heads.browser();
    return agent.open(call, flags, request.head(), request.target(), Heads.context());
  }

  private static int sendBody(AgentChannel<String> agent, int call) {
    int sent = 0;
    for (int credit; (credit = agent.bodyCredit(call)) > 0; sent += credit) {
      ByteBuf chunk = Unpooled.buffer(credit).writeZero(credit);
      agent.body(call, EventType.REQUEST_BODY, chunk, false);
    }
    return sent;
  }

  private static void say(SocketChannel socket, int call, ToProxy message) throws IOException {
    FrameOutput out = new FrameOutput();
    ReplyFrames.write(out, call, 0, message);
    ByteBuffer bytes = ByteBuffer.wrap(FrameReading.bytes(out));
    while (bytes.hasRemaining()) {
      socket.write(bytes);
    }
  }

  /** The types of so many frames. */
  private static List<Integer> read(SocketChannel socket, int count) throws IOException {
    DataInputStream in = new DataInputStream(Channels.newInputStream(socket));
    List<Integer> types = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = in.readInt();
      types.add(in.readUnsignedByte());
      in.skipNBytes(5L + length);
    }
    return types;
  }
}
