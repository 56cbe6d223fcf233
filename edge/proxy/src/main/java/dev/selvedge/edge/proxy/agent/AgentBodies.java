package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.client.AgentChannel;
import dev.selvedge.edge.proxy.agent.body.AgentBody;
import dev.selvedge.edge.proxy.agent.body.BodyPipe;
import dev.selvedge.edge.proxy.agent.body.Replacer;
import dev.selvedge.edge.proxy.agent.body.Sink;
import dev.selvedge.edge.proxy.agent.body.Subscriber;
import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The agents at one body of an exchange: who asked for it gets it, from its first byte, and who is
 * done leaves.
 *
 * <p>Agents that asked before any byte came share one pipe. One that is asked only after others
 * have decided gets a pipe of its own behind theirs, and so sees what they made of the body; until
 * then theirs is held. For the bodies of one exchange only. Confined to its event loop.
 */
final class AgentBodies {

  /** Who decides what becomes of an exchange. */
  interface Owner {

    AgentCall call(int agent);

    /** Bytes that the agent may make of this body in all. */
    long mayMake(int agent);

    /** The body is longer than that agent inspects. */
    void overLimit(EventType body, int agent);

    /** An agent beyond its limit has answered all it was shown. */
    void left(EventType body, int agent);

    /** An agent that was waited for did not answer in its time. */
    void late(EventType body, int agent);
  }

  private final Owner owner;
  private final EventType body;
  private final Worker worker;
  private final BodyPipe.Means means;
  private final Sink end;
  private final @Nullable Seat[] seats;
  private final List<Joint> joints = new ArrayList<>(1);
  private long standing;
  private long holding;
  private boolean replaced;

  /**
   * Nobody asked for the body yet.
   *
   * @param agents of the route
   * @param end both ends of the way, where the first pipe begins and the last one ends
   */
  AgentBodies(
      Owner owner, EventType body, Worker worker, BodyPipe.Means means, int agents, Sink end) {
    this.owner = owner;
    this.body = body;
    this.worker = worker;
    this.means = means;
    this.end = end;
    this.seats = new @Nullable Seat[agents];
  }

  // ---- who takes part

  /** An agent wants the body; it gets it with the next {@link #openPipe}. */
  void wants(int agent, boolean holds) {
    standing |= 1L << agent;
    holding |= holds ? 1L << agent : 0;
  }

  /** Agents for whose decision the body is held. */
  long holding() {
    return holding;
  }

  /** Whether an agent waits for the body that has no place yet. */
  boolean anyStanding() {
    return standing != 0;
  }

  /** Whether an agent has not decided yet. */
  boolean takesPart(int agent) {
    return ((standing | holding) & 1L << agent) != 0 || seats[agent] != null;
  }

  /**
   * The agent has decided, or its failure mode has.
   *
   * @return false where the body cannot go on because the agent replaced half a chunk
   */
  boolean leave(int agent) {
    standing &= ~(1L << agent);
    holding &= ~(1L << agent);
    Seat seat = seats[agent];
    if (seat == null) {
      return true;
    }
    seats[agent] = null;
    return seat.leave();
  }

  /**
   * Gives all who wait for the body a pipe, behind those there are.
   *
   * @param hold whether nothing comes out of it before {@link #release}
   * @param granted bytes that a sender sends unasked; of a first pipe only
   */
  void openPipe(boolean hold, int granted) {
    Joint joint = new Joint(joints.isEmpty() ? null : joints.getLast());
    BodyPipe pipe = new BodyPipe(joint, means, hold, joints.isEmpty() ? granted : 0);
    joint.pipe = pipe;
    for (long left = standing; left != 0; left &= left - 1) {
      int agent = Long.numberOfTrailingZeros(left);
      seats[agent] = new Seat(agent, pipe);
    }
    standing = 0;
    Joint before = joint.before;
    joints.add(joint);
    if (before != null) {
      before.next = joint;
      before.pipe().joins(pipe);
    }
    pipe.start();
    if (before != null) {
      before.pipe().release();
    }
  }

  // ---- the way of the bytes

  /** Whether the body goes this way. */
  boolean open() {
    return !joints.isEmpty();
  }

  void chunk(ByteBuf chunk) {
    joints.getFirst().pipe().chunk(chunk);
  }

  void end(@Nullable HttpHead trailers) {
    joints.getFirst().pipe().end(trailers);
  }

  void flush() {
    joints.getFirst().pipe().flush();
  }

  /** The receiver takes so many more bytes. */
  void credit(int bytes) {
    joints.getLast().pipe().credit(bytes);
  }

  /** Lets the body out. */
  void release() {
    for (int i = joints.size() - 1; i >= 0; i--) {
      joints.get(i).pipe().release();
    }
  }

  /** Whether an agent may have changed the body. */
  boolean replaced() {
    return replaced;
  }

  /** Whether {@link #length} is final. */
  boolean complete() {
    return joints.getLast().pipe().complete();
  }

  long length() {
    return joints.getLast().pipe().length();
  }

  /** Gives everything back. */
  void cancel() {
    standing = 0;
    holding = 0;
    for (int i = 0; i < seats.length; i++) {
      Seat seat = seats[i];
      if (seat != null) {
        seats[i] = null;
        worker.timers().remove(seat.timer);
      }
    }
    for (int i = 0; i < joints.size(); i++) {
      joints.get(i).pipe().cancel();
    }
  }

  // ---- what agents say

  void agentTakesMore(int agent) {
    Seat seat = seats[agent];
    if (seat != null) {
      seat.place.credit();
    }
  }

  /**
   * What becomes of a chunk.
   *
   * @return false where that is against the protocol
   */
  boolean result(int agent, ChunkResult result, boolean more) {
    Seat seat = seats[agent];
    if (seat == null) {
      return true;
    }
    if (!(seat.place instanceof Replacer replacer) || !replacer.owed()) {
      return false;
    }
    seat.made += result.data().length;
    if (seat.made > owner.mayMake(agent)) {
      return false;
    }
    switch (result.op()) {
      case PASS -> replacer.passed();
      case REPLACE -> replacer.replaced(result.data(), more);
      case DROP -> replacer.dropped();
    }
    return true;
  }

  /** One agent's place, and its clock. */
  private final class Seat implements AgentBody {
    private final int agent;
    private final AgentCall call;
    private final Subscriber place;
    private final AnswerTimer timer;
    private final AgentChannel<AgentCall> channel;
    private final int id;
    private long made;

    Seat(int agent, BodyPipe pipe) {
      this.agent = agent;
      this.call = owner.call(agent);
      this.timer = new AnswerTimer(agent);
      this.channel = call.openChannel();
      this.id = call.id();
      long limit = call.config().inspectLimit().bytes();
      boolean replaces = channel.replaces(body);
      place = replaces ? pipe.replace(this, limit) : pipe.inspect(this, limit);
      replaced |= replaces;
    }

    boolean leave() {
      worker.timers().remove(timer);
      return place.finish();
    }

    @Override
    public int creditNow() {
      return call.bodyCredit();
    }

    @Override
    public void send(ByteBuf chunk, boolean last) {
      call.sendBody(body, chunk, last);
    }

    @Override
    public void consumed(int bytes) {
      if (!channel.closed()) {
        channel.consumed(id, bytes);
      }
    }

    @Override
    public void clock(boolean running) {
      if (running) {
        worker.timers().arm(timer, worker.now() + call.config().timeout().toNanos());
      } else {
        worker.timers().disarm(timer);
      }
    }

    @Override
    public void overLimit() {
      owner.overLimit(body, agent);
    }

    @Override
    public void left() {
      owner.left(body, agent);
    }
  }

  /** The wait for one agent's answer. */
  private final class AnswerTimer extends TimerWheel.Timer {
    private final int agent;

    AnswerTimer(int agent) {
      this.agent = agent;
    }

    @Override
    protected void expired(long nowNanos) {
      worker.readClock();
      owner.late(body, agent);
    }
  }

  /** Where one pipe ends and the next begins, or the way itself. */
  private final class Joint implements Sink {
    private final @Nullable Joint before;
    private @Nullable Joint next;
    private @Nullable BodyPipe pipe;

    Joint(@Nullable Joint before) {
      this.before = before;
    }

    BodyPipe pipe() {
      BodyPipe opened = pipe;
      if (opened == null) {
        throw new IllegalStateException("no pipe yet");
      }
      return opened;
    }

    @Override
    public void grant(int bytes) {
      if (before == null) {
        end.grant(bytes);
      } else {
        before.pipe().credit(bytes);
      }
    }

    @Override
    public void chunk(ByteBuf chunk) {
      if (next == null) {
        end.chunk(chunk);
      } else {
        next.pipe().chunk(chunk);
      }
    }

    @Override
    public void end(@Nullable HttpHead trailers) {
      if (next == null) {
        end.end(replaced ? null : trailers);
      } else {
        next.pipe().end(trailers);
      }
    }

    @Override
    public void flush() {
      if (next == null) {
        end.flush();
      } else {
        next.pipe().flush();
      }
    }

    @Override
    public void failed(Failure why) {
      end.failed(why);
    }
  }
}
