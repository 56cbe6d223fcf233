package dev.selvedge.edge.proxy.exchange;

/**
 * Stands between an exchange and its service for one request: what the client sends and what the
 * service answers come here first, and go on by the exchange's {@link Onward} when this lets them.
 *
 * <p>To the exchange it is the service, and it starts the real one itself. It may hold things back,
 * change them, or answer in place of the service. The methods of {@link ServiceStream} come from
 * the client's side, those of {@link Passage} from the service's. {@link #ended} is the last call,
 * once, whatever happened. Confined to its event loop.
 */
public interface Inspection extends ServiceStream, Passage {

  /** The exchange is over; its request's head and its record can still be read. */
  void ended();
}
