package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the keys of the process, the listeners and the admin listener act: seen from outside. */
class SystemKeysTest {

  private static final String ADMIN = "address \"127.0.0.1:0\"";
  private static final String OWN = "route \"own\" { respond { body \"fine\" } }";

  @TempDir private Path folder;

  private static String kdl(String system, String admin, String listener, String rest) {
    return """
    system { worker-threads 1; %s }
    admin { %s }
    listeners { listener "web" { %s } }
    %s
    """
        .formatted(system, admin, listener, rest);
  }

  private static String kdl(String system) {
    return kdl(system, ADMIN, "address \"127.0.0.1:0\"", "routes { " + OWN + " }");
  }

  private RunningProgram run(String kdl) throws Exception {
    return RunningProgram.run(folder, kdl);
  }

  @Test
  void runsAsManyLoopsAsWorkerThreads() throws Exception {
    String text = kdl("access-log \"off\"").replace("worker-threads 1", "worker-threads 3");
    try (RunningProgram program = run(text)) {
      Path tasks = Path.of("/proc", Long.toString(program.pid()), "task");
      RunningProgram.until("three loops", () -> loops(tasks) == 3);
      assertThat(program.get("web", "/")).startsWith("HTTP/1.1 200 ");
    }
  }

  private static long loops(Path tasks) {
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.filter(thread -> name(thread).startsWith("loop-")).count();
    } catch (IOException ended) {
      throw new UncheckedIOException(ended);
    }
  }

  private static String name(Path thread) {
    try {
      return Files.readString(thread.resolve("comm"));
    } catch (IOException ended) {
      return "";
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "io_uring"})
  void servesOverEachTransport(String transport) throws Exception {
    if (transport.equals("io_uring")) {
      assumeTrue(IoUring.isAvailable(), () -> "no io_uring here: " + IoUring.unavailabilityCause());
    }
    try (RunningProgram program = run(kdl("transport \"" + transport + "\""))) {
      assertThat(program.get("web", "/")).startsWith("HTTP/1.1 200 ").endsWith("fine");
    }
  }

  @Test
  void cutsConnectionsAtTheEndOfADrain() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      String rest =
          "routes { route \"all\" { upstream \"up\" } }\nupstreams { upstream \"up\" { target"
              + " \"127.0.0.1:%d\" } }".formatted(silent.getLocalPort());
      String system = "graceful-shutdown-timeout \"500ms\"; drain-delay \"0ms\"";
      try (RunningProgram program = run(kdl(system, ADMIN, "address \"127.0.0.1:0\"", rest));
          Socket client = new Socket("127.0.0.1", program.port("web"))) {
        client.setSoTimeout(30_000);
        client.getOutputStream().write(bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        silent.accept();
        program.signal("TERM");
        String answer =
            new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(answer).startsWith("HTTP/1.1 503 ").contains("\"code\":\"draining\"");
        assertThat(program.awaitEnd()).isZero();
        program.awaitLine("\"status\":503,\"code\":\"draining\"");
        program.awaitLine("\"clean\":false");
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void acceptsDuringTheDrainDelay() throws Exception {
    try (RunningProgram program = run(kdl("drain-delay \"5s\""))) {
      program.signal("TERM");
      program.awaitLine("\"msg\":\"draining\"");
      assertThat(program.get("web", "/"))
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("connection: close");
      assertThat(program.get("admin", "/ready")).startsWith("HTTP/1.1 503 ");
      assertThat(program.awaitEnd()).isZero();
      program.awaitLine("\"clean\":true");
    }
  }

  @Test
  void reloadsWhenAFileChanges() throws Exception {
    String before = kdl("reload-on-change #true");
    try (RunningProgram program = run(before)) {
      assertThat(program.get("web", "/")).endsWith("fine");
      Files.writeString(folder.resolve("test.kdl"), before.replace("fine", "better"));
      program.awaitLine("\"msg\":\"reloaded\"");
      assertThat(program.get("web", "/")).endsWith("better");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "stdout", "file"})
  void writesAccessLinesWhereItIsTold(String where) throws Exception {
    Path log = folder.resolve("access.log");
    String target = where.equals("file") ? log.toString() : where;
    try (RunningProgram program = run(kdl("access-log \"" + target + "\""))) {
      assertThat(program.get("web", "/seen")).startsWith("HTTP/1.1 200 ");
      program.signal("TERM");
      assertThat(program.awaitEnd()).isZero();
      program.awaitLine("\"msg\":\"stopped\"");
      assertThat(program.has("/seen")).isEqualTo(where.equals("stdout"));
      assertThat(Files.exists(log) && Files.readString(log).contains("/seen"))
          .isEqualTo(where.equals("file"));
    }
  }

  @Test
  void listensForAdminWhereItIsTold() throws Exception {
    try (RunningProgram program = run(kdl(""))) {
      assertThat(program.get("admin", "/health")).startsWith("HTTP/1.1 200 ");
    }
    String off = kdl("").replace("admin { " + ADMIN, "admin { address \"off\"");
    try (RunningProgram program = run(off)) {
      assertThat(program.ready()).doesNotContain("admin");
      assertThat(program.get("web", "/")).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void reloadsOnlyWithTheToken() throws Exception {
    String text = kdl("").replace("admin { " + ADMIN, "admin { " + ADMIN + "; token \"let-me-in\"");
    try (RunningProgram program = run(text)) {
      Files.writeString(folder.resolve("test.kdl"), text.replace("fine", "better"));
      assertThat(reload(program, "")).startsWith("HTTP/1.1 403 ");
      assertThat(reload(program, "Authorization: Bearer let-me-out\r\n"))
          .startsWith("HTTP/1.1 403 ");
      assertThat(program.get("web", "/")).endsWith("fine");
      assertThat(reload(program, "Authorization: Bearer let-me-in\r\n"))
          .startsWith("HTTP/1.1 200 ");
      assertThat(program.get("web", "/")).endsWith("better");
    }
  }

  private static String reload(RunningProgram program, String fields) throws IOException {
    return RunningProgram.ask("127.0.0.1", program.port("admin"), "POST", "/reload", fields);
  }

  @Test
  void acceptsAtTheAddressOfTheListener() throws Exception {
    String text = kdl("", ADMIN, "address \"127.0.0.2:0\"", "routes { " + OWN + " }");
    try (RunningProgram program = run(text)) {
      int port = program.port("web");
      assertThat(program.ready()).contains("\"web\":\"http://127.0.0.2:" + port + "\"");
      assertThat(RunningProgram.ask("127.0.0.2", port, "GET", "/", "")).endsWith("fine");
      assertThatThrownBy(() -> RunningProgram.ask("127.0.0.1", port, "GET", "/", ""))
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void speaksTheProtocolOfTheListener() throws Exception {
    String listener = "address \"127.0.0.1:0\"; protocol \"http\"";
    String text = kdl("", ADMIN, listener, "routes { " + OWN + " }");
    try (RunningProgram program = run(text)) {
      assertThat(program.get("web", "/")).startsWith("HTTP/1.1 200 ");
    }
  }
}
