package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reload of the whole program changes, and what one that is refused leaves alone. */
class ReloadProgramTest {

  @TempDir private Path folder;

  private static String kdl(String log, String listeners) {
    return """
    system { worker-threads 1; access-log "%s" }
    admin { address "127.0.0.1:0"; token "let-me-in" }
    listeners { listener "web" { address "127.0.0.1:0" }; %s }
    routes { route "own" { respond { body "fine" } } }
    """
        .formatted(log, listeners);
  }

  private String reload(RunningProgram program, String kdl) throws Exception {
    Files.writeString(folder.resolve("test.kdl"), kdl);
    String token = "Authorization: Bearer let-me-in\r\n";
    return RunningProgram.ask("127.0.0.1", program.port("admin"), "POST", "/reload", token);
  }

  @Test
  void keepsTheAccessLogWhereTheReloadIsRefused() throws Exception {
    Path log = folder.resolve("first.log");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        RunningProgram program = RunningProgram.run(folder, kdl(log.toString(), ""))) {
      String listener = "listener \"b\" { address \"127.0.0.1:" + taken.getLocalPort() + "\" }";
      assertThat(reload(program, kdl(folder.resolve("second.log").toString(), listener)))
          .startsWith("HTTP/1.1 422 ");
      assertThat(program.get("web", "/")).endsWith("fine");
      program.signal("TERM");
      assertThat(program.awaitEnd()).isZero();
    }
    assertThat(log).content().contains("\"route\":\"own\"");
    assertThat(folder.resolve("second.log")).isEmptyFile();
  }

  /** The JVM's own file of hosts stands in for a resolver whose answer changes. */
  @Test
  void resolvesTheNamesOfTargetsAnewThoughTheFileIsTheSame() throws Exception {
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.2 backend\n");
    String text =
        """
        system { worker-threads 1; access-log "off" }
        admin { address "127.0.0.1:0"; token "let-me-in" }
        listeners {
          listener "web" { address "127.0.0.1:0" }
          listener "old" { address "127.0.0.2:%1$d" }
          listener "new" { address "127.0.0.3:%1$d" }
        }
        routes {
          route "old" { matches { listener "old" }; respond { body "old" } }
          route "new" { matches { listener "new" }; respond { body "new" } }
          route "web" { matches { listener "web" }; upstream "up" }
        }
        upstreams { upstream "up" { target "backend:%1$d" } }
        """
            .formatted(freePort());
    String[] resolver = {"-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.ttl=0"};
    try (RunningProgram program = RunningProgram.run(folder, text, resolver)) {
      assertThat(program.get("web", "/")).endsWith("old");
      Files.writeString(hosts, "127.0.0.3 backend\n");
      assertThat(reload(program, text)).startsWith("HTTP/1.1 200 ");
      assertThat(program.get("web", "/")).endsWith("new");
      Files.writeString(hosts, "127.0.0.3 other\n");
      assertThat(reload(program, text)).startsWith("HTTP/1.1 422 ").contains("is not known");
      assertThat(program.get("web", "/")).endsWith("new");
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }
}
