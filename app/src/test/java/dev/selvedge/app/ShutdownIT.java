package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.app.rig.BulkPeer;
import dev.selvedge.app.rig.SelvedgeProcess;
import dev.selvedge.app.rig.SteadyClients;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM ends the program well (EDGE 7): under load no request that was begun goes unanswered. */
class ShutdownIT {

  private static final int ROUNDS = Boolean.getBoolean("selvedge.soak") ? 20 : 4;
  private static final int CLIENTS = 16;
  private static final int EXIT_SECONDS = 15;

  @TempDir Path folder;

  private SelvedgeProcess start(String system, int upstream) throws Exception {
    String config =
        """
        system { worker-threads 2; access-log "off"; %s }
        admin { address "off" }
        listeners { listener "web" { address "127.0.0.1:0" } }
        routes {
          route "own" { matches { path-prefix "/own" }; respond { body "own" } }
          route "up" { matches { path-prefix "/" }; upstream "up" }
        }
        upstreams { upstream "up" { target "127.0.0.1:%d" } }
        """
            .formatted(system, upstream);
    return SelvedgeProcess.start(Files.writeString(folder.resolve("shutdown.kdl"), config));
  }

  @Test
  void failsNoRequestUnderLoad() throws Exception {
    try (BulkPeer upstream = BulkPeer.start()) {
      for (int round = 0; round < ROUNDS; round++) {
        try (SelvedgeProcess program = start("drain-delay \"200ms\"", upstream.port())) {
          SteadyClients clients = SteadyClients.start(program.port("web"), CLIENTS);
          clients.awaitAnswers(500);
          program.terminate();
          assertThat(program.exitCode(EXIT_SECONDS)).isZero();
          clients.end();
          assertThat(clients.failed()).as("round " + round).isEmpty();
          assertThat(program.output()).contains("\"clean\":true");
        }
      }
    }
  }

  @Test
  void endsIdleConnectionsAndFinishesALongRequest() throws Exception {
    try (BulkPeer upstream = BulkPeer.start();
        SelvedgeProcess program = start("drain-delay \"50ms\"", upstream.port());
        Socket idle = connect(program);
        Socket busy = connect(program)) {
      send(idle, "GET /own HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(BulkPeer.head(idle.getInputStream())).startsWith("HTTP/1.1 200");
      idle.getInputStream().readNBytes(3);
      long bytes = 100L << 20;
      send(busy, "GET /sized/" + bytes + " HTTP/1.1\r\nHost: a\r\n\r\n");
      String head = BulkPeer.head(busy.getInputStream());
      program.terminate();
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
      assertThat(program.process().isAlive()).isTrue();
      assertThat(BulkPeer.read(busy.getInputStream(), head, bytes, 0)).isEqualTo(bytes);
      assertThat(busy.getInputStream().read()).isEqualTo(-1);
      assertThat(program.exitCode(EXIT_SECONDS)).isZero();
      assertThat(program.output()).contains("\"clean\":true");
    }
  }

  @Test
  void cutsWhatOutlivesTheGracefulTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        SelvedgeProcess program =
            start("drain-delay \"50ms\"; graceful-shutdown-timeout \"1s\"", silent.getLocalPort());
        Socket client = connect(program)) {
      send(client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
      try (Socket accepted = silent.accept()) {
        assertThat(accepted.getInputStream().read()).isEqualTo('G');
        program.terminate();
        assertThat(client.getInputStream().readAllBytes())
            .asString(StandardCharsets.US_ASCII)
            .startsWith("HTTP/1.1 503 ")
            .contains("\"code\":\"draining\"");
        assertThat(program.exitCode(EXIT_SECONDS)).isZero();
        assertThat(program.output()).contains("\"clean\":false");
      }
    }
  }

  @Test
  void endsTunnelsAtTheEndOfTheDrain() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        SelvedgeProcess program =
            start("drain-delay \"50ms\"; graceful-shutdown-timeout \"1s\"", server.getLocalPort());
        Socket client = connect(program)) {
      send(
          client,
          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
      try (Socket accepted = server.accept()) {
        BulkPeer.head(accepted.getInputStream());
        send(
            accepted,
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
                + "Upgrade: websocket\r\n\r\nhi");
        assertThat(BulkPeer.head(client.getInputStream())).startsWith("HTTP/1.1 101");
        assertThat(client.getInputStream().readNBytes(2)).asString().isEqualTo("hi");
        program.terminate();
        assertThat(ended(client)).isTrue();
        assertThat(ended(accepted)).isTrue();
        assertThat(program.exitCode(EXIT_SECONDS)).isZero();
      }
    }
  }

  private static boolean ended(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException open) {
      return false;
    } catch (java.io.IOException reset) {
      return true;
    }
  }

  private static Socket connect(SelvedgeProcess program) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), program.port("web"));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
