package dev.selvedge.app.child;

import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;

/**
 * What to do next with one child: start it, ask it, kill it, leave it in peace. A function of the
 * events told and the time, without processes and threads. Not thread-safe.
 *
 * <pre>
 *                 spawned           healthy
 *   WAITING ----------> STARTING ----------> HEALTHY
 *      ^                    | died, silent,     | died, silent
 *      |     back-off       v too slow          v
 *      +------------------ exited &lt;----- KILLING
 *      |                    | five deaths in a minute
 *      +------- HELD &lt;-----+            leave(): LEAVING, then GONE
 * </pre>
 *
 * A death is followed by a start at once if the child had lived well, else after a back-off that
 * doubles. Deaths in a row lead to holds that double from 2 s to 30 s: a short fault is over within
 * 5 s, a lasting one costs two processes a minute. Times are nanoseconds of one monotonic clock.
 */
final class ChildPlan {

  static final Duration ASK_STARTING_EVERY = Duration.ofMillis(50);
  static final Duration ASK_EVERY = Duration.ofMillis(500);

  /** A child that says nothing for so long is stuck. */
  static final Duration SILENCE_MAX = Duration.ofSeconds(2);

  /** From the start to healthy; long, so that a busy machine does not kill what it starves. */
  static final Duration START_MAX = Duration.ofSeconds(60);

  /** From the wish that it leaves to its end. */
  static final Duration LEAVE_MAX = Duration.ofSeconds(12);

  static final Duration BACK_OFF_FIRST = Duration.ofMillis(50);
  static final Duration BACK_OFF_MAX = Duration.ofSeconds(2);

  /** So many deaths within {@link #LOOP_WINDOW} are a crash loop. */
  static final int LOOP_DEATHS = 5;

  static final Duration LOOP_WINDOW = Duration.ofSeconds(60);
  static final Duration HOLD_FIRST = Duration.ofSeconds(2);
  static final Duration HOLD_MAX = Duration.ofSeconds(30);

  /** A child that was healthy for so long has lived well. */
  static final Duration LIVED_WELL = Duration.ofSeconds(10);

  /** Where a child is. Ordinals are the metric's values. */
  enum State {
    /** No process; it will be started after a back-off. */
    WAITING,
    STARTING,
    HEALTHY,
    /** Was told to die, did not end yet. */
    KILLING,
    /** No process; it died too often and is left alone for a while. */
    HELD,
    /** Answers what is open, then ends. */
    LEAVING,
    /** Ended for good. */
    GONE
  }

  /** What the shell has to do. */
  enum Step {
    NOTHING,
    SPAWN,
    ASK,
    /** Ask it to end by itself. */
    RELEASE,
    KILL
  }

  private final RandomGenerator random;
  private final ArrayDeque<Long> deaths = new ArrayDeque<>();
  private State state = State.WAITING;
  private String reason = "";
  private boolean process;
  private boolean answered;
  private boolean healthy;
  private boolean unwanted;
  private boolean released;
  private long dueAt;
  private long startedAt;
  private long healthyAt;
  private long lastAnswerAt;
  private long lastTickAt;
  private int failuresInRow;
  private int holdsInRow;
  private long starts;

  /**
   * A child that is to be started at once.
   *
   * @param random for jitter
   */
  ChildPlan(long now, RandomGenerator random) {
    this.random = random;
    this.dueAt = now;
    this.lastTickAt = now;
  }

  State state() {
    return state;
  }

  /** Why it was last killed or held; empty if it never was. */
  String reason() {
    return reason;
  }

  /** Starts after the first. */
  long restarts() {
    return Math.max(0, starts - 1);
  }

  /** When {@link #next} has something to do, if nothing is told before. */
  long dueAt() {
    return dueAt;
  }

  /** The next thing to do; to be called when it is due and after each event, until NOTHING. */
  Step next(long now) {
    forgiveOwnStall(now);
    if (now < dueAt) {
      return Step.NOTHING;
    }
    return switch (state) {
      case WAITING, HELD -> spawn(now);
      case STARTING, HEALTHY -> watch(now);
      case LEAVING -> leaving(now);
      case KILLING -> later(now, SILENCE_MAX, Step.KILL);
      case GONE -> later(now, START_MAX, Step.NOTHING);
    };
  }

  /** If this process stood still, the child had no chance to be heard. */
  private void forgiveOwnStall(long now) {
    long stalled = now - Math.max(lastTickAt, dueAt);
    if (stalled > ASK_EVERY.toNanos()) {
      lastAnswerAt += stalled;
      startedAt += stalled;
    }
    lastTickAt = now;
  }

  private Step spawn(long now) {
    state = State.STARTING;
    starts++;
    process = true;
    answered = false;
    healthy = false;
    startedAt = now;
    return later(now, ASK_STARTING_EVERY, Step.SPAWN);
  }

  private Step watch(long now) {
    boolean starting = state == State.STARTING;
    if ((answered || !starting) && now - lastAnswerAt > SILENCE_MAX.toNanos()) {
      return kill(now, "no answer for " + SILENCE_MAX.toSeconds() + " s");
    }
    if (starting && now - startedAt > START_MAX.toNanos()) {
      return kill(now, "not healthy within " + START_MAX.toSeconds() + " s");
    }
    return later(now, starting ? ASK_STARTING_EVERY : ASK_EVERY, Step.ASK);
  }

  private Step leaving(long now) {
    if (!released) {
      released = true;
      return later(now, LEAVE_MAX, Step.RELEASE);
    }
    return kill(now, "did not leave within " + LEAVE_MAX.toSeconds() + " s");
  }

  private Step kill(long now, String why) {
    reason = why;
    state = State.KILLING;
    return later(now, SILENCE_MAX, Step.KILL);
  }

  private Step later(long now, Duration time, Step step) {
    dueAt = now + time.toNanos();
    return step;
  }

  // ---- events

  /** The child said how it is. */
  void answered(long now, HealthReport.State health) {
    if (state != State.STARTING && state != State.HEALTHY) {
      return;
    }
    switch (health) {
      case HEALTHY -> {
        lastAnswerAt = now;
        if (state == State.STARTING) {
          state = State.HEALTHY;
          healthy = true;
          healthyAt = now;
          dueAt = now + ASK_EVERY.toNanos();
        }
      }
      case WARMING, DRAINING -> lastAnswerAt = now;
      case UNHEALTHY -> refused(now, "the agent says that it is not healthy");
    }
    answered = true;
  }

  /** It cannot serve as it is: starting anew is the only remedy. */
  void refused(long now, String why) {
    if (state == State.STARTING || state == State.HEALTHY) {
      reason = why;
      state = State.KILLING;
      dueAt = now;
    }
  }

  /** Its process is gone, or could not be started. */
  void exited(long now, String why) {
    if (!process) {
      return;
    }
    process = false;
    if (unwanted) {
      state = State.GONE;
      return;
    }
    boolean livedWell = healthy && now - healthyAt >= LIVED_WELL.toNanos();
    if (state != State.KILLING) {
      reason = why;
    }
    if (livedWell) {
      failuresInRow = 0;
      holdsInRow = 0;
    }
    deaths.add(now);
    while (now - deaths.getFirst() > LOOP_WINDOW.toNanos()) {
      deaths.remove();
    }
    if (deaths.size() >= LOOP_DEATHS) {
      hold(now);
    } else {
      state = State.WAITING;
      dueAt = now + (livedWell ? 0 : backOff());
    }
  }

  private void hold(long now) {
    long doubled = HOLD_FIRST.toNanos() << Math.min(holdsInRow++, 8);
    state = State.HELD;
    dueAt = now + Math.min(doubled, HOLD_MAX.toNanos());
  }

  /** Half of it is jitter, so that agents that die together do not start together. */
  private long backOff() {
    long doubled = BACK_OFF_FIRST.toNanos() << Math.min(failuresInRow++, 8);
    long most = Math.min(doubled, BACK_OFF_MAX.toNanos());
    return most / 2 + random.nextLong(most / 2 + 1);
  }

  /** It is not needed any more. */
  void leave(long now) {
    unwanted = true;
    switch (state) {
      case WAITING, HELD -> state = State.GONE;
      case STARTING, HEALTHY -> {
        state = State.LEAVING;
        dueAt = now;
      }
      case KILLING, LEAVING, GONE -> {}
    }
  }
}
