package dev.selvedge.edge.proxy.service.file;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.exchange.Discard;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Service;
import dev.selvedge.edge.proxy.exchange.ServiceStream;
import dev.selvedge.edge.proxy.service.answer.FieldRefusal;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;

/**
 * Serves the files below one folder, and nothing else: GET and HEAD, conditional requests, single
 * ranges, coded copies, an index per folder, and a fallback page for applications.
 *
 * <p>Paths are matched by their normalised form ({@link StaticName}), files are opened so that no
 * link leads out ({@link StaticRoot}), what to answer is decided from facts alone ({@link
 * StaticDecision}), and bytes leave against the client's credit ({@link StaticStream}). File work
 * runs on {@code blocking}, never on the event loop. Immutable.
 *
 * <p>No cache: the kernel's own holds names and pages, and one that may be stale needs rules.
 */
public final class StaticFilesService implements Service {

  private static final byte[] GET = {'G', 'E', 'T'};

  private final StaticRoot root;
  private final StaticHead heads;
  private final Executor blocking;

  private StaticFilesService(StaticRoot root, StaticHead heads, Executor blocking) {
    this.root = root;
    this.heads = heads;
    this.blocking = blocking;
  }

  /**
   * Opens the root.
   *
   * @throws IOException where the root is not a readable folder
   */
  public static StaticFilesService open(RouteConfig.Service.StaticFiles config, Executor blocking)
      throws IOException {
    StaticRoot root = StaticRoot.open(config.root(), config.index(), config.fallback());
    return new StaticFilesService(root, new StaticHead(config.cacheControl()), blocking);
  }

  @Override
  public ServiceStream start(Exchange exchange) {
    HttpHead request = exchange.request();
    if (!request.methodIs(GET) && !exchange.headOnly()) {
      FieldRefusal.refuse(exchange, FailureCode.METHOD_NOT_ALLOWED, "allow", "GET, HEAD");
      return Discard.INSTANCE;
    }
    RequestTarget target = exchange.target();
    StaticName name = StaticName.parse(target.pathBytes(), target.pathStart(), target.pathLength());
    if (name == null) {
      exchange.refuse(FailureCode.NOT_FOUND);
      return Discard.INSTANCE;
    }
    String query = target.hasQuery() ? "?" + target.query() : "";
    byte[] suffix = query.getBytes(StandardCharsets.ISO_8859_1);
    StaticRequest facts = StaticRequest.of(exchange);
    StaticStream stream = new StaticStream(exchange, blocking, heads, facts, name, suffix);
    stream.open(root);
    return stream;
  }
}
