package dev.selvedge.edge.protocol;

/**
 * The receiver's side of credit: how many bytes the peer may still send, and when to grant more.
 *
 * <p>Law: granted − received never exceeds the size, and bytes received but not consumed never
 * either; a grant is made when half of the window was consumed, so that grants are few. Confined to
 * its event loop.
 */
public final class ReceiveWindow {

  private int size;
  private int open;
  private int consumed;

  public ReceiveWindow(int size) {
    reset(size);
  }

  /** Starts anew, as for a new call. */
  public void reset(int newSize) {
    size = newSize;
    open = newSize;
    consumed = 0;
  }

  public void received(int bytes) {
    if (bytes > open) {
      throw Violation.CREDIT_EXCEEDED.because(bytes + " bytes sent, " + open + " allowed");
    }
    open -= bytes;
  }

  /** Counts bytes as consumed; returns how many to grant now, mostly 0. */
  public int consume(int bytes) {
    consumed += bytes;
    if (consumed < (size + 1) / 2) {
      return 0;
    }
    int grant = consumed;
    consumed = 0;
    open += grant;
    return grant;
  }
}
