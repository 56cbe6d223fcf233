package dev.selvedge.bench.proxy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The agent beside one proxy, and the proof that it was asked about every request. */
final class AskedAgent implements AutoCloseable {
  private static final Pattern ALLOWED =
      Pattern.compile(
          "selvedge_agent_decisions_total\\{agent=\"bench\",decision=\"allow\"} (\\d+)");

  private static final Pattern HEALTHY =
      Pattern.compile("selvedge_agent_links_healthy\\{agent=\"bench\"} (\\d+)");

  private final RunningAgent agent;
  private final String node;
  private final int adminPort;

  private AskedAgent(RunningAgent agent, String node, int adminPort) {
    this.agent = agent;
    this.node = node;
    this.adminPort = adminPort;
  }

  static AskedAgent start(Contender contender, Path home, Workspace workspace, int core) {
    boolean grpc = contender == Contender.GRPC_AGENT;
    Path socket = workspace.folder().resolve("agent.sock");
    String hostPort = "127.0.0.1:" + Workspace.freePort();
    String address = grpc ? hostPort : "unix:" + socket;
    String type = contender == Contender.WAF_AGENT ? "waf" : "denylist";
    String where =
        grpc ? "grpc address=\"http://" + hostPort + "\"" : "unix-socket path=\"" + socket + "\"";
    Path output = workspace.folder().resolve("agent.out");
    RunningAgent agent = RunningAgent.start(home, type, address, output, core);
    return new AskedAgent(agent, "type \"" + type + "\"\n    " + where, Workspace.freePort());
  }

  /** The node of the configuration that says where it is. */
  String node() {
    return node;
  }

  /** Where the proxy's metrics are. */
  int adminPort() {
    return adminPort;
  }

  long pid() {
    return agent.pid();
  }

  /** Whether the proxy may ask it. */
  boolean healthy() {
    return metric(HEALTHY) == 1;
  }

  /** What is wrong if it has not allowed exactly so many requests; else null. */
  @Nullable String workNotDone(long answers) {
    long seen = metric(ALLOWED);
    return seen == answers ? null : "the agent allowed " + seen + " of " + answers + " requests";
  }

  /** The value of a metric; -1 where it cannot be had. */
  private long metric(Pattern line) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + adminPort + "/metrics");
      String text =
          client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
      Matcher value = line.matcher(text);
      return value.find() ? Long.parseLong(value.group(1)) : -1;
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  @Override
  public void close() {
    agent.close();
  }
}
