package dev.selvedge.edge.proxy.agent.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * An agent that sees the body as it came from its sender and changes nothing: each byte once, in
 * order, as fast as the agent takes them; one that is slow slows the sender, never the memory. Up
 * to the inspection limit and not one chunk beyond it. Confined to its event loop.
 */
public final class Inspector implements Subscriber {

  private final BodyPipe pipe;
  private final AgentBody agent;
  private final long limit;
  private final ByteQueue queue;
  private final Wait wait;
  private long seen;
  private boolean ended;
  private boolean endSent;
  private boolean stalled;
  private boolean done;

  Inspector(BodyPipe pipe, AgentBody agent, long limit, ByteBufAllocator alloc) {
    this.pipe = pipe;
    this.agent = agent;
    this.limit = limit;
    this.queue = new ByteQueue(alloc);
    this.wait = new Wait(agent);
  }

  // ---- from the pipe

  /** The next bytes, not owned. */
  void accept(ByteBuf chunk) {
    if (done) {
      return;
    }
    seen += chunk.readableBytes();
    if (seen > limit) {
      close();
      agent.overLimit();
      agent.left();
      return;
    }
    queue.add(chunk.retainedDuplicate());
  }

  void end() {
    ended = true;
  }

  /** Bytes that may come now. */
  long room() {
    return done ? Long.MAX_VALUE : pipe.room(queue.bytes());
  }

  long buffered() {
    return queue.bytes();
  }

  void pump() {
    stalled = false;
    while (!done && !queue.isEmpty() && !stalled) {
      int credit = agent.creditNow();
      if (credit > 0) {
        ByteBuf chunk = queue.take(credit);
        endSent = ended && queue.isEmpty();
        agent.send(chunk, endSent);
      } else {
        stalled = true;
      }
    }
    if (!done && ended && !endSent && !stalled) {
      endSent = true;
      agent.send(Unpooled.EMPTY_BUFFER, true);
    }
  }

  void time() {
    wait.set(!done && (stalled || endSent));
  }

  void close() {
    done = true;
    queue.clear();
    wait.set(false);
  }

  // ---- from the agent's call

  @Override
  public void credit() {
    wait.anew();
    pipe.turn();
  }

  @Override
  public boolean finish() {
    if (!done) {
      close();
      pipe.turn();
    }
    return true;
  }

  @Override
  public boolean active() {
    return !done;
  }
}
