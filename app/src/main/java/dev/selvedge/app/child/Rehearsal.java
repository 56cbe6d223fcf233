package dev.selvedge.app.child;

import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.ToAgent.Configure;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.agent.AgentServer;
import dev.selvedge.edge.protocol.agent.Lifecycle;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Does in this process what a child does until it is healthy, so that the cache of classes which
 * the build makes knows them and a child starts faster. Stateless.
 */
public final class Rehearsal {

  private static final long PATIENCE_SECONDS = 10;
  private static final long ASK_EVERY_MILLIS = 20;

  private Rehearsal() {}

  /** Starts the agent, asks it until it is healthy, and ends it. */
  public static void of(Lifecycle agent) throws IOException, InterruptedException {
    ParentDeath.rehearse();
    CountDownLatch healthy = new CountDownLatch(1);
    HealthProbe.Listener listener =
        new HealthProbe.Listener() {
          @Override
          public void health(HealthReport.State state) {
            if (state == HealthReport.State.HEALTHY) {
              healthy.countDown();
            }
          }

          @Override
          public void refused(List<ConfigProblem> problems) {}
        };
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try (SocketFolder folder = SocketFolder.open()) {
      Path socket = folder.socket(0, 0);
      try (AgentServer server = AgentServer.listen(agent, "unix:" + socket)) {
        Configure nothing = new Configure(1, "", List.of());
        HealthProbe probe =
            new HealthProbe(loops.next(), server.address(), "rehearsal", nothing, listener);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        do {
          probe.ask(false);
        } while (!healthy.await(ASK_EVERY_MILLIS, TimeUnit.MILLISECONDS)
            && System.nanoTime() < end);
        probe.close();
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
