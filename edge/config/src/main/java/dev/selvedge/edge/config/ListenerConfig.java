package dev.selvedge.edge.config;

/**
 * One listening address. Immutable.
 *
 * @param proxyProtocol whether every connection must begin with a PROXY v1 or v2 header from a
 *     trusted peer
 */
public record ListenerConfig(
    String name, Address address, Protocol protocol, boolean proxyProtocol) {

  /** What is spoken on the listener. */
  public enum Protocol {
    HTTP
  }
}
