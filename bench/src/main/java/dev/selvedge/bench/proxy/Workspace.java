package dev.selvedge.bench.proxy;

import dev.selvedge.bench.proxy.BenchCase.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;

/**
 * A folder of one case's configuration files and logs, deleted when it is closed and when the
 * program is interrupted. Not thread-safe.
 *
 * <p>In memory where the system has {@code /dev/shm}: the access logs are files, but the disk
 * behind them is not what is measured. They grow by about 0.5 GB a contender in five rounds of five
 * seconds.
 */
final class Workspace implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path home;
  private final Path folder;

  private Workspace(Path home, Path folder) {
    this.home = home;
    this.folder = folder;
  }

  static Workspace open(Path home) {
    try {
      Path parent = Files.isWritable(MEMORY) ? MEMORY : home.resolve("bench/target");
      Path folder = Files.createTempDirectory(parent, "selvedge-bench-");
      // nginx's workers, which may run as another user, open their files below it.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Workspace workspace = new Workspace(home, folder);
      Runtime.getRuntime().addShutdownHook(new Thread(workspace::close, "delete-workspace"));
      return workspace;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path folder() {
    return folder;
  }

  Path accessLog(Contender contender) {
    return folder.resolve(contender.label() + ".access.log");
  }

  /** What the contender itself printed. */
  Path output(Contender contender) {
    return folder.resolve(contender.label() + ".out");
  }

  /** Writes the contender's configuration file from its template in {@code bench/peers}. */
  Path configure(Contender contender, Work work, int proxyPort, int upstreamPort) {
    return configure(contender, work, proxyPort, upstreamPort, 0, "");
  }

  /**
   * The same for a contender with an agent.
   *
   * @param agent the node that says where it is
   */
  Path configure(
      Contender contender,
      Work work,
      int proxyPort,
      int upstreamPort,
      int adminPort,
      String agent) {
    String name = contender.configName(work);
    Map<String, String> values =
        Map.of(
            "@DIR@", folder.toString(),
            "@ACCESS_LOG@", accessLog(contender).toString(),
            "@PROXY_PORT@", Integer.toString(proxyPort),
            "@UPSTREAM_PORT@", Integer.toString(upstreamPort),
            "@ADMIN_PORT@", Integer.toString(adminPort),
            "@AGENT@", agent);
    try {
      String text = Files.readString(home.resolve("bench/peers/" + name + ".template"));
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace(value.getKey(), value.getValue());
      }
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port of the loopback address that was free a moment ago. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
