package dev.selvedge.edge.proxy.listen;

import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.h1.ClientConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The client connections of one loop, so that a drain can reach them. Confined to its event loop.
 */
final class ConnectionSet {

  private final Dataplane dataplane;
  private final Runnable onFreed;
  private final Set<ClientConnection> open = new HashSet<>();

  /**
   * Makes an empty set.
   *
   * @param onFreed called after each close, when a permit of all connections was given back
   */
  ConnectionSet(Dataplane dataplane, Runnable onFreed) {
    this.dataplane = dataplane;
    this.onFreed = onFreed;
  }

  void add(ClientConnection connection) {
    open.add(connection);
  }

  void remove(ClientConnection connection) {
    open.remove(connection);
  }

  void freed() {
    dataplane.connections().release();
    onFreed.run();
  }

  List<ClientConnection> copy() {
    return new ArrayList<>(open);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }
}
