package dev.selvedge.app;

import dev.selvedge.app.child.SocketFolder;
import dev.selvedge.edge.agents.echo.EchoAgent;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import dev.selvedge.edge.protocol.agent.AgentServer;
import dev.selvedge.edge.proxy.Proxy;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.edge.proxy.record.Records;
import dev.selvedge.kernel.Clock;
import dev.selvedge.kernel.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/**
 * Runs real requests through a private proxy on loopback before the real one listens, so that its
 * first requests meet compiled code: a cold JVM serves at two thirds of its speed, and where agents
 * are asked, many requests at once could outlast an agent's deadline for no fault of the agent.
 *
 * <p>Bounded in time. Has its own listeners, metrics and records: nothing of it is seen later.
 */
final class WarmUp {

  /** How long a start spends on it. */
  static final Duration AT_START = Duration.ofMillis(250);

  private static final String CONFIG =
      """
      system { worker-threads 1; access-log "off" }
      admin { address "off" }
      listeners {
        listener "front" { address "127.0.0.1:0" }
        listener "back" { address "127.0.0.1:0" }
      }
      routes {
        route "answer" { matches { listener "back" }; respond { body "warm" } }
        route "forward" { matches { listener "front"; path-prefix "/" }; upstream "back" }
      }
      upstreams { upstream "back" { target "127.0.0.1:${BACK}" } }
      """;

  private static final String AGENT_CONFIG =
      """
      routes {
        route "advised" {
          matches { listener "front"; path-prefix "/advised/" }
          upstream "back"
          agents "guide"
        }
      }
      agents {
        agent "guide" { unix-socket path="${GUIDE}"; events "request_headers"; failure-mode "open" }
      }
      """;

  private static final Duration GUIDE_PATIENCE = Duration.ofMillis(100);

  private static final String REQUEST =
      """
      GET /%s/up?now=1 HTTP/1.1
      Host: localhost:8080
      User-Agent: selvedge/warm-up
      Accept: text/html,application/json;q=0.9,*/*;q=0.8
      Accept-Encoding: gzip, br
      Accept-Language: en
      Cookie: a=1; b=2

      """
          .replace("\n", "\r\n");

  private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

  private WarmUp() {}

  /**
   * Serves itself for that long; a failure costs speed only, so it is logged and forgotten.
   *
   * @param agents whether every other request is put to an agent
   * @return requests that were answered
   */
  static long run(Duration time, boolean agents) {
    long end = System.nanoTime() + time.toNanos();
    try {
      return agents ? serveWithAgent(end) : serve(end, "");
    } catch (IOException failed) {
      JsonLines.line("warn", "warm-up failed: " + failed.getMessage(), "");
      return 0;
    }
  }

  private static long serveWithAgent(long end) throws IOException {
    try (SocketFolder folder = SocketFolder.open()) {
      String socket = folder.socket(0, 0).toString();
      try (AgentServer _ = AgentServer.listen(new EchoAgent(), "unix:" + socket)) {
        return serve(end, socket);
      }
    }
  }

  /** With an agent where its socket is named. */
  private static Config config(int port, String guide) throws IOException {
    String text = guide.isEmpty() ? CONFIG : CONFIG + AGENT_CONFIG;
    Map<String, String> names = Map.of("BACK", String.valueOf(port), "GUIDE", guide);
    return switch (ConfigLoader.parse(text, "warm-up", names::get)) {
      case Loaded.Ok ok -> ok.config();
      case Loaded.Refused refused -> throw new IOException(refused.problems().toString());
    };
  }

  private static long serve(long end, String guide) throws IOException {
    Metrics metrics = new Metrics();
    Names names = new Names();
    Config first = config(1, "");
    try (Records records = Records.open(0, 1, names, metrics, first.system().accessLog());
        Proxy proxy =
            Proxy.start(
                first,
                new Proxy.Surroundings(0, Clock.system(), metrics, names, records::recorderFor))) {
      InetSocketAddress back = proxy.addresses().get("back");
      InetSocketAddress front = proxy.addresses().get("front");
      if (back == null || front == null) {
        throw new IOException("no address");
      }
      proxy.reload(config(back.getPort(), guide));
      boolean _ = proxy.awaitAgents(GUIDE_PATIENCE);
      return request(front, end, guide.isEmpty() ? "warm" : "advised");
    }
  }

  private static long request(InetSocketAddress address, long end, String other)
      throws IOException {
    byte[] plain = request("warm");
    byte[] advised = request(other);
    byte[] answer = new byte[4096];
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(2000);
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      long answered = 0;
      while (System.nanoTime() < end) {
        out.write((answered & 1) == 0 ? plain : advised);
        int count = in.read(answer);
        if (count < OK.length || !Arrays.equals(OK, 0, OK.length, answer, 0, OK.length)) {
          throw new IOException("the private proxy did not answer with 200");
        }
        answered++;
      }
      return answered;
    }
  }

  private static byte[] request(String folder) {
    return REQUEST.formatted(folder).getBytes(StandardCharsets.US_ASCII);
  }
}
