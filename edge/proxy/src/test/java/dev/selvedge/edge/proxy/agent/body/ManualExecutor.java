package dev.selvedge.edge.proxy.agent.body;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs a task when the test says so, in order; or refuses, like a loop that has ended. */
final class ManualExecutor implements Executor {

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean ended;

  @Override
  public void execute(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException("ended");
    }
    tasks.add(task);
  }

  boolean idle() {
    return tasks.isEmpty();
  }

  /** Runs the oldest task; false where none waits. */
  boolean runOne() {
    Runnable task = tasks.poll();
    if (task == null) {
      return false;
    }
    task.run();
    return true;
  }

  void end() {
    ended = true;
  }
}
