package dev.selvedge.edge.proxy.upstream;

import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.exchange.Labels;
import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.edge.proxy.loop.Transport;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.kernel.Metrics;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One configured upstream as all loops share it: its targets, its bounds on connections and
 * waiters, and one pool per loop. Thread-safe. A reload keeps it as long as its configuration and
 * its addresses are the same.
 */
public final class Upstream {

  private final UpstreamConfig config;
  private final int nameNumber;
  private final List<Target> targets;
  private final Bounds connections;
  private final Bounds queue;
  private final Bounds idle = new Bounds(Long.MAX_VALUE);
  private final List<UpstreamPool> pools = new ArrayList<>();
  private final UpstreamMetrics metrics;

  /**
   * Makes the pools; opens nothing.
   *
   * @param addresses of the targets, in order, resolved
   */
  public Upstream(
      UpstreamConfig config,
      List<InetSocketAddress> addresses,
      List<Worker> workers,
      Dataplane dataplane,
      Transport transport,
      Names names,
      Metrics registry) {
    this.config = config;
    this.nameNumber = names.number(config.name());
    this.connections = new Bounds(config.maxConnections());
    this.queue = new Bounds(config.maxQueue());
    this.metrics = UpstreamMetrics.register(registry, config.name());
    List<Target> made = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      UpstreamConfig.Target target = config.targets().get(i);
      made.add(
          new Target(
              i,
              addresses.get(i),
              target.weight(),
              names.number(target.address().toString()),
              new Bounds(Long.MAX_VALUE)));
    }
    targets = List.copyOf(made);
    for (Worker worker : workers) {
      pools.add(new UpstreamPool(this, worker, dataplane, transport));
    }
  }

  /** Whether it is what that configuration asks for, with its names resolved to those addresses. */
  public boolean serves(UpstreamConfig wanted, List<InetSocketAddress> addresses) {
    return config.equals(wanted)
        && addresses.equals(targets.stream().map(Target::address).toList());
  }

  /** It is in force: shows its gauges, in place of those of an earlier one of its name. */
  public void show(Metrics registry) {
    String label = "upstream=\"" + Labels.escape(config.name()) + "\"";
    registry.sampled(
        "selvedge_upstream_connections_open",
        "Connections to the upstream, open or being made.",
        label,
        connections::count);
    registry.sampled(
        "selvedge_upstream_in_flight", "Requests that a target has.", label, this::inFlight);
    registry.sampled(
        "selvedge_upstream_queue", "Requests waiting for a connection.", label, queue::count);
    registry.sampled(
        "selvedge_upstream_connections_idle", "Pooled connections at rest.", label, idle::count);
  }

  public UpstreamConfig config() {
    return config;
  }

  /** The name as a number of {@link Names}. */
  public int nameNumber() {
    return nameNumber;
  }

  List<Target> targets() {
    return targets;
  }

  /** Connections open or being made, over all loops. */
  public Bounds connections() {
    return connections;
  }

  /** Requests waiting for a connection, over all loops. */
  public Bounds queue() {
    return queue;
  }

  /** Connections at rest, over all loops. */
  public Bounds idle() {
    return idle;
  }

  /** Requests that have a target, over all targets and loops; what least-connections compares. */
  private long inFlight() {
    long sum = 0;
    for (Target target : targets) {
      sum += target.inFlight().count();
    }
    return sum;
  }

  UpstreamMetrics metrics() {
    return metrics;
  }

  UpstreamPool pool(int worker) {
    return pools.get(worker);
  }

  /** A permit came free and nobody on that loop waits: the next loop with waiters may have it. */
  void wakeAnother(int worker) {
    int count = pools.size();
    for (int step = 1; step < count; step++) {
      UpstreamPool pool = pools.get((worker + step) % count);
      if (pool.hasWaiters()) {
        pool.execute(pool::serveWaiter);
        return;
      }
    }
  }

  /** Somebody waits at the bound: loops that hold connections at rest give one up. */
  void askForPermit(int worker) {
    if (idle.count() > 0) {
      int count = pools.size();
      for (int step = 1; step < count; step++) {
        UpstreamPool pool = pools.get((worker + step) % count);
        pool.execute(pool::yieldIdle);
      }
    }
  }

  /** No new exchange will come: connections at rest are closed, busy ones after their exchange. */
  public void retire() {
    for (UpstreamPool pool : pools) {
      pool.execute(pool::retire);
    }
  }
}
