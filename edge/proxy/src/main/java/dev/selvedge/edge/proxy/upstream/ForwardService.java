package dev.selvedge.edge.proxy.upstream;

import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Service;
import dev.selvedge.edge.proxy.exchange.ServiceStream;

/** Answers a route's requests from an upstream. Immutable. */
public record ForwardService(Upstream upstream) implements Service {

  @Override
  public ServiceStream start(Exchange exchange) {
    ForwardCall call = new ForwardCall(exchange, upstream.pool(exchange.worker().index()));
    call.start();
    return call;
  }
}
