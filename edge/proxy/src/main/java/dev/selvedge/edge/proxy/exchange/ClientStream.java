package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of an exchange: what a codec offers to the pipeline, whatever version it speaks.
 *
 * <p>Order of calls: any number of {@link #informational}; then {@link #respond}; then, if a body
 * follows, chunks and exactly one {@link #responseEnd} or {@link #responseReset}. Nothing is sent
 * before {@link #flush}. A chunk belongs to the callee once passed. Confined to its event loop.
 */
public interface ClientStream {

  /** {@code respond} with this length: the body ends when the service says so. */
  long LENGTH_UNKNOWN = -1;

  /** Lets the client deliver so many more bytes of the request body; it begins with none. */
  void requestCredit(int bytes);

  /** Passes a 1xx other than 101 on. */
  void informational(HttpHead head);

  /**
   * Begins the answer.
   *
   * @param head status and fields, without framing and hop-by-hop fields
   * @param length what Content-Length says, or {@link #LENGTH_UNKNOWN}; also where no body follows
   *     (HEAD, 304)
   * @param bodyFollows false ends the answer at once: no chunk, no end may come
   */
  void respond(HttpHead head, long length, boolean bodyFollows);

  /** Passes bytes of the answer's body. */
  void responseChunk(ByteBuf chunk);

  /** Ends the answer's body; trailers are sent only where the client asked for them. */
  void responseEnd(@Nullable HttpHead trailers);

  /** Breaks the answer off so that the client cannot take it for complete. */
  void responseReset(Failure why);

  /**
   * Answers 101 and turns the connection into a byte tunnel; chunks now pass unframed.
   *
   * @param protocol what the upstream chose
   */
  void switchProtocols(HttpHead head, byte[] protocol);

  /** Takes the answer back if no byte of it was sent yet; true where another may be begun. */
  boolean withdraw();

  /**
   * What comes behind this request cannot be trusted to be the next one: closes after the answer.
   */
  void closeAfterAnswer();

  /** The protocols that the client offers to upgrade to, as sent; null where it offers none. */
  byte @Nullable [] upgradeOffer();

  /** 10, 11, 20 or 30. */
  int httpVersion();

  /** Sends what was passed so far. */
  void flush();
}
