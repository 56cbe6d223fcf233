package dev.selvedge.kernel;

import java.util.Locale;

/**
 * Everything that can end an exchange other than well, with the one table from code to source,
 * status, retry and metric label.
 *
 * <p>{@link #code} is stable: clients read it in problem documents, operators in records, logs and
 * metrics. Status 0 means that no answer can be sent. Immutable.
 */
public enum FailureCode {
  // What the client sent (RFC 9110, RFC 9112; EDGE 1 and 2).
  MALFORMED_REQUEST(Source.CLIENT, 400, "The request is not well-formed HTTP."),
  AMBIGUOUS_FRAMING(Source.CLIENT, 400, "The request's length can be read in more than one way."),
  BAD_FIELD(Source.CLIENT, 400, "A field of the request is not allowed."),
  BAD_TARGET(Source.CLIENT, 400, "The request target is not valid."),
  BAD_HOST(Source.CLIENT, 400, "The Host field is missing, repeated or not valid."),
  PATH_NOT_NORMAL(Source.CLIENT, 400, "The path is not in normal form, as this route requires."),
  BAD_CHUNK(Source.CLIENT, 400, "The request's chunked coding is broken."),
  BYTES_BEFORE_UPGRADE(Source.CLIENT, 400, "Bytes were sent before the upgrade was accepted."),
  HEAD_TIMEOUT(Source.CLIENT, 408, "The request head did not arrive in time."),
  BODY_TIMEOUT(Source.CLIENT, 408, "The request body stopped arriving."),
  BODY_TOO_SLOW(Source.CLIENT, 408, "The request body arrived too slowly."),
  EXPECTATION_UNKNOWN(Source.CLIENT, 417, "The expectation is not known."),
  METHOD_UNSUPPORTED(Source.CLIENT, 501, "The method is not supported."),
  TRANSFER_CODING_UNSUPPORTED(Source.CLIENT, 501, "The transfer coding is not supported."),
  VERSION_UNSUPPORTED(Source.CLIENT, 505, "The HTTP version is not supported."),
  PROXY_HEADER_REFUSED(Source.CLIENT, 0, "The PROXY header is missing, broken or not trusted."),
  CLIENT_GONE(Source.CLIENT, 0, "The client closed the connection."),
  CLIENT_STALLED(Source.CLIENT, 0, "The client stopped reading the answer."),

  // Bounds (EDGE 4).
  TARGET_TOO_LONG(Source.LIMIT, 414, "The request target is too long."),
  HEAD_TOO_LARGE(Source.LIMIT, 431, "The request head is too large."),
  BODY_TOO_LARGE(Source.LIMIT, 413, "The request body is too large."),
  CONNECTIONS_PER_ADDRESS(Source.LIMIT, 0, "Too many connections from one address."),
  IN_FLIGHT_FULL(Source.LIMIT, 503, "Too many requests are in flight."),
  ROUTE_IN_FLIGHT_FULL(Source.LIMIT, 503, "Too many requests are in flight on this route."),
  BUFFERED_BYTES_FULL(Source.LIMIT, 503, "The proxy holds as many bytes as it may."),
  UPGRADES_FULL(Source.LIMIT, 503, "Too many upgraded connections are open on this route."),
  POOL_QUEUE_FULL(Source.LIMIT, 503, "Too many requests wait for the upstream."),
  POOL_WAIT_TIMEOUT(Source.LIMIT, 503, "No connection to the upstream came free in time."),
  SPILL_FULL(Source.LIMIT, 503, "Too many bodies wait for a check."),
  TOTAL_TIMEOUT(Source.LIMIT, 504, "The request took longer than its route allows."),

  // What the route says.
  NO_ROUTE(Source.ROUTE, 404, "No route matches the request."),
  NOT_FOUND(Source.ROUTE, 404, "There is nothing here."),
  METHOD_NOT_ALLOWED(Source.ROUTE, 405, "The method is not allowed here."),
  PRECONDITION_FAILED(Source.ROUTE, 412, "A precondition of the request does not hold."),
  RANGE_UNSATISFIABLE(Source.ROUTE, 416, "The range cannot be satisfied."),
  UPGRADE_REFUSED(Source.ROUTE, 501, "This route does not upgrade connections."),
  ROUTE_REFUSED(Source.ROUTE, 403, "The route refuses this request."),

  // What the upstream did.
  CONNECT_FAILED(Source.UPSTREAM, 502, "The upstream could not be reached.", true),
  CONNECT_TIMEOUT(Source.UPSTREAM, 504, "The upstream did not accept a connection in time.", true),
  UPSTREAM_CLOSED(Source.UPSTREAM, 502, "The upstream closed the connection.", true),
  UPSTREAM_RESET(Source.UPSTREAM, 502, "The upstream reset the connection.", true),
  UPSTREAM_MALFORMED(Source.UPSTREAM, 502, "The upstream's answer is not well-formed HTTP."),
  UPSTREAM_TRUNCATED(Source.UPSTREAM, 502, "The upstream's answer ended early."),
  UPSTREAM_STALLED(Source.UPSTREAM, 504, "The upstream stopped reading the request."),
  FIRST_BYTE_TIMEOUT(Source.UPSTREAM, 504, "The upstream did not answer in time."),
  BETWEEN_BYTES_TIMEOUT(Source.UPSTREAM, 504, "The upstream stopped answering."),

  // What agents advised, and what kept them from it (EDGE 5).
  AGENT_BLOCKED(Source.AGENT, 403, "The request was refused."),
  AGENT_CHALLENGED(Source.AGENT, 401, "The request must prove something first."),
  AGENT_REDIRECTED(Source.AGENT, 302, "The request was sent elsewhere."),
  AGENT_UNAVAILABLE(Source.AGENT, 503, "A check of the request is not available."),
  AGENT_TIMEOUT(Source.AGENT, 503, "A check of the request was not made in time."),
  AGENT_QUEUE_FULL(Source.AGENT, 503, "Too many requests wait for a check."),
  AGENT_BREAKER_OPEN(Source.AGENT, 503, "A check of the request fails too often."),
  AGENT_PROTOCOL(Source.AGENT, 503, "A check of the request failed."),
  AGENT_LOST(Source.AGENT, 503, "A check of the request broke off."),
  AGENT_GAVE_UP(Source.AGENT, 503, "A check of the request was given up."),
  AGENT_BAD_FIELD(Source.AGENT, 503, "A check of the request asked for what is not allowed."),
  AGENT_WANTS_BODY(Source.AGENT, 503, "A check of the request needs a body it is not shown."),
  AGENT_HEAD_TOO_LARGE(Source.AGENT, 503, "The request is too large to be checked."),
  BODY_OVER_INSPECT_LIMIT(Source.AGENT, 413, "The body is too large to be checked."),

  // Ourselves.
  UPGRADED_IDLE(Source.SELF, 0, "The upgraded connection was idle for too long."),
  DRAINING(Source.SELF, 503, "The proxy is shutting down."),
  SPILL_FAILED(Source.SELF, 503, "A body that waits for a check could not be kept."),
  STATIC_READ_FAILED(Source.SELF, 500, "The file could not be read."),
  INTERNAL_ERROR(Source.SELF, 500, "The proxy failed.");

  /** Who is at fault; a label of metrics and records. */
  public enum Source {
    CLIENT,
    LIMIT,
    ROUTE,
    UPSTREAM,
    AGENT,
    SELF;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Lower-case name. */
    public String label() {
      return label;
    }
  }

  private static final FailureCode[] VALUES = values();

  private final Source source;
  private final int status;
  private final String title;
  private final boolean retryable;
  private final String code = name().toLowerCase(Locale.ROOT);

  FailureCode(Source source, int status, String title) {
    this(source, status, title, false);
  }

  FailureCode(Source source, int status, String title, boolean retryable) {
    this.source = source;
    this.status = status;
    this.title = title;
    this.retryable = retryable;
  }

  public Source source() {
    return source;
  }

  /** The status answered when nothing of an answer was sent yet; 0 where none can be. */
  public int status() {
    return status;
  }

  /** One sentence for the client, without internals. */
  public String title() {
    return title;
  }

  /** Whether another try may succeed; the retry rules of EDGE 2 come on top. */
  public boolean retryable() {
    return retryable;
  }

  /** The stable text of the code, also its metric label: {@code body_too_large}. */
  public String code() {
    return code;
  }

  /** Whether the answer tells the client when to come back ({@code Retry-After}). */
  public boolean retryAfter() {
    return status == 503;
  }

  /** The code with that ordinal. */
  public static FailureCode of(int ordinal) {
    return VALUES[ordinal];
  }
}
