package dev.selvedge.edge.proxy.exchange;

/** What answers the requests of a route. Immutable; state of one request is in its stream. */
public interface Service {

  /**
   * Begins to answer. The request's head is complete and final; its body comes against {@link
   * Exchange#requestCredit}.
   *
   * @return where the request body goes and credit comes in; {@link Discard} where the answer was
   *     given at once
   */
  ServiceStream start(Exchange exchange);
}
