package dev.selvedge.edge.proxy.loop;

import io.netty.util.concurrent.DefaultThreadFactory;

/** Makes the threads of the event loops: daemons that run in short turns. Thread-safe. */
public final class LoopThreads extends DefaultThreadFactory {

  public LoopThreads() {
    super("loop", true);
  }

  @Override
  public Thread newThread(Runnable loop) {
    return super.newThread(() -> {
      ShortSlice.ask();
      loop.run();
    });
  }
}
