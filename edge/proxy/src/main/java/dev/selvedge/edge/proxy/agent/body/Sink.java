package dev.selvedge.edge.proxy.agent.body;

import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of a {@link BodyPipe}: who sends the body, and who gets what becomes of it. Confined to
 * its event loop; each method may call back into the pipe.
 */
public interface Sink {

  /** The sender may send so many more bytes. */
  void grant(int bytes);

  /** The next bytes, within the credit that the receiver gave; takes ownership. */
  void chunk(ByteBuf chunk);

  /** The body is complete; trailers as they came. */
  void end(@Nullable HttpHead trailers);

  /** Nothing more comes in this turn. */
  void flush();

  /** The body cannot be kept; the pipe is cancelled already and says nothing more. */
  void failed(Failure why);
}
