package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a service does with its exchange, on its way to the client. The rules of each call stand at
 * the method of that name of {@link Exchange}. Confined to its event loop.
 */
public interface Passage {

  void requestCredit(int bytes);

  void informational(HttpHead head);

  /** The head may be reused by the service after this call. */
  void respond(HttpHead head, long length, boolean bodyFollows);

  void responseChunk(ByteBuf chunk);

  void responseEnd(@Nullable HttpHead trailers);

  void flush();

  void serviceFailed(Failure why);

  void switchProtocols(HttpHead head, byte[] protocol);
}
