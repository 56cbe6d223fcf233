package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.FailureCode;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One agent as one event loop asks it: its link, the calls that wait for a permit, and calls kept
 * for reuse.
 *
 * <p>A permit is held exactly while the agent decides on a head, so that neither a slow upstream
 * nor a slow client of another request takes one away. Permits and the bound of waiting calls hold
 * over all loops; who gets no permit waits in this loop's own queue, first come first served, until
 * its deadline. A freed permit serves this loop's waiters first, then another loop's. Nobody waits
 * for an agent that is not healthy. Confined to its event loop, except {@link #wake}, {@link
 * #start}, {@link #retire} and what reads volatile state.
 */
final class AgentLoop {

  private static final int POOLED_CALLS = 1024;

  private final RemoteAgent agent;
  private final Worker worker;
  private final AgentLink link;
  private final ArrayDeque<AgentCall> waiters = new ArrayDeque<>();
  private final ArrayDeque<AgentCall> pooled = new ArrayDeque<>();
  private final Runnable serve = this::serve;
  private boolean serving;
  private int attached;
  private boolean retired;
  private volatile boolean waiting;

  AgentLoop(RemoteAgent agent, Worker worker, AgentDialer dialer) {
    this.agent = agent;
    this.worker = worker;
    this.link = new AgentLink(this, worker, dialer);
  }

  RemoteAgent agent() {
    return agent;
  }

  Worker worker() {
    return worker;
  }

  AgentLink link() {
    return link;
  }

  // ---- any thread

  void start() {
    worker.execute(link::connect);
  }

  /** Exchanges that began with it still ask it; the link ends after the last of them. */
  void retire() {
    worker.execute(() -> {
      retired = true;
      if (attached == 0) {
        link.retire();
      }
    });
  }

  void wake() {
    worker.execute(serve);
  }

  boolean healthy() {
    return link.healthy();
  }

  @Nullable String problem() {
    return link.problem();
  }

  boolean hasWaiters() {
    return waiting;
  }

  // ---- on the loop

  AgentCall take() {
    attached++;
    AgentCall call = pooled.pollLast();
    return call == null ? new AgentCall(this) : call;
  }

  void giveBack(AgentCall call) {
    attached--;
    if (pooled.size() < POOLED_CALLS) {
      pooled.addLast(call);
    }
    if (retired && attached == 0) {
      link.retire();
    }
  }

  /** Asks about a head: at once, after a wait for a permit, or not at all. */
  void ask(AgentCall call, EventType event) {
    worker.metrics().add(agent.metrics().calls(), 1);
    CircuitBreaker.Pass pass = agent.breaker().tryPass(worker.now());
    if (pass == CircuitBreaker.Pass.REFUSED) {
      call.notAsked(event, FailureCode.AGENT_BREAKER_OPEN);
      return;
    }
    call.begin(event, pass);
    if (!link.healthy() && !call.connected()) {
      unavailable(call);
    } else if (waiters.isEmpty() && agent.permits().tryAcquire()) {
      call.send();
    } else {
      enqueue(call);
    }
  }

  private void unavailable(AgentCall call) {
    call.failed(FailureCode.AGENT_UNAVAILABLE, link.connectFailed());
  }

  private void enqueue(AgentCall call) {
    if (!agent.queue().tryAcquire()) {
      call.failed(FailureCode.AGENT_QUEUE_FULL, false);
      return;
    }
    waiters.addLast(call);
    waiting = true;
    call.queued();
    if (!agent.permits().full()) {
      // Freed by another loop that saw nobody wait yet.
      serveLater();
    }
  }

  /** The call waits no longer. */
  void leaveQueue(AgentCall call) {
    if (waiters.remove(call)) {
      left();
    }
  }

  private void left() {
    agent.queue().release();
    waiting = !waiters.isEmpty();
  }

  void permitFreed() {
    agent.permits().release();
    if (agent.queue().count() > 0) {
      serveLater();
    }
  }

  /** Not here and now: the caller is in the middle of a call's end. */
  private void serveLater() {
    if (!serving) {
      serving = true;
      worker.execute(serve);
    }
  }

  private void serve() {
    serving = false;
    Bounds permits = agent.permits();
    while (!waiters.isEmpty() && permits.tryAcquire()) {
      AgentCall call = waiters.removeFirst();
      left();
      if (call.late()) {
        permits.release();
        call.expire();
      } else {
        call.send();
      }
    }
    if (waiters.isEmpty() && agent.queue().count() > 0 && !permits.full()) {
      agent.wakeAnother(worker.index());
    }
  }

  /** Nobody queues behind an agent that is not there. */
  void linkDown() {
    for (AgentCall call = waiters.pollFirst(); call != null; call = waiters.pollFirst()) {
      left();
      if (call.connected()) {
        call.failed(FailureCode.AGENT_UNAVAILABLE, false);
      } else {
        unavailable(call);
      }
    }
  }
}
