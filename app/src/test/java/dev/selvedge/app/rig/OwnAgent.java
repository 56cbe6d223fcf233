package dev.selvedge.app.rig;

import dev.selvedge.edge.protocol.agent.AgentServer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * An agent in the test's own process: it can be absent, work well, or answer everything with
 * garbage on the same path. Thread-safe.
 */
final class OwnAgent implements AutoCloseable {

  private static final int GARBAGE_BYTES = 4096;

  private final Path socket;
  private @Nullable AgentServer server;
  private @Nullable ServerSocketChannel garbage;

  OwnAgent(Path socket) {
    this.socket = socket;
  }

  /** Begins to serve well. */
  synchronized void appear() throws IOException {
    server = AgentServer.listen(new FaultyAgent(), "unix:" + socket);
  }

  /** Changes from well to garbage, breaking every connection, or back. */
  synchronized void garbage(boolean on) throws IOException {
    if (on) {
      close();
      ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listening.bind(UnixDomainSocketAddress.of(socket));
      garbage = listening;
      Thread.ofPlatform().daemon().start(() -> spout(listening));
    } else {
      close();
      appear();
    }
  }

  private static void spout(ServerSocketChannel listening) {
    Random random = new Random(1);
    byte[] bytes = new byte[GARBAGE_BYTES];
    while (listening.isOpen()) {
      try (SocketChannel connection = listening.accept()) {
        random.nextBytes(bytes);
        connection.write(ByteBuffer.wrap(bytes));
        connection.read(ByteBuffer.allocate(GARBAGE_BYTES));
      } catch (IOException closed) {
        // The proxy hung up, or the test ends.
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (server != null) {
      server.close();
      server = null;
    }
    if (garbage != null) {
      garbage.close();
      garbage = null;
    }
    Files.deleteIfExists(socket);
  }
}
