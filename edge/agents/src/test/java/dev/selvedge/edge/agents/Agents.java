package dev.selvedge.edge.agents;

import dev.selvedge.edge.agents.setting.ConfigTree;
import dev.selvedge.edge.config.kdl.KdlDocument;
import dev.selvedge.edge.config.kdl.KdlParser;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.ReceivedContext;
import dev.selvedge.edge.protocol.agent.InProcess;
import dev.selvedge.edge.protocol.agent.Lifecycle;
import dev.selvedge.kernel.HttpHead;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Requests and configurations for tests of agents. */
public final class Agents {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Agents() {}

  /** The nodes of a block's inside. */
  public static List<ConfigNode> nodes(String kdl) {
    KdlDocument document = KdlParser.parse(new Source("test.kdl", Path.of("")), kdl);
    if (!document.errors().isEmpty()) {
      throw new AssertionError(document.errors());
    }
    return ConfigTree.carried(document.nodes());
  }

  /** A configured agent. */
  public static InProcess started(Lifecycle agent, String file, String kdl) {
    InProcess started = new InProcess(agent);
    if (!started.configure(file, nodes(kdl)).isEmpty()) {
      throw new AssertionError(started.configure(file, nodes(kdl)));
    }
    return started;
  }

  /** What is wrong with a block, as {@code line:column: message}. */
  public static List<String> problems(BuiltIn agent, String file, String kdl) {
    return agent.check(file, nodes(kdl)).stream()
        .map(it -> it.line() + ":" + it.column() + ": " + it.message())
        .toList();
  }

  /** A request's head; fields as name and value in turn. */
  public static RequestHeaders request(String address, String path, String... fields) {
    HttpHead head = new HttpHead();
    head.method(head.append("GET".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, 3), 3);
    for (int i = 0; i < fields.length; i += 2) {
      head.addField(fields[i], fields[i + 1]);
    }
    byte[] client = InetAddress.ofLiteral(address).getAddress();
    byte[] none = {};
    ReceivedContext context = new ReceivedContext(none, none, client, 1, false, 11, 0);
    return new RequestHeaders(context, "localhost", path, path, null, head);
  }

  /** The agent's decision on a request without body. */
  public static Decision ask(InProcess agent, RequestHeaders request) throws Exception {
    return switch (agent.ask(request, new byte[0], PATIENCE)) {
      case InProcess.Reply.Decided decided -> decided.decision();
      case InProcess.Reply.Failed failed -> throw new AssertionError(failed.reason());
    };
  }
}
