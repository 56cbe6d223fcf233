package dev.selvedge.edge.proxy.listen;

import dev.selvedge.edge.proxy.loop.Worker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Takes connections off one accepting socket, as many as the bound of all connections allows.
 *
 * <p>At the bound accepting pauses: further connections wait in the kernel's queue. Two loops may
 * accept at the same moment; the one that finds no permit parks its connection, unread, until one
 * is free. Confined to its event loop, except {@link #resume}.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {

  /** After a failed accept (no descriptor left): trying at once again would spin. */
  private static final long RETRY_MILLIS = 100;

  /** A client's last segment of a handshake is a round trip away. */
  private static final long HANDSHAKE_MILLIS = 50;

  private final Listener listener;
  private final Worker worker;
  private final ConnectionSet connections;
  private final Runnable onPause;
  private final ArrayDeque<Channel> parked = new ArrayDeque<>();
  private final Channel accepting;

  Acceptor(
      Channel accepting,
      Listener listener,
      Worker worker,
      ConnectionSet connections,
      Runnable onPause) {
    this.accepting = accepting;
    this.listener = listener;
    this.worker = worker;
    this.connections = connections;
    this.onPause = onPause;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    take((Channel) message);
  }

  private void take(Channel child) {
    if (parked.isEmpty() && listener.dataplane().connections().tryAcquire()) {
      admit(child);
    } else {
      parked.addLast(child);
    }
    if (listener.dataplane().connections().full()) {
      pause();
    }
  }

  private void admit(Channel child) {
    child.pipeline().addLast(new ConnectionStart(listener, worker, connections));
    worker.loop().register(child);
  }

  private void pause() {
    if (accepting.config().isAutoRead()) {
      accepting.config().setAutoRead(false);
      worker.metrics().add(listener.metrics().paused(), 1);
    }
    onPause.run();
  }

  /** A permit came free somewhere. Thread-safe. */
  void resume() {
    worker.execute(this::goOn);
  }

  private void goOn() {
    while (!parked.isEmpty() && listener.dataplane().connections().tryAcquire()) {
      admit(parked.removeFirst());
    }
    if (!listener.dataplane().connections().full() && !accepting.config().isAutoRead()) {
      accepting.config().setAutoRead(true);
    } else if (listener.dataplane().connections().full()) {
      onPause.run();
    }
  }

  /**
   * Lets no connection begin any more, gives those under way the time to be made, takes what the
   * kernel has queued, and closes.
   */
  void end() {
    NoNewcomers.apply(accepting);
    worker.loop().schedule(this::takeAllAndClose, HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void takeAllAndClose() {
    try {
      AcceptQueue.takeAllAndClose(accepting, this::take);
    } catch (IOException failed) {
      // No descriptor left: nothing more can be taken.
    }
    accepting.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    for (Channel child : parked) {
      child.unsafe().closeForcibly();
    }
    parked.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    System.getLogger("selvedge.proxy").log(System.Logger.Level.WARNING, "accept failed", cause);
    accepting.config().setAutoRead(false);
    worker.loop().schedule(this::goOn, RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }
}
