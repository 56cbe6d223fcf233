package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The way to the client past any inspection, and what only the inspection of an exchange may do
 * with it. Confined to its event loop.
 */
public final class Onward implements Passage {

  private final Exchange exchange;
  private final ClientStream client;
  private boolean continueOwed;
  private boolean bodyAltered;
  private boolean bodyPending;
  private long bodyLength;

  Onward(Exchange exchange, ClientStream client) {
    this.exchange = exchange;
    this.client = client;
  }

  /** A new request. */
  void reset() {
    bodyAltered = false;
    bodyPending = false;
  }

  /**
   * The service gets a body from the inspection, not from the client.
   *
   * @param length what it will be, or {@link ClientStream#LENGTH_UNKNOWN}
   */
  public void requestBody(long length) {
    bodyAltered = true;
    bodyPending = true;
    bodyLength = length;
  }

  /** The service has got all of that body. */
  public void requestBodySent() {
    bodyPending = false;
  }

  boolean bodyAltered() {
    return bodyAltered;
  }

  boolean bodyPending() {
    return bodyPending;
  }

  long bodyLength(long declared) {
    return bodyAltered ? bodyLength : declared;
  }

  /** Whether the proxy answers the client's {@code Expect: 100-continue} with the first credit. */
  void continueOwed(boolean owed) {
    continueOwed = owed;
  }

  /**
   * Starts the route's service. Its first calls may come before this returns.
   *
   * @return where the request goes; of no use where the exchange has ended meanwhile
   */
  public ServiceStream startService() {
    return exchange.route().service().start(exchange);
  }

  /** Refuses with the code's problem document. */
  public void refuse(FailureCode code) {
    exchange.refuse(code);
  }

  /**
   * Refuses with an answer of the inspection's own.
   *
   * @param head status and fields, such as {@link Exchange#ownHead}
   * @param body null for the problem document
   */
  public void refuse(FailureCode code, HttpHead head, byte @Nullable [] body) {
    exchange.refuse(code, head, body);
  }

  @Override
  public void requestCredit(int bytes) {
    if (continueOwed && bytes > 0) {
      continueOwed = false;
      HttpHead interim = exchange.ownHead();
      interim.status(100);
      client.informational(interim);
    }
    client.requestCredit(bytes);
  }

  @Override
  public void informational(HttpHead head) {
    if (exchange.unanswered()) {
      client.informational(head);
    }
  }

  @Override
  public void respond(HttpHead head, long length, boolean bodyFollows) {
    exchange.passRespond(head, length, bodyFollows);
  }

  @Override
  public void responseChunk(ByteBuf chunk) {
    exchange.record().countResponseBytes(chunk.readableBytes());
    client.responseChunk(chunk);
  }

  @Override
  public void responseEnd(@Nullable HttpHead trailers) {
    if (trailers != null) {
      exchange.route().responseEdits().dropFrom(trailers);
    }
    exchange.complete();
    client.responseEnd(trailers);
  }

  @Override
  public void flush() {
    client.flush();
  }

  @Override
  public void serviceFailed(Failure why) {
    exchange.passServiceFailed(why);
  }

  @Override
  public void switchProtocols(HttpHead head, byte[] protocol) {
    exchange.passSwitchProtocols(head, protocol);
  }
}
