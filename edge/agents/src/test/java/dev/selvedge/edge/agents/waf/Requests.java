package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.agents.Agents;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.ReceivedContext;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.protocol.agent.InProcess;
import dev.selvedge.kernel.HttpHead;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests to the waf agent for tests, and what it says of them. */
public final class Requests {

  /** Long enough for a worst case on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private Requests() {}

  /** The agent with that block in a file of that folder. */
  static InProcess agent(Path folder, String kdl) {
    return Agents.started(new WafAgent(), folder.resolve("main.kdl").toString(), kdl);
  }

  /** The agent with the shipped rules. */
  static InProcess agent(String kdl) {
    return Agents.started(new WafAgent(), "", kdl);
  }

  /** A request; fields as name and value in turn. */
  static RequestHeaders request(
      String method, String path, @Nullable String query, String... more) {
    return sent(method, path, path, query, more);
  }

  /** A request whose path as sent is not its normal form. */
  static RequestHeaders sent(
      String method, String rawPath, String path, @Nullable String query, String... more) {
    HttpHead head = new HttpHead();
    byte[] verb = method.getBytes(StandardCharsets.US_ASCII);
    head.method(head.append(verb, 0, verb.length), verb.length);
    head.addField("host", "www.example.com");
    head.addField("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");
    head.addField("accept", "*/*");
    for (int i = 0; i < more.length; i += 2) {
      head.addField(more[i], more[i + 1]);
    }
    byte[] none = {};
    byte[] client = {(byte) 192, 0, 2, 1};
    ReceivedContext context = new ReceivedContext(none, none, client, 1, false, 11, 0);
    return new RequestHeaders(context, "www.example.com", rawPath, path, query, head);
  }

  static Decision ask(InProcess agent, RequestHeaders request) throws Exception {
    return ask(agent, request, new byte[0]);
  }

  static Decision ask(InProcess agent, RequestHeaders request, byte[] body) throws Exception {
    return switch (agent.ask(request, body, PATIENCE)) {
      case InProcess.Reply.Decided decided -> decided.decision();
      case InProcess.Reply.Failed failed -> throw new AssertionError(failed.reason());
    };
  }

  /** 0 where it is allowed. */
  static int status(Decision decision) {
    return switch (decision.verdict()) {
      case Verdict.Block(var answer) -> answer.status();
      case Verdict.Redirect(var answer) -> answer.status();
      case Verdict.Challenge(var answer) -> answer.status();
      case Verdict.Allow _, Verdict.NeedsMore _ -> 0;
    };
  }

  /** The rules that matched. */
  static List<String> rules(Decision decision) {
    return decision.audit().rules().stream().map(Audit.Rule::id).toList();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
