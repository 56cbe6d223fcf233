package dev.selvedge.edge.proxy.loop;

import dev.selvedge.kernel.Clock;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of one event loop: arming, moving and disarming cost two field writes in the common
 * case, never an allocation. A timer fires at its deadline or up to one tick (8.4 ms) after it.
 *
 * <p>A hashed wheel of intrusive lists. Timers are lazy: moving a deadline later, or disarming,
 * leaves the timer in its slot; when the slot comes round it is dropped or put where it belongs by
 * then. Only an earlier deadline relinks at once. A connection that is kept alive over a million
 * requests thus touches the wheel about once in eight seconds. The loop is woken only for the next
 * slot that holds a timer: an idle proxy sleeps. Confined to its event loop.
 */
public final class TimerWheel implements Runnable {

  /** Nanoseconds of a tick as a power of two: 8.4 ms. */
  static final int TICK_SHIFT = 23;

  /** Slots; a timer further away than their span waits in the last one and moves on from there. */
  private static final int SLOTS = 1024;

  private static final int MASK = SLOTS - 1;
  private static final long NEVER = Long.MAX_VALUE;

  /** Something with a deadline. Confined to the event loop of its wheel. */
  public abstract static class Timer {
    private @Nullable Timer previous;
    private @Nullable Timer next;
    private long linkedTick = NEVER;
    private long deadlineNanos = NEVER;

    /** The deadline passed; the timer is disarmed and may be armed again. */
    protected abstract void expired(long nowNanos);

    /** Whether a deadline is set. */
    public final boolean armed() {
      return deadlineNanos != NEVER;
    }
  }

  private final Clock clock;
  private final EventExecutor loop;
  private final @Nullable Timer[] slots = new @Nullable Timer[SLOTS];
  private final long[] occupied = new long[SLOTS / 64];
  private long currentTick;
  private int linked;
  private long wakeTick = NEVER;
  private @Nullable Future<?> wake;

  public TimerWheel(EventExecutor loop, Clock clock) {
    this.loop = loop;
    this.clock = clock;
    this.currentTick = clock.nanos() >> TICK_SHIFT;
  }

  /** Sets the timer's deadline in nanoseconds of the loop's clock, replacing the one it had. */
  public void arm(Timer timer, long deadlineNanos) {
    timer.deadlineNanos = deadlineNanos;
    long tick = tickOf(deadlineNanos);
    if (tick < timer.linkedTick) {
      if (timer.linkedTick != NEVER) {
        unlink(timer);
      }
      link(timer, tick);
    }
  }

  /** The timer will not fire. */
  public void disarm(Timer timer) {
    timer.deadlineNanos = NEVER;
  }

  /** The timer will not fire and the wheel forgets it: for owners that go away. */
  public void remove(Timer timer) {
    timer.deadlineNanos = NEVER;
    if (timer.linkedTick != NEVER) {
      unlink(timer);
    }
  }

  /** Timers in the wheel, armed or not yet dropped; for tests and metrics. */
  public int size() {
    return linked;
  }

  @Override
  public void run() {
    wake = null;
    wakeTick = NEVER;
    advance(clock.nanos());
    scheduleWake();
  }

  /** Fires what is due. Called by the loop's own schedule; tests call it with their clock. */
  void advance(long nowNanos) {
    long nowTick = nowNanos >> TICK_SHIFT;
    if (linked == 0) {
      currentTick = Math.max(currentTick, nowTick);
      return;
    }
    // After a stall longer than the wheel each slot is visited once, near the present, so that what
    // moves on is put where it belongs now.
    currentTick = Math.max(currentTick, nowTick - SLOTS);
    while (currentTick < nowTick) {
      currentTick++;
      if (slots[(int) currentTick & MASK] != null) {
        expireSlot((int) currentTick & MASK, nowNanos);
      }
    }
  }

  private void expireSlot(int slot, long nowNanos) {
    for (Timer timer = slots[slot]; timer != null; timer = slots[slot]) {
      unlink(timer);
      if (timer.deadlineNanos <= nowNanos) {
        timer.deadlineNanos = NEVER;
        timer.expired(nowNanos);
      } else if (timer.deadlineNanos != NEVER) {
        link(timer, tickOf(timer.deadlineNanos));
      }
    }
  }

  /** The first tick at which the deadline has surely passed. */
  private static long tickOf(long deadlineNanos) {
    return (deadlineNanos >> TICK_SHIFT) + 1;
  }

  private void link(Timer timer, long wanted) {
    if (linked == 0) {
      currentTick = Math.max(currentTick, clock.nanos() >> TICK_SHIFT);
    }
    long tick = Math.clamp(wanted, currentTick + 1, currentTick + MASK);
    int slot = (int) tick & MASK;
    Timer first = slots[slot];
    timer.linkedTick = tick;
    timer.previous = null;
    timer.next = first;
    if (first != null) {
      first.previous = timer;
    }
    slots[slot] = timer;
    occupied[slot >> 6] |= 1L << slot;
    linked++;
    if (tick < wakeTick) {
      wakeAt(tick);
    }
  }

  private void unlink(Timer timer) {
    int slot = (int) timer.linkedTick & MASK;
    Timer before = timer.previous;
    Timer after = timer.next;
    if (before == null) {
      slots[slot] = after;
      if (after == null) {
        occupied[slot >> 6] &= ~(1L << slot);
      }
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    timer.previous = null;
    timer.next = null;
    timer.linkedTick = NEVER;
    linked--;
  }

  private void scheduleWake() {
    if (linked == 0) {
      return;
    }
    for (int distance = 1; distance < SLOTS; distance++) {
      int slot = (int) (currentTick + distance) & MASK;
      long word = occupied[slot >> 6] >>> slot;
      if (word != 0) {
        long tick = currentTick + distance + Long.numberOfTrailingZeros(word);
        if (tick < wakeTick) {
          wakeAt(tick);
        }
        return;
      }
      distance += 63 - (slot & 63);
    }
  }

  private void wakeAt(long tick) {
    Future<?> earlier = wake;
    if (earlier != null) {
      earlier.cancel(false);
    }
    wakeTick = tick;
    long delay = (tick << TICK_SHIFT) - clock.nanos();
    wake = loop.schedule(this, Math.max(delay, 1), TimeUnit.NANOSECONDS);
  }
}
