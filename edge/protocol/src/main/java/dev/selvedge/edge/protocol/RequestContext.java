package dev.selvedge.edge.protocol;

/**
 * The scalars that go with a request's head. The proxy's exchange implements it, so that nothing is
 * allocated to be encoded; arrays are never written to.
 */
public interface RequestContext {

  /** ASCII, at most 255 bytes. */
  byte[] requestId();

  /** Name of the route, UTF-8. */
  byte[] route();

  /** 4 or 16 bytes; none where unknown. */
  byte[] clientAddress();

  int clientPort();

  boolean secure();

  /** 10, 11, 20 or 30. */
  int httpVersion();

  /** How long the proxy will wait for the decision; 0 where it does not say. */
  int deadlineMicros();
}
