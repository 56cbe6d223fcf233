package dev.selvedge.edge.proxy.listen;

import dev.selvedge.edge.proxy.exchange.Dataplane;
import dev.selvedge.edge.proxy.h1.ClientMetrics;
import java.util.ArrayList;
import java.util.List;

/**
 * One configured listener as all loops share it. Thread-safe.
 *
 * <p>When the bound of all connections is reached, every loop stops accepting; the first close lets
 * them go on. Connections that the kernel has queued by then simply wait.
 */
final class Listener {

  private final Dataplane dataplane;
  private final AddressBound perAddress;
  private final ClientMetrics clientMetrics;
  private final ListenerMetrics metrics;
  private final List<Acceptor> acceptors = new ArrayList<>();
  private volatile int index;
  private volatile boolean proxyProtocol;

  Listener(
      Dataplane dataplane,
      AddressBound perAddress,
      ClientMetrics clientMetrics,
      ListenerMetrics metrics,
      int index,
      boolean proxyProtocol) {
    this.dataplane = dataplane;
    this.perAddress = perAddress;
    this.clientMetrics = clientMetrics;
    this.metrics = metrics;
    this.index = index;
    this.proxyProtocol = proxyProtocol;
  }

  /** A reload may move the listener in the list or change what it requires. */
  void update(int newIndex, boolean requiresProxyHeader) {
    index = newIndex;
    proxyProtocol = requiresProxyHeader;
  }

  Dataplane dataplane() {
    return dataplane;
  }

  AddressBound perAddress() {
    return perAddress;
  }

  ClientMetrics clientMetrics() {
    return clientMetrics;
  }

  ListenerMetrics metrics() {
    return metrics;
  }

  int index() {
    return index;
  }

  boolean proxyProtocol() {
    return proxyProtocol;
  }

  synchronized void add(Acceptor acceptor) {
    acceptors.add(acceptor);
  }

  /** What accepts, one a loop, in the order of the loops. */
  synchronized List<Acceptor> acceptors() {
    return List.copyOf(acceptors);
  }
}
