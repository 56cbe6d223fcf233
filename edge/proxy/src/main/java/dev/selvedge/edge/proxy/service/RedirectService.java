package dev.selvedge.edge.proxy.service;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.exchange.Discard;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Service;
import dev.selvedge.edge.proxy.exchange.ServiceStream;
import dev.selvedge.edge.proxy.service.answer.Location;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the client to where the configuration says, and nowhere else: neither path nor query of a
 * request can change the host or add a field.
 *
 * <p>{@code {path}} stands for the normalised path, {@code {query}} for the query with its question
 * mark, or nothing. Behind a question mark of the template both are encoded as one value. Several
 * slashes at the front of a path become one, since {@code //evil.example/} names a host. Immutable.
 */
final class RedirectService implements Service {

  private static final byte[] LOCATION = "location".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_BODY = {};
  private static final byte[] SLASH = {'/'};
  private static final byte[] QUESTION_MARK = {'?'};
  private static final String PATH = "{path}";
  private static final String QUERY = "{query}";

  /** A piece of the template. */
  private sealed interface Part {
    record Literal(String text) implements Part {}

    record Path(boolean inQuery) implements Part {}

    record Query(boolean inQuery) implements Part {}
  }

  private final int status;
  private final List<Part> parts;
  private final boolean ownHost;

  /**
   * Reads the template.
   *
   * @throws IllegalArgumentException where {@code {path}} would stand in the host
   */
  RedirectService(RouteConfig.Service.Redirect config) {
    String to = config.to();
    status = config.status();
    parts = parse(to);
    ownHost = to.startsWith(PATH) || (to.startsWith("/") && !to.startsWith("//"));
    int scheme = to.indexOf("//");
    int path = to.indexOf(PATH);
    boolean absolute = !ownHost && scheme >= 0;
    if (absolute && path >= 0 && path <= scheme + 2) {
      throw new IllegalArgumentException("{path} cannot be the host of a redirect: " + to);
    }
  }

  private static List<Part> parse(String to) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    boolean inQuery = false;
    for (int brace = to.indexOf('{'); brace >= 0; brace = to.indexOf('{', brace + 1)) {
      boolean path = to.startsWith(PATH, brace);
      if (path || to.startsWith(QUERY, brace)) {
        String literal = to.substring(from, brace);
        inQuery |= literal.indexOf('?') >= 0;
        parts.add(new Part.Literal(literal));
        parts.add(path ? new Part.Path(inQuery) : new Part.Query(inQuery));
        from = brace + (path ? PATH : QUERY).length();
      }
    }
    parts.add(new Part.Literal(to.substring(from)));
    return List.copyOf(parts);
  }

  @Override
  public ServiceStream start(Exchange exchange) {
    HttpHead head = exchange.ownHead();
    head.status(status);
    head.addField(LOCATION, location(exchange.target()).getBytes(StandardCharsets.ISO_8859_1));
    exchange.answer(head, NO_BODY);
    return Discard.INSTANCE;
  }

  /** Where a request for that target is sent. */
  String location(RequestTarget target) {
    Location location = new Location();
    for (Part part : parts) {
      switch (part) {
        case Part.Literal literal -> location.literal(literal.text());
        case Part.Path path -> addPath(location, target, path.inQuery());
        case Part.Query query -> addQuery(location, target, query.inQuery());
      }
    }
    return ownHost ? location.pathValue() : location.value();
  }

  private static void addPath(Location location, RequestTarget target, boolean inQuery) {
    byte[] bytes = target.pathBytes();
    int start = target.pathStart();
    if (bytes[start] != '/') {
      location.path(SLASH, 0, 1);
    } else if (inQuery) {
      location.component(bytes, start, target.pathLength());
    } else {
      location.path(bytes, start, target.pathLength());
    }
  }

  private static void addQuery(Location location, RequestTarget target, boolean inQuery) {
    if (!target.hasQuery()) {
      return;
    }
    byte[] bytes = target.source();
    if (inQuery) {
      location.component(QUESTION_MARK, 0, 1);
      location.component(bytes, target.queryStart(), target.queryLength());
    } else {
      location.literal("?").query(bytes, target.queryStart(), target.queryLength());
    }
  }
}
