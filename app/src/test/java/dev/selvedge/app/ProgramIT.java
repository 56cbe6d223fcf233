package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed program as an operator meets it: starts, refusals to start, signals. */
class ProgramIT {

  private static final Path DIST = Path.of("target", "dist").toAbsolutePath();

  @TempDir private Path folder;

  private static List<String> selvedge(Path cache, String... words) {
    List<String> command = RunningProgram.java();
    if (Files.exists(cache)) {
      command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
    }
    command.addAll(List.of("-cp", DIST.resolve("selvedge.jar").toString()));
    command.add("dev.selvedge.app.Main");
    command.addAll(List.of(words));
    return command;
  }

  private RunningProgram start(Path file) throws Exception {
    Path cache = DIST.resolve("selvedge.aot");
    return RunningProgram.command(folder, selvedge(cache, "run", file.toString()));
  }

  private Path small(int port, String further) throws Exception {
    return Files.writeString(
        folder.resolve("small.kdl"),
        """
        system { worker-threads 1; access-log "off"; drain-delay "0ms"; %s }
        admin { address "off" }
        listeners { listener "web" { address "127.0.0.1:%d" } }
        routes { route "own" { respond { body "fine" } } }
        """
            .formatted(further, port));
  }

  @Test
  void servesTheQuickstart() throws Exception {
    Path from = Path.of("..", "examples", "quickstart").toAbsolutePath();
    String text = Files.readString(from.resolve("selvedge.kdl"));
    String demo = Integer.toString(freePort());
    Path file =
        Files.writeString(
            folder.resolve("selvedge.kdl"),
            text.replace("127.0.0.1:8080", "127.0.0.1:0")
                .replace("127.0.0.1:9090", "127.0.0.1:0")
                .replace("127.0.0.1:9001", "127.0.0.1:" + demo)
                .replace("root \"site\"", "root \"" + from.resolve("site") + "\""));
    try (RunningProgram program = start(file).awaitReady()) {
      assertThat(program.ready()).contains("\"ms\":", "\"web\":", "\"demo\":", "\"admin\":");
      assertThat(program.get("web", "/")).startsWith("HTTP/1.1 200 ").contains("<html");
      assertThat(program.get("web", "/api/hello")).startsWith("HTTP/1.1 200 ");
      assertThat(program.get("web", "/old")).startsWith("HTTP/1.1 308 ");
      String refusal = program.get("web", "/private");
      assertThat(refusal).startsWith("HTTP/1.1 403 ").contains("route_refused");
      String id = refusal.replaceAll("(?s).*\"request_id\":\"([^\"]*)\".*", "$1");
      assertThat(program.get("admin", "/explain/" + id)).contains("route_refused", "private");
      program.signal("TERM");
      assertThat(program.awaitEnd()).isZero();
      assertThat(program.errors()).isEmpty();
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @Test
  void saysInOneLineThatAPortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RunningProgram program = start(small(taken.getLocalPort(), ""))) {
      assertThat(program.awaitEnd()).isEqualTo(1);
      assertThat(program.errors().lines()).hasSize(1);
      assertThat(program.errors()).contains("127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void reportsEveryProblemOfAWrongFile() throws Exception {
    Path wrong = small(0, "worker-thread 2; access-logs \"off\"");
    try (RunningProgram program = start(wrong)) {
      assertThat(program.awaitEnd()).isEqualTo(2);
      assertThat(program.errors()).contains("worker-threads", "access-log");
      assertThat(program.errors().lines()).hasSize(2);
    }
    try (RunningProgram program = start(folder.resolve("missing.kdl"))) {
      assertThat(program.awaitEnd()).isEqualTo(2);
      assertThat(program.errors().lines()).hasSize(1);
    }
  }

  @Test
  void refusesToStartWithTooFewDescriptors() throws Exception {
    List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -n 512; exec \"$@\"", "sh"));
    limited.addAll(selvedge(Path.of("none"), "run", small(0, "").toString()));
    try (RunningProgram program = RunningProgram.command(folder, limited)) {
      assertThat(program.awaitEnd()).isEqualTo(2);
      assertThat(program.errors()).contains("ulimit -n");
      assertThat(program.errors().lines()).hasSize(1);
    }
  }

  @Test
  void reloadsOnHangupAndKeepsServingWhenTheFileIsBad() throws Exception {
    Path file = small(0, "");
    String good = Files.readString(file);
    try (RunningProgram program = start(file).awaitReady()) {
      Files.writeString(file, good.replace("fine", "better"));
      program.signal("HUP");
      program.awaitLine("\"msg\":\"reloaded\"");
      assertThat(program.get("web", "/")).endsWith("better");
      Files.writeString(file, good.replace("respond", "respnd"));
      program.signal("HUP");
      program.awaitLine("reload refused");
      assertThat(program.get("web", "/")).endsWith("better");
    }
  }

  @Test
  void startsWithACacheThatCannotBeUsed() throws Exception {
    Path broken = Files.write(folder.resolve("broken.aot"), new byte[100]);
    List<String> command = selvedge(broken, "run", small(0, "").toString());
    try (RunningProgram program = RunningProgram.command(folder, command).awaitReady()) {
      assertThat(program.get("web", "/")).endsWith("fine");
      assertThat(program.errors().lines().count()).isLessThanOrEqualTo(1);
    }
  }
}
