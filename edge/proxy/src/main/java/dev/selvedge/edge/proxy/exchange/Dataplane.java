package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.edge.proxy.agent.body.SpillFiles;
import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.kernel.ByteSize;

/**
 * What all event loops share: the current snapshot, the global bounds, whether a drain is on.
 * Thread-safe.
 */
public final class Dataplane {

  private final int processId;
  private final Bounds connections = new Bounds(0);
  private final Bounds inFlight = new Bounds(0);
  private final Bounds buffered = new Bounds(0);
  private final SpillFiles spill = SpillFiles.onVirtualThreads();
  private volatile Snapshot snapshot;
  private volatile boolean draining;

  /**
   * Starts with a first snapshot, usually one that routes nothing yet.
   *
   * @param processId random, begins every request id of this process
   */
  public Dataplane(int processId, Snapshot first) {
    this.processId = processId;
    this.snapshot = first;
    limits(first);
  }

  public int processId() {
    return processId;
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  /** Puts a new configuration in force for exchanges that begin from now on. */
  public void swap(Snapshot next) {
    limits(next);
    snapshot = next;
  }

  private void limits(Snapshot next) {
    var limits = next.config().system().limits();
    connections.limit(limits.maxConnections());
    inFlight.limit(limits.maxInFlight());
    ByteSize bytes = limits.maxBuffered();
    buffered.limit(bytes.bytes());
    spill.bytes().limit(limits.maxSpill().bytes());
    spill.folder(next.config().system().spillDirectory());
    for (Route route : next.routes()) {
      route.inForce();
    }
  }

  /** Client connections, open. */
  public Bounds connections() {
    return connections;
  }

  /** Exchanges begun and not ended. */
  public Bounds inFlight() {
    return inFlight;
  }

  /** Bytes read from one side and not yet taken by the other. */
  public Bounds buffered() {
    return buffered;
  }

  /** Files of bodies held for agents. */
  public SpillFiles spill() {
    return spill;
  }

  /** Whether answers must close their connections. */
  public boolean draining() {
    return draining;
  }

  public void drain() {
    draining = true;
  }
}
