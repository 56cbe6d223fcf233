package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Drops what is left of a request whose answer is already decided. Immutable. */
public enum Discard implements ServiceStream {
  INSTANCE;

  @Override
  public void requestChunk(ByteBuf chunk) {
    chunk.release();
  }

  @Override
  public void requestEnd(@Nullable HttpHead trailers) {}

  @Override
  public void requestFlush() {}

  @Override
  public void responseCredit(int bytes) {}

  @Override
  public void cancel(Failure why) {}
}
