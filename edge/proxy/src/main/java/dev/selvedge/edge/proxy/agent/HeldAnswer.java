package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.proxy.agent.body.ByteQueue;
import dev.selvedge.edge.proxy.exchange.Onward;
import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose head waits for agents, with what of its body came meanwhile: no more than the one
 * window that a service may send without credit, counted as buffered. Confined to its event loop.
 */
final class HeldAnswer {

  private @Nullable ByteQueue body;
  private @Nullable Bounds buffered;
  private @Nullable HttpHead head;
  private long length;
  private boolean bodyFollows;
  private boolean ended;
  private boolean moved;
  private @Nullable HttpHead trailers;

  boolean holds() {
    return head != null;
  }

  HttpHead head() {
    if (head == null) {
      throw new IllegalStateException("nothing is held");
    }
    return head;
  }

  boolean bodyFollows() {
    return bodyFollows;
  }

  /** Whether the service has nothing more to say. */
  boolean complete() {
    return ended || !bodyFollows;
  }

  /** Holds a copy of the head. */
  void begin(Worker worker, HttpHead answer, long declared, boolean follows) {
    HttpHead copy = worker.takeHead();
    HeadChanges.copy(answer, copy);
    head = copy;
    length = declared;
    bodyFollows = follows;
    ended = false;
    moved = false;
    trailers = null;
  }

  /**
   * What the head says, or {@link dev.selvedge.edge.proxy.exchange.ClientStream#LENGTH_UNKNOWN}.
   */
  long length() {
    return length;
  }

  void length(long declared) {
    length = declared;
  }

  /** From here on the body goes another way, what is there already first. */
  void moveTo(AgentBodies way) {
    moved = true;
    for (ByteBuf chunk = next(); chunk != null; chunk = next()) {
      way.chunk(chunk);
    }
    if (ended) {
      way.end(trailers);
    }
    way.flush();
  }

  /** Keeps the next bytes; takes ownership. */
  void add(ByteBuf chunk, ByteBufAllocator alloc, Bounds counts) {
    ByteQueue queue = body;
    if (queue == null) {
      queue = new ByteQueue(alloc);
      body = queue;
    }
    buffered = counts;
    counts.add(chunk.readableBytes());
    queue.add(chunk);
  }

  private @Nullable ByteBuf next() {
    ByteQueue queue = body;
    Bounds counts = buffered;
    if (queue == null || counts == null || queue.isEmpty()) {
      return null;
    }
    ByteBuf chunk = queue.take(Integer.MAX_VALUE);
    counts.add(-chunk.readableBytes());
    return chunk;
  }

  void end(@Nullable HttpHead last) {
    ended = true;
    trailers = last;
  }

  /** Lets everything go on; the caller gives the head back. */
  HttpHead release(Onward onward) {
    HttpHead answer = head();
    head = null;
    onward.respond(answer, length, bodyFollows);
    for (ByteBuf chunk = next(); chunk != null; chunk = next()) {
      onward.responseChunk(chunk);
    }
    if (ended && !moved) {
      onward.responseEnd(trailers);
    }
    onward.flush();
    return answer;
  }

  /** Drops everything. */
  void drop(Worker worker) {
    if (head != null) {
      worker.giveBack(head);
      head = null;
    }
    for (ByteBuf chunk = next(); chunk != null; chunk = next()) {
      chunk.release();
    }
  }
}
