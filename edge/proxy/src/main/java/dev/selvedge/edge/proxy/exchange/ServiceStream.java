package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The far end of an exchange: the upstream, a file, a fixed answer.
 *
 * <p>It receives the request body against the credit that it granted, and may send response bytes
 * only against the credit that it received. A chunk belongs to the callee once passed. After {@link
 * #cancel} it calls nothing on the exchange any more. Confined to its event loop.
 */
public interface ServiceStream {

  /** Takes bytes of the request body. */
  void requestChunk(ByteBuf chunk);

  /** The request body ended; trailers as received, already filtered, or null. */
  void requestEnd(@Nullable HttpHead trailers);

  /** Nothing more comes in this turn of the loop: send what was gathered. */
  void requestFlush();

  /** So many bytes of the answer have left for the client. */
  void responseCredit(int bytes);

  /** The exchange is over for this stream: release everything, say nothing. */
  void cancel(Failure why);
}
