package dev.selvedge.edge.proxy.agent.body;

import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The end of the pipe: lets nothing out before it is released, and never more than the receiver
 * gave credit for; once the end is known, it waits with what is left for agents that have not
 * decided: else a short body would be gone before any of them could say a word. What waits is in a
 * {@link HeldBody}; once that is empty, bytes pass by reference. Confined to its event loop.
 */
final class Tail implements Stage, HeldBody.Listener {

  private final BodyPipe pipe;
  private final Sink sink;
  private final ByteQueue queue;
  private @Nullable HeldBody held;
  private @Nullable HttpHead trailers;
  private long credit;
  private long length;
  private boolean released;
  private boolean ended;
  private boolean endPassed;
  private boolean delivered;
  private boolean closed;

  Tail(BodyPipe pipe, Sink sink, BodyPipe.Means means, boolean hold) {
    this.pipe = pipe;
    this.sink = sink;
    this.queue = new ByteQueue(means.alloc());
    this.held = hold ? new HeldBody(means.alloc(), means.files(), means.loop(), this) : null;
    this.released = !hold;
  }

  // ---- from before

  @Override
  public void accept(ByteBuf chunk) {
    length += chunk.readableBytes();
    HeldBody keeps = held;
    if (keeps != null) {
      keeps.append(chunk);
    } else {
      queue.add(chunk);
    }
  }

  @Override
  public void end() {
    ended = true;
  }

  void trailers(@Nullable HttpHead section) {
    trailers = section;
  }

  @Override
  public long room() {
    HeldBody keeps = held;
    return keeps != null ? keeps.room() : credit - queue.bytes();
  }

  // ---- out

  void credit(int bytes) {
    credit += bytes;
  }

  void release() {
    HeldBody keeps = held;
    if (!released && keeps != null) {
      released = true;
      keeps.release();
    }
  }

  boolean released() {
    return released;
  }

  /** Whether the body has come to its end here: {@link #length} is final. */
  boolean complete() {
    return ended;
  }

  /** Bytes that came here so far. */
  long length() {
    return length;
  }

  @Override
  public boolean pump() {
    HeldBody keeps = held;
    if (keeps != null && !released) {
      keeps.settle(ended);
      return false;
    }
    boolean moved = dropDrained();
    boolean waits = ended && pipe.undecided();
    while (!closed && !waits) {
      ByteBuf chunk = credit > 0 ? next((int) Math.min(credit, Integer.MAX_VALUE)) : null;
      if (chunk == null) {
        break;
      }
      credit -= chunk.readableBytes();
      moved = true;
      delivered = true;
      sink.chunk(chunk);
    }
    moved |= dropDrained();
    if (!closed && ended && !waits && !endPassed && held == null && queue.isEmpty()) {
      endPassed = true;
      delivered = true;
      sink.end(trailers);
    }
    return moved;
  }

  private @Nullable ByteBuf next(int limit) {
    HeldBody keeps = held;
    if (keeps != null) {
      return keeps.take(limit);
    }
    return queue.isEmpty() ? null : queue.take(limit);
  }

  /** Lets go of the held body once it is empty: then there is room for more. */
  private boolean dropDrained() {
    HeldBody keeps = held;
    if (keeps == null || !keeps.drained()) {
      return false;
    }
    held = null;
    keeps.close();
    return true;
  }

  /** Whether the receiver has to be told to send; asked once after each turn. */
  boolean takeDelivered() {
    boolean was = delivered;
    delivered = false;
    return was;
  }

  // ---- from the held body

  @Override
  public void changed() {
    pipe.turn();
  }

  @Override
  public void failed(Failure why) {
    pipe.cancel();
    sink.failed(why);
  }

  // ----

  @Override
  public long buffered() {
    HeldBody keeps = held;
    return queue.bytes() + (keeps == null ? 0 : keeps.memory());
  }

  @Override
  public void time() {}

  @Override
  public void close() {
    closed = true;
    queue.clear();
    HeldBody keeps = held;
    if (keeps != null) {
      held = null;
      keeps.close();
    }
  }
}
