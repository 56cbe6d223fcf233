package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.proxy.exchange.Onward;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose head waits for agents, with what of its body came meanwhile: no more than the one
 * window that a service may send without credit. Confined to its event loop.
 */
final class HeldAnswer {

  private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>();
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
    for (ByteBuf chunk = chunks.poll(); chunk != null; chunk = chunks.poll()) {
      way.chunk(chunk);
    }
    if (ended) {
      way.end(trailers);
    }
    way.flush();
  }

  void add(ByteBuf chunk) {
    chunks.addLast(chunk);
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
    for (ByteBuf chunk = chunks.poll(); chunk != null; chunk = chunks.poll()) {
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
    for (ByteBuf chunk = chunks.poll(); chunk != null; chunk = chunks.poll()) {
      chunk.release();
    }
  }
}
