package dev.selvedge.edge.proxy.upstream;

import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.loop.Transport;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop to one upstream: the last one put back is the first one taken, so
 * that surplus ones age and close.
 *
 * <p>Bounds hold over all loops: a connection needs a permit of the upstream from before the
 * connect until its close; who gets none waits in this loop's own queue, first come first served,
 * at most {@code pool-wait} long. A freed permit serves this loop's waiters first, then another
 * loop's; a loop that waits makes others close connections at rest. Confined to its event loop,
 * except {@link #execute} and {@link #hasWaiters}.
 */
final class UpstreamPool {

  private final Upstream upstream;
  private final Worker worker;
  private final Dataplane dataplane;
  private final Balancer balancer;
  private final Bootstrap bootstrap;
  private final List<ArrayDeque<UpstreamConnection>> idle = new ArrayList<>();
  private final ArrayDeque<ForwardCall> waiters = new ArrayDeque<>();
  private volatile boolean waiting;
  private boolean retired;

  UpstreamPool(Upstream upstream, Worker worker, Dataplane dataplane, Transport transport) {
    this.upstream = upstream;
    this.worker = worker;
    this.dataplane = dataplane;
    this.balancer = new Balancer(upstream.config().loadBalancing(), upstream.targets());
    for (int i = 0; i < upstream.targets().size(); i++) {
      idle.add(new ArrayDeque<>());
    }
    this.bootstrap =
        new Bootstrap()
            .group(worker.loop())
            .channelFactory(transport.outgoing())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.ALLOCATOR, worker.alloc());
  }

  Worker worker() {
    return worker;
  }

  Dataplane dataplane() {
    return dataplane;
  }

  Upstream upstream() {
    return upstream;
  }

  void execute(Runnable task) {
    worker.execute(task);
  }

  boolean hasWaiters() {
    return waiting;
  }

  /** Finds the call a connection: at once, after a connect, after a wait, or not at all. */
  void acquire(ForwardCall call) {
    Target target = balancer.next(call.failedTarget());
    UpstreamConnection pooled = call.needsFresh() ? null : takeIdle(target.index());
    if (pooled != null) {
      worker.metrics().add(upstream.metrics().reused(), 1);
      call.connected(pooled, true);
    } else if (mayConnect()) {
      connect(target, call);
    } else {
      enqueue(call);
    }
  }

  private boolean mayConnect() {
    if (upstream.connections().tryAcquire()) {
      return true;
    }
    return closeOldestIdle() && upstream.connections().tryAcquire();
  }

  private void enqueue(ForwardCall call) {
    if (!upstream.queue().tryAcquire()) {
      call.failed(Failure.of(FailureCode.POOL_QUEUE_FULL));
      return;
    }
    waiters.addLast(call);
    waiting = true;
    call.queued(upstream.config().poolWait().toNanos());
    upstream.askForPermit(worker.index());
  }

  /** The call waits no longer. */
  void leaveQueue(ForwardCall call) {
    if (waiters.remove(call)) {
      upstream.queue().release();
      waiting = !waiters.isEmpty();
    }
  }

  private @Nullable ForwardCall nextWaiter() {
    ForwardCall call = waiters.pollFirst();
    if (call != null) {
      upstream.queue().release();
      waiting = !waiters.isEmpty();
      call.dequeued();
    }
    return call;
  }

  /** A permit may be free: the longest waiter of this loop gets it, or another loop is asked. */
  void serveWaiter() {
    worker.readClock();
    if (waiters.isEmpty()) {
      if (upstream.queue().count() > 0) {
        upstream.wakeAnother(worker.index());
      }
      return;
    }
    if (mayConnect()) {
      ForwardCall call = nextWaiter();
      if (call == null) {
        upstream.connections().release();
      } else {
        connect(balancer.next(call.failedTarget()), call);
      }
    }
  }

  private @Nullable UpstreamConnection takeIdle(int target) {
    ArrayDeque<UpstreamConnection> stack = idle.get(target);
    UpstreamConnection connection = stack.pollLast();
    while (connection != null) {
      upstream.idle().release();
      if (connection.usable()) {
        return connection;
      }
      connection.close();
      connection = stack.pollLast();
    }
    return null;
  }

  private boolean closeOldestIdle() {
    for (ArrayDeque<UpstreamConnection> stack : idle) {
      UpstreamConnection oldest = stack.pollFirst();
      if (oldest != null) {
        upstream.idle().release();
        oldest.close();
        return true;
      }
    }
    return false;
  }

  void yieldIdle() {
    if (upstream.queue().count() > 0) {
      closeOldestIdle();
    }
  }

  /** A connection at a message boundary comes back. */
  void release(UpstreamConnection connection) {
    ForwardCall waiter = retired ? null : nextWaiter();
    if (waiter != null) {
      waiter.connected(connection, true);
    } else if (retired || upstream.queue().count() > 0) {
      connection.close();
    } else {
      connection.rest(upstream.config().idle().toNanos());
      idle.get(connection.target().index()).addLast(connection);
      upstream.idle().add(1);
    }
  }

  /** A connection at rest is about to close by itself. */
  void forget(UpstreamConnection connection) {
    if (idle.get(connection.target().index()).remove(connection)) {
      upstream.idle().release();
    }
  }

  /** A connection has closed, or was never made: its permit is free. */
  void permitFreed() {
    upstream.connections().release();
    if (upstream.queue().count() > 0) {
      // Not here and now: the caller may be in the middle of a connection's end.
      execute(this::serveWaiter);
    }
  }

  void retire() {
    retired = true;
    boolean closed = true;
    while (closed) {
      closed = closeOldestIdle();
    }
  }

  private void connect(Target target, ForwardCall call) {
    worker.metrics().add(upstream.metrics().connects(), 1);
    int window = dataplane.snapshot().client().window();
    UpstreamConnection connection = new UpstreamConnection(this, target);
    Bootstrap attempt = bootstrap.clone();
    attempt
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark(window))
        .option(ChannelOption.RECVBUF_ALLOCATOR, connection.readSize())
        .handler(connection);
    call.connecting(connection, target, upstream.config().connect().toNanos());
    Channel channel =
        attempt
            .connect(target.address())
            .addListener(done -> {
              if (done.isSuccess()) {
                established(connection, call);
              } else {
                refused(connection, call, done.cause());
              }
            })
            .channel();
    call.attempt(channel);
  }

  private void established(UpstreamConnection connection, ForwardCall call) {
    connection.keepRegistered();
    if (call.waitsFor(connection)) {
      call.connected(connection, false);
    } else {
      release(connection);
    }
  }

  private void refused(UpstreamConnection connection, ForwardCall call, Throwable cause) {
    worker.metrics().add(upstream.metrics().connectFailures(), 1);
    permitFreed();
    if (call.waitsFor(connection)) {
      call.failed(Failure.of(FailureCode.CONNECT_FAILED, cause));
    }
  }

  /** Producers are told to go on when half of the window has left. */
  static WriteBufferWaterMark waterMark(int window) {
    return new WriteBufferWaterMark(window / 2, window / 2 + 1);
  }
}
