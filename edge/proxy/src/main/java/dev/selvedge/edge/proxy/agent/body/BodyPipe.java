package dev.selvedge.edge.proxy.agent.body;

import dev.selvedge.edge.proxy.exchange.ClientSettings;
import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One body on its way from its sender past the agents that want it to its receiver: nothing is
 * lost, doubled or reordered, nothing waits without a bound, and where it is held, nothing comes
 * out before {@link #release} (EDGE 5, bodies).
 *
 * <pre>
 *              ┌─→ inspector        each sees what the sender sent
 *   sender ────┼─→ inspector
 *              └─→ replacer → replacer → tail [held | passing] → receiver
 * </pre>
 *
 * Chunks go to all at once, also while the body is held: holding stops the receiver only. The
 * sender is granted what all of them have room for, so the slowest sets the pace. Each keeps at
 * most the window, and the end of the body waits until all have decided; a replacer keeps besides
 * it what its agent was given credit for; the tail holds {@value HeldBody#MEMORY} bytes in memory,
 * or a window where the sender may send that unasked, and the rest in a file.
 *
 * <p>Pipes can be joined, the receiver of one being the sender of the next: for agents that see the
 * body only after others have decided. Confined to its event loop.
 */
public final class BodyPipe {

  /**
   * What a pipe is made of.
   *
   * @param buffered counts what all pipes keep in memory
   * @param window bytes that each step keeps at most
   * @param loop runs tasks on the event loop
   */
  public record Means(
      ByteBufAllocator alloc, Bounds buffered, int window, SpillFiles files, Executor loop) {}

  /** Bytes that are worth to be granted. */
  private static final int WORTH = 16 * 1024;

  private final Means means;
  private final Sink sink;
  private final Tail tail;
  private final List<Inspector> inspectors = new ArrayList<>(2);
  private final List<Stage> stages = new ArrayList<>(3);
  private final List<Replacer> replacers = new ArrayList<>(2);
  private final int worth;

  /** Of the bytes granted, those that the sender perhaps does not send before it gets more. */
  private final long reserve;

  private @Nullable BodyPipe next;
  private long granted;
  private long received;
  private long counted;
  private boolean ended;
  private boolean turning;
  private boolean again;
  private boolean closed;

  /**
   * A pipe that does nothing before {@link #start}.
   *
   * @param hold whether nothing comes out before {@link #release}
   * @param granted bytes that the sender may send without being told; it may stop as soon as it has
   *     {@link ClientSettings#PRESSED_WINDOW} less to send than these, as files and fixed answers
   *     do, and upstreams while memory is short
   */
  public BodyPipe(Sink sink, Means means, boolean hold, int granted) {
    this.sink = sink;
    this.means = means;
    this.granted = granted;
    this.reserve = Math.max(0, granted - ClientSettings.PRESSED_WINDOW);
    this.worth = Math.min(WORTH, means.window() / 4);
    this.tail = new Tail(this, sink, means, hold);
    stages.add(tail);
  }

  /** Subscribes an agent that only looks; before {@link #start}. */
  public Inspector inspect(AgentBody agent, long limitBytes) {
    Inspector inspector = new Inspector(this, agent, limitBytes, means.alloc());
    inspectors.add(inspector);
    return inspector;
  }

  /** Subscribes an agent that may change the body, behind those before it; before start. */
  public Replacer replace(AgentBody agent, long limitBytes) {
    Replacer replacer = new Replacer(this, agent, limitBytes, means.alloc(), tail);
    if (!replacers.isEmpty()) {
      replacers.getLast().follow(replacer);
    }
    replacers.add(replacer);
    stages.add(stages.size() - 1, replacer);
    return replacer;
  }

  /** What comes out of this pipe goes into that one. */
  public void joins(BodyPipe behind) {
    next = behind;
  }

  /** Lets the sender begin. */
  public void start() {
    turn();
  }

  // ---- from the sender

  /** The next bytes, within what was granted; takes ownership. They move on {@link #flush}. */
  public void chunk(ByteBuf chunk) {
    received += chunk.readableBytes();
    for (int i = 0; i < inspectors.size() && !closed; i++) {
      inspectors.get(i).accept(chunk);
    }
    if (closed) {
      chunk.release();
    } else {
      stages.getFirst().accept(chunk);
    }
  }

  /** The body is complete. */
  public void end(@Nullable HttpHead trailers) {
    ended = true;
    tail.trailers(trailers);
    for (int i = 0; i < inspectors.size(); i++) {
      inspectors.get(i).end();
    }
    stages.getFirst().end();
  }

  /** Nothing more comes in this turn. */
  public void flush() {
    turn();
  }

  // ---- from the receiver

  /** The receiver takes so many more bytes. */
  public void credit(int bytes) {
    tail.credit(bytes);
    turn();
  }

  // ---- from who decides

  /** Lets the body out; what comes later passes through. */
  public void release() {
    if (!closed) {
      tail.release();
      turn();
    }
  }

  /** Whether the body may come out. */
  public boolean released() {
    return tail.released();
  }

  /** Whether an agent that got the body has not decided on it. */
  boolean undecided() {
    for (int i = 0; i < inspectors.size(); i++) {
      if (inspectors.get(i).active()) {
        return true;
      }
    }
    for (int i = 0; i < replacers.size(); i++) {
      if (replacers.get(i).active()) {
        return true;
      }
    }
    return false;
  }

  /** Whether all of the body is known, as the receiver will get it. */
  public boolean complete() {
    return tail.complete();
  }

  /** Bytes that the receiver gets, so far as is known; final if {@link #complete}. */
  public long length() {
    return tail.length();
  }

  /** Gives everything back and says nothing more to anybody. */
  public void cancel() {
    if (closed) {
      return;
    }
    closed = true;
    for (int i = 0; i < inspectors.size(); i++) {
      inspectors.get(i).close();
    }
    for (int i = 0; i < stages.size(); i++) {
      stages.get(i).close();
    }
    means.buffered().add(-counted);
    counted = 0;
  }

  // ---- turns

  /**
   * What a step that keeps so many bytes has room for: all of the window that is left, or nothing
   * where that is a crumb. Else each two bytes answered would let two bytes in, for ever.
   */
  long room(long kept) {
    long left = means.window() - kept;
    return kept == 0 || left >= worth ? left : 0;
  }

  int window() {
    return means.window();
  }

  /** Moves what can be moved, until nothing can: whatever happened calls this once. */
  void turn() {
    if (turning || closed) {
      again = true;
      return;
    }
    turning = true;
    do {
      again = false;
      move();
      if (!closed && tail.takeDelivered()) {
        sink.flush();
      }
      if (!closed) {
        grant();
      }
    } while (again && !closed);
    turning = false;
    if (!closed) {
      settle();
    }
  }

  private void move() {
    for (int i = 0; i < inspectors.size() && !closed; i++) {
      inspectors.get(i).pump();
    }
    for (int i = 0; i < stages.size() && !closed; i++) {
      again |= stages.get(i).pump();
    }
  }

  /**
   * Grants what all have room for, until they have none: a sender that keeps part of what it was
   * granted to itself may not be moved by the first grant, and then nothing else moves this pipe.
   */
  private void grant() {
    int more = grantable();
    while (more > 0) {
      granted += more;
      sink.grant(more);
      more = grantable();
    }
  }

  /**
   * Bytes worth to be granted now; not in crumbs, unless the sender perhaps has nothing left.
   *
   * <p>A held body has less room than a window. Against that room, what a sender perhaps does not
   * send must not count, or both would wait for ever; what agents keep stays within the window
   * whatever the sender does.
   */
  private int grantable() {
    if (ended || closed) {
      return 0;
    }
    long outstanding = granted - received;
    long unsure = narrow() ? Math.clamp(outstanding, 0, reserve) : 0;
    long agents = means.window();
    for (int i = 0; i < inspectors.size(); i++) {
      agents = Math.min(agents, inspectors.get(i).room());
    }
    agents -= outstanding;
    long more = Math.min(agents, stages.getFirst().room() - outstanding + unsure);
    boolean waits = outstanding <= unsure && agents >= worth;
    return more >= worth || more > 0 && waits ? (int) more : 0;
  }

  /** Whether the first step has the room of a held body, here or in a pipe behind this one. */
  private boolean narrow() {
    return replacers.isEmpty() && holds();
  }

  private boolean holds() {
    BodyPipe behind = next;
    return !tail.released() || behind != null && behind.holds();
  }

  private void settle() {
    long now = 0;
    for (int i = 0; i < inspectors.size(); i++) {
      inspectors.get(i).time();
      now += inspectors.get(i).buffered();
    }
    for (int i = 0; i < stages.size(); i++) {
      stages.get(i).time();
      now += stages.get(i).buffered();
    }
    if (now != counted) {
      means.buffered().add(now - counted);
      counted = now;
    }
  }
}
