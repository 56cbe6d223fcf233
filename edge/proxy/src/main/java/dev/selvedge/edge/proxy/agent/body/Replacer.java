package dev.selvedge.edge.proxy.agent.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;

/**
 * An agent that may change the body: what follows it gets each chunk as the agent answered it, in
 * order and complete, and all that the agent did not answer as it came.
 *
 * <pre>
 *   accept → in ─(credit)→ sent, unanswered ─(answer)→ out ─(room)→ next stage
 * </pre>
 *
 * Bytes that came stay within the pipe's window. Bytes that the agent made stay within the credit
 * that it was given, because {@link AgentBody#consumed} is told only when they went on; while they
 * do not, it is sent no more than it can answer. The clock runs while an answer is owed and the
 * agent has credit to give it. Confined to its event loop.
 */
public final class Replacer implements Subscriber, Stage {

  /**
   * With fewer of its own bytes under way, an agent surely has credit for another whole chunk: of
   * its least credit, 64 KiB are left, or are granted when half of it was consumed.
   */
  private static final int OWN_BYTES_UNDER_WAY = 64 * 1024;

  /**
   * Bytes that are with the agent, or were made by it and did not go on: so many it can surely
   * answer within its credit. More would lie there while the receiver stands still, and take the
   * connection's credit from bodies whose receivers do not.
   */
  private static final int WITH_THE_AGENT = 128 * 1024;

  /** Bytes of one answer for which the clock begins anew: an answer in crumbs may be late. */
  private static final int PROGRESS = 16 * 1024;

  private final BodyPipe pipe;
  private final AgentBody agent;
  private final long limit;
  private final Wait wait;
  private final ByteQueue in;
  private final ArrayDeque<ByteBuf> sent = new ArrayDeque<>();
  private final ByteQueue out;
  private final Origins origins = new Origins();
  private Stage next;
  private long sentBytes;
  private long seen;
  private boolean ended;
  private boolean endSent;
  private boolean endAnswered;
  private boolean endPassed;
  private boolean stalled;
  private boolean halfReplaced;
  private int piecesBytes;
  private boolean beyondLimit;
  private boolean done;

  Replacer(BodyPipe pipe, AgentBody agent, long limit, ByteBufAllocator alloc, Stage next) {
    this.pipe = pipe;
    this.agent = agent;
    this.limit = limit;
    this.next = next;
    this.wait = new Wait(agent);
    this.in = new ByteQueue(alloc);
    this.out = new ByteQueue(alloc);
  }

  /** Another replacer comes between this one and what followed it. */
  void follow(Stage inserted) {
    next = inserted;
  }

  // ---- from before

  @Override
  public void accept(ByteBuf chunk) {
    seen += chunk.readableBytes();
    in.add(chunk);
    if (seen > limit && !beyondLimit && !done) {
      beyondLimit = true;
      agent.overLimit();
    }
  }

  @Override
  public void end() {
    ended = true;
  }

  @Override
  public long room() {
    return pipe.room(in.bytes() + sentBytes + origins.passed());
  }

  @Override
  public long buffered() {
    return in.bytes() + sentBytes + out.bytes();
  }

  @Override
  public boolean pump() {
    boolean moved = deliver();
    if (!done) {
      moved |= ask();
    }
    if (done && sent.isEmpty() && !in.isEmpty()) {
      moved |= passOn();
      moved |= deliver();
    }
    boolean all = ended && in.isEmpty() && sent.isEmpty() && out.isEmpty();
    if (all && !endPassed && (done || endAnswered)) {
      endPassed = true;
      next.end();
      moved = true;
    }
    return moved;
  }

  /** Sends what the agent takes; where it is beyond its limit, waits for what it was sent. */
  private boolean ask() {
    boolean moved = false;
    stalled = false;
    while (!in.isEmpty() && !stalled && !done && mayAsk() > 0) {
      long within = in.bytes() - Math.max(0, seen - limit);
      if (within <= 0) {
        return leave() || moved;
      }
      int credit = (int) Math.min(Math.min(agent.creditNow(), mayAsk()), within);
      if (credit > 0) {
        ByteBuf chunk = in.take(credit);
        send(chunk, ended && in.isEmpty());
        moved = true;
      } else {
        stalled = true;
      }
    }
    if (ended && !endSent && !stalled && !done && in.isEmpty()) {
      send(Unpooled.EMPTY_BUFFER, true);
      moved = true;
    }
    return moved;
  }

  /** Not in crumbs, or each few bytes that go on would ask about a few more. */
  private long mayAsk() {
    long there = sentBytes + origins.made();
    long left = WITH_THE_AGENT - there;
    return there == 0 || left >= PROGRESS ? left : 0;
  }

  private void send(ByteBuf chunk, boolean end) {
    endSent = end;
    sent.add(chunk);
    sentBytes += chunk.readableBytes();
    agent.send(chunk.retainedDuplicate(), end);
  }

  private boolean leave() {
    if (!sent.isEmpty() || halfReplaced) {
      return false;
    }
    done = true;
    agent.left();
    return true;
  }

  /** What comes after the agent left goes on as it is. */
  private boolean passOn() {
    boolean moved = false;
    while (!in.isEmpty() && out.bytes() < pipe.window()) {
      ByteBuf chunk = in.take(Integer.MAX_VALUE);
      origins.add(chunk.readableBytes(), false);
      out.add(chunk);
      moved = true;
    }
    return moved;
  }

  private boolean deliver() {
    boolean moved = false;
    long room = next.room();
    while (!out.isEmpty() && room > 0) {
      ByteBuf chunk = out.take((int) Math.min(room, Integer.MAX_VALUE));
      int count = chunk.readableBytes();
      int made = origins.take(count);
      next.accept(chunk);
      consumed(made);
      moved = true;
      room = next.room();
    }
    return moved;
  }

  /** Also for an agent that is done: its other calls share the credit of the connection. */
  private void consumed(int made) {
    if (made > 0) {
      agent.consumed(made);
    }
  }

  @Override
  public void time() {
    boolean owes = !sent.isEmpty() && origins.made() <= OWN_BYTES_UNDER_WAY;
    wait.set(!done && (stalled || owes || endAnswered));
  }

  @Override
  public void close() {
    done = true;
    in.clear();
    consumed(origins.take(Math.toIntExact(out.bytes())));
    out.clear();
    for (ByteBuf chunk = sent.poll(); chunk != null; chunk = sent.poll()) {
      chunk.release();
    }
    sentBytes = 0;
    wait.set(false);
  }

  // ---- from the agent's call

  /** The oldest chunk without an answer stays as it is. */
  public void passed() {
    ByteBuf chunk = answered();
    origins.add(chunk.readableBytes(), false);
    out.add(chunk);
    pipe.turn();
  }

  /** The oldest chunk without an answer is left out. */
  public void dropped() {
    answered().release();
    pipe.turn();
  }

  /**
   * The oldest chunk without an answer becomes these bytes.
   *
   * @param more whether they go on
   */
  public void replaced(byte[] bytes, boolean more) {
    halfReplaced = more;
    if (more) {
      piecesBytes += bytes.length;
      if (piecesBytes >= PROGRESS) {
        piecesBytes = 0;
        wait.anew();
      }
    } else {
      piecesBytes = 0;
      answered().release();
    }
    origins.add(bytes.length, true);
    out.add(Unpooled.wrappedBuffer(bytes));
    pipe.turn();
  }

  /** Whether an answer is owed: one that comes without is against the protocol. */
  public boolean owed() {
    return !done && !sent.isEmpty();
  }

  private ByteBuf answered() {
    ByteBuf chunk = sent.remove();
    sentBytes -= chunk.readableBytes();
    endAnswered = endSent && sent.isEmpty();
    wait.anew();
    return chunk;
  }

  @Override
  public void credit() {
    wait.anew();
    pipe.turn();
  }

  @Override
  public boolean finish() {
    if (done) {
      return true;
    }
    if (halfReplaced) {
      return false;
    }
    done = true;
    for (ByteBuf chunk = sent.poll(); chunk != null; chunk = sent.poll()) {
      origins.add(chunk.readableBytes(), false);
      out.add(chunk);
    }
    sentBytes = 0;
    wait.set(false);
    pipe.turn();
    return true;
  }

  @Override
  public boolean active() {
    return !done;
  }
}
