package dev.selvedge.app.explain;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.ReceivedContext;
import dev.selvedge.edge.proxy.field.FieldEdits;
import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.edge.proxy.field.Peer;
import dev.selvedge.edge.proxy.field.TraceContext;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Follows one request through the steps of an exchange, in their order and with their code, and
 * notes what each decides. Bounds that depend on other traffic are not looked at. Not thread-safe.
 */
public final class Explanation {

  private final Config config;
  private final AgentReplies replies;
  private final ExplainedText text = new ExplainedText();

  private Explanation(Config config, AgentReplies replies) {
    this.config = config;
    this.replies = replies;
  }

  /** What is asked. */
  public record Asked(
      String request,
      List<String> fields,
      byte[] body,
      InetAddress client,
      @Nullable String listener) {}

  /** What was asked cannot be explained; the message says why. */
  public static final class NotExplained extends Exception {
    private static final long serialVersionUID = 1;

    NotExplained(String message) {
      super(message);
    }
  }

  /** The whole answer, some lines of text. */
  public static String of(Asked asked, Config config, AgentReplies replies)
      throws NotExplained, InterruptedException {
    Explanation explanation = new Explanation(config, replies);
    try {
      Question question = Question.of(asked.request(), asked.fields(), asked.body(), config);
      explanation.follow(asked, question);
      return explanation.text.toString();
    } catch (Question.NotAsked wrong) {
      throw new NotExplained(String.valueOf(wrong.getMessage()));
    }
  }

  private void follow(Asked asked, Question question) throws NotExplained, InterruptedException {
    int listener = listener(asked.listener(), question.port());
    text.line("request", asked.request() + " from " + asked.client().getHostAddress());
    ListenerConfig at = config.listeners().get(listener);
    text.line("listener", at.name() + ", " + at.address());
    if (question.refused() != null) {
      refused(question.refused());
      return;
    }
    HttpHead head = question.head();
    FieldsSeen sent = FieldsSeen.of(head);
    byte[] address = asked.client().getAddress();
    boolean trusted =
        config.system().trustedProxies().stream().anyMatch(it -> it.contains(address));
    byte[] shown = asked.client().getHostAddress().getBytes(StandardCharsets.US_ASCII);
    Peer peer = new Peer(address, shown, 0, trusted, question.https(), listener);
    RequestTarget target = new RequestTarget();
    FailureCode refusal = target.parse(head, peer.secure(), config.system().strictTarget());
    if (refusal != null) {
      refused(refusal);
      return;
    }
    text.target(target);
    FieldHygiene hygiene = new FieldHygiene(config.system());
    refusal = hygiene.clean(head, peer);
    byte[] client = hygiene.client(head, peer);
    text.client(address, client);
    if (refusal != null) {
      refused(refusal);
      return;
    }
    RouteConfig route = route(target, head, listener);
    refusal = route == null ? FailureCode.NO_ROUTE : bounds(route, target, question.body().length);
    if (route == null || refusal != null) {
      refused(refusal == null ? FailureCode.NO_ROUTE : refusal);
      return;
    }
    hygiene.addForwarding(head, peer, target);
    FieldHygiene.requestId(head, FieldsSeen.MADE);
    TraceContext.continueIn(head, peer.trusted(), new SplittableRandom(0));
    new FieldEdits(route.policies().requestFields()).apply(head);
    text.changes("fields", sent, FieldsSeen.of(head));
    served(route, target, head, client, question);
  }

  private void served(
      RouteConfig route, RequestTarget target, HttpHead head, byte[] client, Question question)
      throws InterruptedException {
    if (route.agents().isEmpty()) {
      text.line("agents", "none");
      text.outcome(route, head, config, List.of());
      return;
    }
    byte[] name = route.name().getBytes(StandardCharsets.UTF_8);
    ReceivedContext context =
        new ReceivedContext(FieldsSeen.MADE, name, client, 0, question.https(), 11, 0);
    RequestHeaders event =
        new RequestHeaders(
            context,
            latin(target.source(), target.hostStart(), target.authorityLength()),
            latin(target.source(), target.rawPathStart(), target.rawPathLength()),
            target.path(),
            target.hasQuery() ? target.query() : null,
            head);
    FieldsSeen before = FieldsSeen.of(head);
    AgentVotes votes = new AgentVotes(route.agents(), config, replies);
    AgentVotes.Result result = votes.ask(event, question.body());
    result.said().forEach(text::agent);
    AgentVotes.Said refusing = result.refusing();
    if (refusing != null) {
      text.refusedBy(refusing);
    } else {
      text.changes("changed", before, FieldsSeen.of(head));
      text.outcome(route, head, config, result.unknown());
    }
  }

  private @Nullable RouteConfig route(RequestTarget target, HttpHead head, int listener) {
    List<RouteReasons.Tried> tried =
        new RouteReasons(config.listeners(), target, head, listener).of(config.routes());
    RouteConfig taken = null;
    for (RouteReasons.Tried one : tried.reversed()) {
      text.route(one);
      taken = one.taken() ? one.route() : taken;
    }
    return taken;
  }

  private @Nullable FailureCode bounds(RouteConfig route, RequestTarget target, int bodyBytes) {
    if (route.policies().pathForwardRaw() && !target.pathIsNormal()) {
      return FailureCode.PATH_NOT_NORMAL;
    }
    var own = route.policies().maxBody();
    long most = (own == null ? config.system().limits().maxBody() : own).bytes();
    return bodyBytes > most ? FailureCode.BODY_TOO_LARGE : null;
  }

  private void refused(FailureCode code) {
    text.line("outcome", ExplainedText.refused(code, code.status()));
  }

  private int listener(@Nullable String name, int port) throws NotExplained {
    List<ListenerConfig> all = config.listeners();
    int first = -1;
    for (int i = 0; i < all.size(); i++) {
      if (name != null ? all.get(i).name().equals(name) : all.get(i).address().port() == port) {
        return i;
      }
      first = first < 0 ? i : first;
    }
    if (name != null) {
      throw new NotExplained("there is no listener \"" + name + "\"");
    }
    return first;
  }

  private static String latin(byte[] bytes, int start, int length) {
    return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
  }
}
