package dev.selvedge.edge.proxy.exchange;

/** What is asked about the requests of a route. Thread-safe; state is in its inspections. */
public interface Inspector {

  /**
   * Makes the inspection of one exchange; it does nothing before {@link #begin}.
   *
   * @param onward where things go on that the inspection lets pass
   */
  Inspection inspect(Exchange exchange, Onward onward);

  /** Begins: from here on the inspection may start the service or answer, at once or later. */
  void begin(Inspection inspection);
}
