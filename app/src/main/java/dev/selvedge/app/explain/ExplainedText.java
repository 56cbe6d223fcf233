package dev.selvedge.app.explain;

import static java.util.stream.Collectors.joining;

import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.AgentConfig.FailureMode;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The words of an explanation: what a step is, then what it decided. Not thread-safe. */
final class ExplainedText {

  private static final int MARGIN = 10;

  /** From here on a fixed answer without a body is a refusal. */
  private static final int FIRST_ERROR = 400;

  private final StringBuilder out = new StringBuilder();
  private String last = "";

  /** A line; a step that goes on is named once. Nothing in it can move a terminal's cursor. */
  void line(String step, String text) {
    String name = step.equals(last) ? "" : step;
    last = step;
    out.append(name).repeat(" ", MARGIN - name.length());
    out.append(text.replaceAll("\\p{Cntrl}", "?")).append('\n');
  }

  void target(RequestTarget target) {
    String sent =
        new String(
            target.source(),
            target.rawPathStart(),
            target.rawPathLength(),
            StandardCharsets.ISO_8859_1);
    String path = target.path();
    String from = target.pathIsNormal() ? "" : " (sent as " + sent + ")";
    String query = target.hasQuery() ? ", query " + target.query() : "";
    line("target", "host " + target.host() + ", path " + path + from + query);
  }

  /** Says whom forwarded fields name, if that is somebody else. */
  void client(byte[] peer, byte[] client) {
    if (!Arrays.equals(peer, client)) {
      try {
        line("client", InetAddress.getByAddress(client).getHostAddress() + ", by forwarded fields");
      } catch (UnknownHostException e) {
        line("client", "by forwarded fields");
      }
    }
  }

  void route(RouteReasons.Tried tried) {
    RouteConfig route = tried.route();
    String conditions = String.join(", ", tried.conditions());
    if (tried.taken()) {
      String why = conditions.isEmpty() ? "matches everything" : "matches " + conditions;
      line("route", route.name() + " (priority " + route.priority() + "): " + why);
    } else {
      line(
          "route",
          "not " + route.name() + " (priority " + route.priority() + "): no " + conditions);
    }
  }

  void changes(String step, FieldsSeen before, FieldsSeen after) {
    before.without(after).forEach(field -> line(step, "- " + field));
    after.without(before).forEach(field -> line(step, "+ " + field));
  }

  void agent(AgentVotes.Said said) {
    AgentConfig agent = said.agent();
    String where = agent.address() == null ? "built in" : "at " + agent.address();
    String what =
        switch (said.reply()) {
          case null -> passedOver(agent);
          case AgentReplies.Reply.Decided decided -> decision(decided.decision());
          case AgentReplies.Reply.Failed failed -> "did not decide: " + failed.reason();
          case AgentReplies.Reply.NotAsked not -> "not asked: " + not.why();
        };
    line("agents", agent.name() + " (" + agent.type() + ", " + where + "): " + what);
    if (said.reply() instanceof AgentReplies.Reply.Decided decided) {
      reasons(decided.decision().audit());
    }
  }

  /** Rules on one line, what matched where on one each, and single words together. */
  private void reasons(Audit audit) {
    List<String> words = new ArrayList<>();
    List<String> matches = new ArrayList<>();
    audit.tags().forEach(tag -> (tag.indexOf(' ') < 0 ? words : matches).add(tag));
    if (!audit.rules().isEmpty()) {
      String rules = audit.rules().stream().map(ExplainedText::rule).collect(joining(", "));
      line("agents", "  rules " + rules);
    }
    matches.forEach(match -> line("agents", "  " + match));
    if (!words.isEmpty()) {
      line("agents", "  tags " + String.join(", ", words));
    }
  }

  private static String rule(Audit.Rule rule) {
    return rule.id() + (rule.score() == 0 ? "" : " (" + rule.score() + ")");
  }

  private static String passedOver(AgentConfig agent) {
    return agent.events().contains(AgentConfig.Event.REQUEST_HEADERS)
        ? "passed over, because of what the others say"
        : "is not asked about requests";
  }

  private static String decision(Decision decision) {
    List<String> parts = new ArrayList<>();
    parts.add(verdict(decision.verdict()));
    Audit audit = decision.audit();
    if (audit.score() != 0) {
      parts.add("score " + audit.score());
    }
    decision.mutations().forEach(change -> parts.add(change(change)));
    return String.join("; ", parts);
  }

  private static String verdict(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Allow allow -> "allow";
      case Verdict.Block block -> "block with " + block.answer().status();
      case Verdict.Redirect redirect -> "redirect with " + redirect.answer().status();
      case Verdict.Challenge challenge -> "challenge with " + challenge.answer().status();
      case Verdict.NeedsMore more -> "needs the body, which it is not shown";
    };
  }

  private static String change(Mutation change) {
    String of = change.target() == Mutation.Target.REQUEST ? "request" : "response";
    String value = change.op() == Mutation.Op.REMOVE ? "" : ": " + change.value();
    String op = change.op().name().toLowerCase(java.util.Locale.ROOT);
    return op + " " + of + " field " + change.name() + value;
  }

  void refusedBy(AgentVotes.Said refusing) {
    String name = "agent " + refusing.agent().name();
    String why =
        refusing.reply() instanceof AgentReplies.Reply.Decided decided
            ? verdict(decided.decision().verdict())
            : "its failure-mode is "
                + (refusing.failureMode() == FailureMode.CLOSED ? "closed" : "open");
    String answer =
        refusing.reply() instanceof AgentReplies.Reply.Decided
            ? "answered by "
            : "refused with 503 for ";
    line("outcome", answer + name + ": " + why);
  }

  void outcome(RouteConfig route, HttpHead head, Config config, List<String> unknown) {
    String condition =
        unknown.isEmpty() ? "" : "if " + String.join(" and ", unknown) + " let it pass, ";
    line("outcome", condition + service(route.service(), head, config));
  }

  /** How a refusal reads. */
  static String refused(FailureCode code, int status) {
    return "refused with " + status + ", " + code.code() + ": " + code.title();
  }

  private static String service(RouteConfig.Service service, HttpHead head, Config config) {
    return switch (service) {
      case RouteConfig.Service.Forward forward -> {
        UpstreamConfig upstream = config.upstreams().get(forward.upstream());
        String targets =
            upstream == null
                ? ""
                : upstream.targets().stream()
                    .map(target -> target.address().toString())
                    .collect(joining(" or "));
        yield "forwarded to upstream " + forward.upstream() + " (" + targets + ")";
      }
      case RouteConfig.Service.StaticFiles files ->
          head.method().equals("GET") || head.method().equals("HEAD")
              ? "answered from the files in " + files.root()
              : refused(FailureCode.METHOD_NOT_ALLOWED, FailureCode.METHOD_NOT_ALLOWED.status());
      case RouteConfig.Service.Respond respond ->
          respond.body() == null && respond.status() >= FIRST_ERROR
              ? refused(FailureCode.ROUTE_REFUSED, respond.status())
              : "answered with "
                  + respond.status()
                  + (respond.body() == null ? "" : " and a fixed body");
      case RouteConfig.Service.Echo echo -> "answered with the request as JSON";
      case RouteConfig.Service.Redirect redirect ->
          "redirected with " + redirect.status() + " to " + redirect.to();
    };
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
