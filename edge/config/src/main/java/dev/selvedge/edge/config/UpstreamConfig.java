package dev.selvedge.edge.config;

import java.time.Duration;
import java.util.List;

/**
 * Servers that answer for a route. Immutable.
 *
 * @param maxConnections open connections over all targets and loops
 * @param maxQueue requests that wait for a connection; one more gets 503
 * @param poolWait how long a request may wait for a connection (503)
 * @param connect until a connection is made (502, 504)
 * @param writeStall how long a target may take nothing of a request (504)
 * @param firstByte from the request's end to the first byte of the answer (504)
 * @param betweenBytes between two reads of an answer (504, or a cut answer)
 * @param idle how long an unused pooled connection is kept
 */
public record UpstreamConfig(
    String name,
    List<Target> targets,
    LoadBalancing loadBalancing,
    int maxConnections,
    int maxQueue,
    Duration poolWait,
    Duration connect,
    Duration writeStall,
    Duration firstByte,
    Duration betweenBytes,
    Duration idle) {

  /**
   * One server.
   *
   * @param weight its share against the others, 1–1000
   */
  public record Target(Address address, int weight) {}

  /** How a target is chosen. */
  public enum LoadBalancing {
    /** Smooth weighted round robin. */
    ROUND_ROBIN,
    /** Fewest exchanges in flight for its weight, counted over all loops. */
    LEAST_CONNECTIONS
  }
}
