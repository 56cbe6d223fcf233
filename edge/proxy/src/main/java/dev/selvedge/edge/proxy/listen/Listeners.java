package dev.selvedge.edge.proxy.listen;

import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.h1.ClientConnection;
import dev.selvedge.edge.proxy.h1.ClientMetrics;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.Metrics;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * All listeners and the client connections behind them. Called by one thread at a time (start,
 * reload, drain); tells the loops by tasks.
 */
public final class Listeners {

  /** A loop that has not closed its socket by then is stuck; the drain goes on without it. */
  private static final long CLOSE_LIMIT_MILLIS = 1000;

  private final Dataplane dataplane;
  private final List<Worker> workers;
  private final AddressBound perAddress = new AddressBound();
  private final ClientMetrics clientMetrics;
  private final ListenerMetrics metrics;
  private final List<ConnectionSet> connections = new ArrayList<>();
  private final Map<String, Listener> open = new HashMap<>();
  private final Map<String, ListenerSockets> sockets = new HashMap<>();
  private final List<Acceptor> acceptors = new CopyOnWriteArrayList<>();
  private final AtomicBoolean paused = new AtomicBoolean();

  public Listeners(Dataplane dataplane, List<Worker> workers, Metrics registry) {
    this.dataplane = dataplane;
    this.workers = workers;
    this.clientMetrics = ClientMetrics.register(registry);
    this.metrics = ListenerMetrics.register(registry);
    for (int i = 0; i < workers.size(); i++) {
      connections.add(new ConnectionSet(dataplane, this::permitFreed));
    }
    registry.sampled(
        "selvedge_client_addresses", "Client addresses with a connection.", "", perAddress::size);
  }

  private void permitFreed() {
    if (paused.get() && paused.compareAndSet(true, false)) {
      acceptors.forEach(Acceptor::resume);
    }
  }

  private void pausedNow() {
    paused.set(true);
    if (!dataplane.connections().full()) {
      permitFreed();
    }
  }

  /** Starts to accept on sockets of a new listener. */
  public void start(ListenerConfig config, int index, ListenerSockets bound) {
    Listener listener =
        new Listener(dataplane, perAddress, clientMetrics, metrics, index, config.proxyProtocol());
    open.put(config.name(), listener);
    sockets.put(config.name(), bound);
    for (int i = 0; i < workers.size(); i++) {
      Worker worker = workers.get(i);
      Channel channel = bound.channels().get(i);
      ConnectionSet set = connections.get(i);
      Acceptor acceptor = new Acceptor(channel, listener, worker, set, this::pausedNow);
      acceptors.add(acceptor);
      listener.add(acceptor);
      channel.closeFuture().addListener(done -> acceptors.remove(acceptor));
      worker.execute(() -> {
        channel.pipeline().addLast(acceptor);
        channel.config().setAutoRead(true);
      });
    }
  }

  /** Applies a reload to a listener that stays on its address. */
  public void update(ListenerConfig config, int index) {
    Listener listener = open.get(config.name());
    if (listener != null) {
      listener.update(index, config.proxyProtocol());
    }
  }

  /** Names of the listeners that accept, with their sockets. */
  public Map<String, ListenerSockets> sockets() {
    return Map.copyOf(sockets);
  }

  /** Stops to accept on one listener; its connections go on. */
  public void stop(String name) {
    sockets.remove(name);
    Listener listener = open.remove(name);
    if (listener != null) {
      end(listener);
    }
  }

  /** Stops to accept everywhere, once what the kernel has queued was taken. Waits for it. */
  public void stopAll() {
    open.values().forEach(this::end);
    for (ListenerSockets bound : sockets.values()) {
      for (Channel channel : bound.channels()) {
        channel.closeFuture().awaitUninterruptibly(CLOSE_LIMIT_MILLIS);
      }
    }
    open.clear();
    sockets.clear();
  }

  private void end(Listener listener) {
    List<Acceptor> ending = listener.acceptors();
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).execute(ending.get(i)::end);
    }
  }

  /** Half-closes idle connections; busy ones close after their answer. */
  public void drainConnections() {
    onAllConnections(ClientConnection::drain);
  }

  /** Cuts what is left. Waits for it: a loop that ends before would record another reason. */
  public void abortConnections() throws InterruptedException {
    CountDownLatch loops = new CountDownLatch(workers.size());
    onAllConnections(ClientConnection::abort);
    workers.forEach(worker -> worker.execute(loops::countDown));
    boolean _ = loops.await(CLOSE_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void onAllConnections(Consumer<ClientConnection> action) {
    for (int i = 0; i < workers.size(); i++) {
      ConnectionSet set = connections.get(i);
      workers.get(i).execute(() -> set.copy().forEach(action));
    }
  }

  /** Client connections open. */
  public long connectionCount() {
    return dataplane.connections().count();
  }
}
