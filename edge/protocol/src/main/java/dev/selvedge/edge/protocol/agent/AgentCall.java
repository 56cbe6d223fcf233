package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.CallRules;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ReceiveWindow;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A call to be answered. Answers to a call that is over are dropped; answers against the rules of
 * the protocol throw where they are made on the loop. Thread-safe.
 */
public final class AgentCall {

  private static final byte[] NO_BYTES = {};

  /** A message that waits for credit or for one before it. */
  private record Waiting(int flags, ToProxy message, boolean ends) {}

  private final AgentSession session;
  private final int id;
  private volatile @Nullable Object attachment;

  // Confined to the session's loop:
  final CallRules rules = new CallRules();
  final ReceiveWindow window;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Sizes of received chunks whose results were not sent yet. */
  private final ArrayDeque<Integer> held = new ArrayDeque<>();

  int credit;
  int unconsumed;
  boolean over;
  @Nullable EventLane lane;

  AgentCall(AgentSession session, int id, int credit) {
    this.session = session;
    this.id = id;
    this.credit = credit;
    this.window = new ReceiveWindow(Bounds.CALL_CREDIT);
  }

  public int id() {
    return id;
  }

  /** Whether the proxy tells such events of calls on this connection at all. */
  public boolean told(EventType event) {
    return session.told(event);
  }

  /** Whatever the agent keeps with the call between events. */
  public @Nullable Object attachment() {
    return attachment;
  }

  public void attach(@Nullable Object object) {
    attachment = object;
  }

  /** Answers the head that waits for a decision, the response's first. */
  public void decide(Decision decision) {
    decide(null, decision, false);
  }

  /** Answers, and wants no further event of this call. */
  public void decideLast(Decision decision) {
    decide(null, decision, true);
  }

  void decide(@Nullable EventType event, Decision decision, boolean last) {
    if (session.onLoop()) {
      decideNow(event, decision, last);
    } else {
      session.run(() -> guarded(() -> decideNow(event, decision, last)));
    }
  }

  /** The oldest unanswered chunk stays as it is. */
  public void pass(EventType body) {
    result(new ChunkResult(body, ChunkResult.Op.PASS, NO_BYTES));
  }

  /** The oldest unanswered chunk is left out. */
  public void drop(EventType body) {
    result(new ChunkResult(body, ChunkResult.Op.DROP, NO_BYTES));
  }

  /** The oldest unanswered chunk becomes these bytes, of any length. */
  public void replace(EventType body, byte[] bytes) {
    result(new ChunkResult(body, ChunkResult.Op.REPLACE, bytes));
  }

  /** Gives the call up: its failure mode decides. */
  public void giveUp(String reason) {
    if (session.onLoop()) {
      giveUpNow(reason);
    } else {
      session.run(() -> giveUpNow(reason));
    }
  }

  // ---- on the loop

  /** Runs an answer whose author is elsewhere: one against the rules gives the call up. */
  void guarded(Runnable answer) {
    try {
      answer.run();
    } catch (RuntimeException e) {
      giveUpNow(String.valueOf(e));
    }
  }

  private void decideNow(@Nullable EventType event, Decision decision, boolean last) {
    EventType answered = event != null ? event : rules.awaited();
    if (over || answered == null) {
      return;
    }
    int flags = last ? Flags.LAST : 0;
    boolean ends = rules.decided(answered, decision.verdict(), flags);
    offer(flags, new ToProxy.Decided(answered, decision), ends);
  }

  private void giveUpNow(String reason) {
    if (!over) {
      waiting.clear();
      session.send(id, 0, new ToProxy.Ended(reason));
      session.finish(this);
    }
  }

  private void result(ChunkResult result) {
    if (session.onLoop()) {
      resultNow(result);
    } else {
      session.run(() -> guarded(() -> resultNow(result)));
    }
  }

  private void resultNow(ChunkResult result) {
    if (over) {
      return;
    }
    byte[] data = result.data();
    rules.chunkResult(result.event(), result.op(), data.length, false);
    int at = 0;
    for (; data.length - at > Bounds.CHUNK_BYTES_MAX; at += Bounds.CHUNK_BYTES_MAX) {
      byte[] piece = java.util.Arrays.copyOfRange(data, at, at + Bounds.CHUNK_BYTES_MAX);
      offer(Flags.MORE, new ChunkResult(result.event(), result.op(), piece), false);
    }
    byte[] rest = at == 0 ? data : java.util.Arrays.copyOfRange(data, at, data.length);
    offer(0, new ChunkResult(result.event(), result.op(), rest), false);
  }

  void hold(int bytes) {
    held.add(bytes);
  }

  private void offer(int flags, ToProxy message, boolean ends) {
    if (!waiting.isEmpty() || !trySend(flags, message, ends)) {
      waiting.add(new Waiting(flags, message, ends));
      session.waits(this);
    }
  }

  private boolean trySend(int flags, ToProxy message, boolean ends) {
    if (message instanceof ChunkResult result) {
      int bytes = result.data().length;
      if (!session.take(this, bytes)) {
        return false;
      }
      session.send(id, flags, message);
      Integer chunk = Flags.has(flags, Flags.MORE) ? null : held.poll();
      if (chunk != null && !over) {
        session.consumed(this, chunk);
      }
      return true;
    }
    session.send(id, flags, message);
    if (ends) {
      session.finish(this);
    }
    return true;
  }

  /** Sends what waited, as far as credit reaches; true where nothing is left. */
  boolean sendWaiting() {
    if (over) {
      waiting.clear();
    }
    for (Waiting next; (next = waiting.peek()) != null; waiting.remove()) {
      if (!trySend(next.flags(), next.message(), next.ends())) {
        return false;
      }
    }
    return true;
  }
}
