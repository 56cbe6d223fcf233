package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.loop.TimerWheel;
import dev.selvedge.edge.proxy.loop.Worker;
import java.util.function.LongSupplier;

/**
 * Says that a peer has taken nothing of what waits for it for a whole time-out; a peer that takes a
 * byte gets the whole time anew. Confined to its event loop.
 */
final class StallTimer extends TimerWheel.Timer {

  private final Worker worker;
  private final Outbox out;
  private final LongSupplier stallNanos;
  private final Runnable stalled;

  StallTimer(Worker worker, Outbox out, LongSupplier stallNanos, Runnable stalled) {
    this.worker = worker;
    this.out = out;
    this.stallNanos = stallNanos;
    this.stalled = stalled;
  }

  /** Something was written or has left: the timer runs while anything waits. */
  void settle() {
    if (out.empty()) {
      worker.timers().disarm(this);
    } else if (!armed()) {
      out.progressed();
      worker.timers().arm(this, worker.now() + stallNanos.getAsLong());
    }
  }

  /** The connection is gone. */
  void stop() {
    worker.timers().remove(this);
  }

  @Override
  protected void expired(long nowNanos) {
    worker.readClock();
    if (out.empty()) {
      return;
    }
    if (out.progressed()) {
      worker.timers().arm(this, nowNanos + stallNanos.getAsLong());
    } else {
      stalled.run();
    }
  }
}
